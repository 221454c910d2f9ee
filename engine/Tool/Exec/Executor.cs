using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using Kiln.Wasi;
using Kiln.Wasi.FileSystem;

namespace Kiln.Tool.Exec;

/// <summary>Compiles a module and runs it in process, timing each part.</summary>
public static class Executor
{
    /// <summary>What one run of a guest left behind.</summary>
    private readonly record struct Outcome(double InstantiateMs, double RunMs, string? Checksum, uint? ExitCode, byte[] Output, long? Fuel, long? Jitted);

    /// <summary>The parts of a program's run that are timed: between its calls of <c>bench.start</c> and <c>bench.end</c>.</summary>
    private sealed class TimedPart
    {
        private long _methods;

        public long Start { get; private set; }

        public long End { get; private set; }

        /// <summary>Methods of the host that were compiled in the meantime; null before the end.</summary>
        public long? Jitted { get; private set; }

        public void Begin()
        {
            _methods = JitInfo.GetCompiledMethodCount(currentThread: true);
            Start = Stopwatch.GetTimestamp();
        }

        public void Finish()
        {
            End = Stopwatch.GetTimestamp();
            Jitted = JitInfo.GetCompiledMethodCount(currentThread: true) - _methods;
        }
    }

    /// <summary>Does what is asked. Errors of the module or the guest are in the report.</summary>
    public static ExecReport Execute(ExecRequest request)
    {
        var config = new Config { Fuel = request.Fuel is not null, CpuFeatures = request.CpuFeatures };
        foreach ((string name, string value) in request.Tunables) config.Tunables[name] = value;
        using var engine = new Engine(config);
        byte[] bytes = File.ReadAllBytes(request.File);
        var compiles = new List<double>();
        var runs = new List<double>();
        double instantiate = double.MaxValue;
        long? jitted = null;
        try
        {
            Module module = Compile(engine, bytes, request, compiles);
            using (module)
            {
                if (request.CompileOnly)
                {
                    return new ExecReport { CompileMs = compiles.Min(), FirstMs = compiles[0], RunsMs = compiles, Ok = true, CodeBytes = module.CodeBytes };
                }

                Outcome last = default;
                for (int i = 0; i < request.Repeat; i++)
                {
                    last = Run(engine, module, request);
                    runs.Add(last.RunMs);
                    if (i == 0) jitted = last.Jitted;
                    instantiate = Math.Min(instantiate, last.InstantiateMs);
                }

                return new ExecReport
                {
                    CompileMs = compiles.Min(),
                    InstantiateMs = instantiate,
                    RunMs = runs.Min(),
                    FirstMs = runs[0],
                    RunsMs = runs,
                    Checksum = last.Checksum,
                    Ok = last.ExitCode is null or 0 && OutputIsExpected(request, last.Output),
                    CodeBytes = module.CodeBytes,
                    ExitCode = last.ExitCode,
                    Fuel = last.Fuel,
                    Jitted = jitted,
                };
            }
        }
        catch (Exception error) when (error is ModuleException or UnsupportedFeatureException or CompileLimitException or LinkException or TrapException or ArgumentException)
        {
            return new ExecReport { CompileMs = compiles.DefaultIfEmpty().Min(), RunsMs = runs, Error = Describe(error) };
        }
    }

    private static Module Compile(Engine engine, byte[] bytes, ExecRequest request, List<double> times)
    {
        for (int i = 0; ; i++)
        {
            long began = Stopwatch.GetTimestamp();
            Module module = Module.Compile(engine, bytes, new CompileOptions { Threads = request.Threads, Name = Path.GetFileName(request.File) });
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (!request.CompileOnly || i + 1 >= request.Repeat) return module;
            module.Dispose();
        }
    }

    private static Outcome Run(Engine engine, Module module, ExecRequest request)
    {
        var part = new TimedPart();
        using var output = new MemoryStream();
        using var store = new Store(engine);
        if (request.Fuel is { } fuel) store.Fuel = fuel;
        using WasiContext context = Prepare(store, request, output);
        store.Data = context;
        var linker = new Linker(engine);
        linker.DefineWasi(static s => (WasiContext)s.Data!);
        ExternType signal = ExternType.Func([], []);
        linker.DefineFunc("bench", "start", signal, (_, _, _) => part.Begin());
        linker.DefineFunc("bench", "end", signal, (_, _, _) => part.Finish());

        long began = Stopwatch.GetTimestamp();
        Instance instance = linker.Instantiate(store, module);
        double instantiate = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        string name = request.Invoke ?? "_start";
        Func function = instance.GetFunc(name) ?? throw new ArgumentException($"the module exports no function \"{name}\"");
        Value[] arguments = request.Invoke is null ? [] : Arguments(function, request.Arguments);
        Value[] results = new Value[function.Results.Count];
        uint? code = request.Invoke is null ? 0 : null;
        began = Stopwatch.GetTimestamp();
        try
        {
            function.Call(arguments, results);
        }
        catch (WasiExitException exit)
        {
            code = exit.Code;
        }

        double whole = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        double timed = part.End > part.Start ? Stopwatch.GetElapsedTime(part.Start, part.End).TotalMilliseconds : whole;
        string? checksum = request.Invoke is null ? Convert.ToHexStringLower(MD5.HashData(output.ToArray()))[..12] : string.Join(' ', results.Select(Text));
        return new Outcome(instantiate, timed, checksum, code, output.ToArray(), request.Fuel - (request.Fuel is null ? 0 : store.Fuel), part.Jitted);
    }

    private static WasiContext Prepare(Store store, ExecRequest request, MemoryStream output)
    {
        var files = new MemoryFileSystem(WasiContext.BudgetOf(store));
        if (request.Directory is { } folder) HostFolder.CopyInto(files, folder, "/");
        Stream visible = request.Json ? Stream.Null : Console.OpenStandardOutput();
        return new WasiContext(store, new WasiOptions
        {
            Arguments = request.Invoke is null ? [Path.GetFileName(request.File), .. request.Arguments] : [],
            Input = request.Json ? null : new StreamInput(Console.OpenStandardInput()),
            Output = new CopyingOutput(output, visible),
            Error = new StreamOutput(request.Json ? Stream.Null : Console.OpenStandardError()),
            FileSystem = files,
            Preopens = [new(".", "/")],
        });
    }

    private static Value[] Arguments(Func function, IReadOnlyList<string> texts)
    {
        if (texts.Count != function.Parameters.Count) throw new ArgumentException($"the function takes {function.Parameters.Count} arguments, {texts.Count} are given");
        var values = new Value[texts.Count];
        for (int i = 0; i < values.Length; i++) values[i] = Parse(function.Parameters[i], texts[i]);
        return values;
    }

    private static Value Parse(ValueKind kind, string text) =>
        Value.TryParse(text, kind, out Value value) ? value : throw new ArgumentException($"'{text}' is not a value of type {ExternType.Text(kind)}");

    private static string Text(Value value) => value.Kind switch
    {
        ValueKind.I32 => value.AsInt32().ToString(System.Globalization.CultureInfo.InvariantCulture),
        ValueKind.I64 => value.AsInt64().ToString(System.Globalization.CultureInfo.InvariantCulture),
        ValueKind.F32 => value.AsSingle().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        ValueKind.F64 => value.AsDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        ValueKind.V128 => Lanes(value.AsV128().AsUInt32()),
        ValueKind.FuncRef or ValueKind.ExternRef => value.ToString(),
    };

    // As it can be given as an argument.
    private static string Lanes(Vector128<uint> lanes) => $"i32x4 0x{lanes[0]:x8} 0x{lanes[1]:x8} 0x{lanes[2]:x8} 0x{lanes[3]:x8}";

    // Up to trailing white space, as the corpus asks.
    private static bool OutputIsExpected(ExecRequest request, byte[] output)
    {
        if (request.Invoke is not null || request.Directory is null) return true;
        string expected = Path.Combine(request.Directory, "expected.stdout");
        return !File.Exists(expected) || Encoding.Latin1.GetString(File.ReadAllBytes(expected)).TrimEnd() == Encoding.Latin1.GetString(output).TrimEnd();
    }

    private static string Describe(Exception error) =>
        error is TrapException trap ? $"trap: {trap.Message}{string.Concat(trap.Backtrace.Select(frame => $"\n  {frame}"))}" : error.Message;
}
