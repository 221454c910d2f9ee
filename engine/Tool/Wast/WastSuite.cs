using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Kiln.Tool.Wast;

/// <summary>Looks at a module that an engine has compiled from <paramref name="binary"/>.</summary>
public delegate void ModuleCheck(Engine engine, byte[] binary, Module module);

/// <summary>Runs many scripts and adds up what they gave.</summary>
public static class WastSuite
{
    /// <summary>Finds the .wast files of files and folders, folders with all below them, in a stable order.</summary>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    public static IReadOnlyList<string> FindScripts(IEnumerable<string> paths)
    {
        var files = new List<string>();
        foreach (string path in paths)
        {
            if (Directory.Exists(path)) files.AddRange(Directory.EnumerateFiles(path, "*.wast", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
            else if (File.Exists(path)) files.Add(path);
            else throw new FileNotFoundException($"no such file or folder: {path}", path);
        }

        return files;
    }

    /// <summary>
    /// The features a script was written for: the core suite asserts that what later proposals allow is invalid,
    /// and the threads proposal was written before there were several memories or tables.
    /// </summary>
    public static WasmFeatures FeaturesFor(string file)
    {
        string path = Path.GetFullPath(file).Replace('\\', '/');
        if (path.Contains("/proposals/threads/", StringComparison.Ordinal)) return WasmFeatures.All & ~(WasmFeatures.MultiMemory | WasmFeatures.ReferenceTypes);
        return path.Contains("/core/", StringComparison.Ordinal) ? WasmFeatures.Wasm3 : WasmFeatures.All;
    }

    /// <summary>Runs scripts, several at a time, in one engine for each set of features.</summary>
    /// <param name="config">How the engine is set up.</param>
    /// <param name="files">The scripts.</param>
    /// <param name="jobs">How many run at a time.</param>
    /// <param name="done">Called with each result, in the order of <paramref name="files"/>.</param>
    /// <param name="prepare">Called with each script's store.</param>
    /// <param name="compiled">Called with each module that a script compiles; what it throws is a failure of the script.</param>
    public static void Run(
        Config config, IReadOnlyList<string> files, int jobs, Action<ScriptResult, TimeSpan> done, Action<Store>? prepare = null, ModuleCheck? compiled = null)
    {
        var engines = new Dictionary<WasmFeatures, Engine>();
        foreach (string file in files)
        {
            WasmFeatures features = FeaturesFor(file);
            if (!engines.ContainsKey(features)) engines.Add(features, new Engine(WithFeatures(config, features)));
        }

        var results = new (ScriptResult? Result, TimeSpan Time)[files.Count];
        int reported = 0;
        var order = new Lock();
        Parallel.For(0, files.Count, new ParallelOptions { MaxDegreeOfParallelism = jobs }, index =>
        {
            long began = Stopwatch.GetTimestamp();
            ScriptResult result = ScriptRunner.Run(engines[FeaturesFor(files[index])], files[index], File.ReadAllBytes(files[index]), prepare, compiled);
            lock (order)
            {
                results[index] = (result, Stopwatch.GetElapsedTime(began));
                while (reported < files.Count && results[reported].Result is { } next)
                {
                    done(next, results[reported].Time);
                    reported++;
                }
            }
        });
        foreach (Engine engine in engines.Values) engine.Dispose();
    }

    private static Config WithFeatures(Config config, WasmFeatures features)
    {
        Config copy = new()
        {
            Features = features,
            Fuel = config.Fuel,
            Optimize = config.Optimize,
            VerifyCompiler = config.VerifyCompiler,
            CollectAlways = config.CollectAlways,
            CompileThreads = config.CompileThreads,
            CpuFeatures = config.CpuFeatures,
            RelaxedSimdDeterministic = config.RelaxedSimdDeterministic,
            OnEngineBug = config.OnEngineBug,
        };
        foreach ((string name, string value) in config.Tunables) copy.Tunables.Add(name, value);
        return copy;
    }
}
