using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using Kiln.Tool.Wast;

namespace Kiln.Tool.Commands;

/// <summary><c>kiln tool wast PATH…</c>: runs .wast scripts in process.</summary>
internal static class WastCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "scripts, or folders of them", Arity = ArgumentArity.OneOrMore };
        var jobs = new Option<int>("--jobs") { Description = "scripts that run at a time", DefaultValueFactory = _ => Environment.ProcessorCount };
        var verbose = new Option<bool>("--verbose") { Description = "print every failure, not the first three of a script" };
        var failing = new Option<bool>("--failing") { Description = "print only the scripts with failures" };
        var fuel = new Option<bool>("--fuel") { Description = "count fuel, from a supply that does not run out" };
        var unoptimized = new Option<bool>("--no-opt") { Description = "leave the optimiser out" };
        Option<CpuFeatures> cpu = CpuOption.Create();
        var verify = new Option<bool>("--verify") { Description = "verify the IR and check the register allocation of every function" };
        var deterministic = new Option<bool>("--deterministic") { Description = "relaxed vector instructions as in the deterministic profile" };
        var collect = new Option<bool>("--collect-always") { Description = "collect references wherever it is possible" };
        Option<Dictionary<string, string>> tunables = TunableOption.Create();
        var command = new Command("wast", "Run .wast scripts of the WebAssembly specification's test suite")
        {
            paths, jobs, verbose, failing, fuel, unoptimized, verify, cpu, deterministic, tunables, collect,
        };
        command.SetAction(parsed =>
        {
            Config config = new Config
            {
                Fuel = parsed.GetValue(fuel),
                Optimize = !parsed.GetValue(unoptimized),
                VerifyCompiler = parsed.GetValue(verify),
                CpuFeatures = parsed.GetValue(cpu),
                RelaxedSimdDeterministic = parsed.GetValue(deterministic),
                CollectAlways = parsed.GetValue(collect),
            }.With(parsed.GetValue(tunables));
            int shown = parsed.GetValue(verbose) ? int.MaxValue : 3;
            return Run(config, parsed.GetValue(paths)!, parsed.GetValue(jobs), shown, parsed.GetValue(failing));
        });
        return command;
    }

    private static int Run(Config config, string[] paths, int jobs, int shown, bool onlyFailing)
    {
        IReadOnlyList<string> files;
        try
        {
            files = WastSuite.FindScripts(paths);
        }
        catch (FileNotFoundException error)
        {
            Console.Error.WriteLine($"kilnc: {error.Message}");
            return 2;
        }

        int passed = 0, failed = 0, skipped = 0;
        var reasons = new SkipReasons();
        Action<Store>? prepare = config.Fuel ? static store => store.Fuel = long.MaxValue : null;
        WastSuite.Run(config, files, jobs, (result, time) =>
        {
            passed += result.Passed;
            failed += result.Failed;
            skipped += result.Skipped;
            reasons.Add(result.Reasons);
            if (onlyFailing && result.Failed == 0) return;
            Console.WriteLine($"{(result.Failed == 0 ? "ok  " : "FAIL")} {result.File}: {result.Passed} passed, {result.Failed} failed, {result.Skipped} skipped ({time.TotalMilliseconds:f0} ms)");
            for (int i = 0; i < Math.Min(shown, result.Failures.Count); i++) Console.WriteLine($"     {result.Failures[i]}");
        }, prepare);

        foreach ((string reason, int count) in reasons.Counts) Console.WriteLine($"skipped {count}: {reason}");
        Console.WriteLine($"assertions: {passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 ? 0 : 1;
    }
}
