using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using Kiln.Tool.Exec;
using Kiln.Wasi;
using Kiln.Wasi.FileSystem;

namespace Kiln.Tool.WasiSuite;

/// <summary>
/// One program of the official WASI test suite (WebAssembly/wasi-testsuite): X.wasm with, in X.json, its
/// arguments, environment, the folder it finds, and the exit code and output it must give.
/// </summary>
public sealed class WasiTest
{
    private readonly List<string> _arguments = [];
    private readonly List<KeyValuePair<string, string>> _environment = [];
    private string? _root;
    private uint _exitCode;
    private string? _stdout;
    private string? _stderr;

    private WasiTest(string path) => Path = path;

    /// <summary>The program.</summary>
    public string Path { get; }

    /// <summary>Finds the tests of files and folders, folders with all below them.</summary>
    public static IReadOnlyList<WasiTest> Find(IEnumerable<string> paths)
    {
        var tests = new List<WasiTest>();
        foreach (string path in paths)
        {
            IEnumerable<string> files = Directory.Exists(path)
                ? Directory.EnumerateFiles(path, "*.wasm", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                : File.Exists(path) ? [path] : throw new FileNotFoundException($"no such file or folder: {path}", path);
            tests.AddRange(files.Select(Load));
        }

        return tests;
    }

    /// <summary>Runs the test; null if it passed, otherwise what was wrong.</summary>
    public string? Run(Engine engine)
    {
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        using var store = new Store(engine);
        store.SetDeadline(TimeSpan.FromSeconds(30));
        var files = new MemoryFileSystem(WasiContext.BudgetOf(store));
        if (_root is not null) HostFolder.CopyInto(files, _root, "/");
        using var context = new WasiContext(store, new WasiOptions
        {
            Arguments = [System.IO.Path.GetFileName(Path), .. _arguments],
            Environment = _environment,
            Output = new StreamOutput(output),
            Error = new StreamOutput(errors),
            FileSystem = files,
            Preopens = _root is null ? [] : [new("/", "/")],
        });
        store.Data = context;
        try
        {
            using Module module = Module.Compile(engine, File.ReadAllBytes(Path));
            var linker = new Linker(engine);
            linker.DefineWasi(static s => (WasiContext)s.Data!);
            Instance instance = linker.Instantiate(store, module);
            uint code = Start(instance);
            if (code != _exitCode) return $"exit code {code}, expected {_exitCode}{Tail(errors)}";
        }
        catch (TrapException trap)
        {
            return $"trap: {trap.Message}{string.Concat(trap.Backtrace.Take(6).Select(frame => $"\n    {frame}"))}{Tail(errors)}";
        }
        catch (Exception error) when (error is ModuleException or LinkException or UnsupportedFeatureException)
        {
            return error.Message;
        }

        if (_stdout is not null && Text(output) != _stdout) return $"stdout was \"{Text(output)}\"";
        return _stderr is not null && Text(errors) != _stderr ? $"stderr was \"{Text(errors)}\"" : null;
    }

    private static uint Start(Instance instance)
    {
        try
        {
            Func start = instance.GetFunc("_start") ?? throw new LinkException("the program exports no _start", "", "_start");
            start.Call([], []);
            return 0;
        }
        catch (WasiExitException exit)
        {
            return exit.Code;
        }
    }

    private static WasiTest Load(string path)
    {
        var test = new WasiTest(path);
        string description = System.IO.Path.ChangeExtension(path, ".json");
        if (!File.Exists(description)) return test;
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(description));
        foreach (JsonProperty property in json.RootElement.EnumerateObject())
        {
            switch (property.Name)
            {
                case "args": test._arguments.AddRange(property.Value.EnumerateArray().Select(item => item.GetString()!)); break;
                case "env": test._environment.AddRange(property.Value.EnumerateObject().Select(item => KeyValuePair.Create(item.Name, item.Value.GetString()!))); break;
                case "root": test._root = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, property.Value.GetString()!); break;
                case "exit_code": test._exitCode = property.Value.GetUInt32(); break;
                case "stdout": test._stdout = property.Value.GetString(); break;
                case "stderr": test._stderr = property.Value.GetString(); break;
                default: throw new InvalidDataException($"{description}: unknown property \"{property.Name}\"");
            }
        }

        return test;
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());

    private static string Tail(MemoryStream errors) => errors.Length == 0 ? "" : "\n    " + Text(errors).Trim().ReplaceLineEndings("\n    ");
}
