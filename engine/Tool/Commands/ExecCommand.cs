using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Text.Json;
using Kiln.Tool.Exec;

namespace Kiln.Tool.Commands;

/// <summary><c>kiln tool exec FILE</c>: compiles and runs a module in process.</summary>
internal static class ExecCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "the module, .wasm or .wat" };
        var arguments = new Argument<string[]>("ARGS") { Description = "arguments of the function or the program", Arity = ArgumentArity.ZeroOrMore };
        var invoke = new Option<string?>("--invoke") { Description = "exported function to call; without it the WASI program runs" };
        var repeat = new Option<int>("--repeat") { Description = "times to run, each in a fresh instance", DefaultValueFactory = _ => 1 };
        var directory = new Option<string?>("--dir") { Description = "folder that is copied in and preopened as \".\"" };
        var compileOnly = new Option<bool>("--compile-only") { Description = "compile --repeat times, run nothing" };
        var json = new Option<bool>("--json") { Description = "print one JSON object with times and checksum" };
        var threads = new Option<int>("--threads") { Description = "threads that compile; 0 for all" };
        var fuel = new Option<long?>("--fuel") { Description = "fuel; counted only if given" };
        Option<CpuFeatures> cpu = CpuOption.Create();
        Option<Dictionary<string, string>> tunables = TunableOption.Create();
        var command = new Command("exec", "Compile and run a module in process") { file, arguments, invoke, repeat, directory, compileOnly, json, threads, fuel, cpu, tunables };
        command.SetAction(parsed => Run(new ExecRequest(parsed.GetValue(file)!)
        {
            Invoke = parsed.GetValue(invoke),
            Arguments = parsed.GetValue(arguments) ?? [],
            Repeat = Math.Max(1, parsed.GetValue(repeat)),
            Directory = parsed.GetValue(directory),
            CompileOnly = parsed.GetValue(compileOnly),
            Json = parsed.GetValue(json),
            Threads = parsed.GetValue(threads),
            Fuel = parsed.GetValue(fuel),
            CpuFeatures = parsed.GetValue(cpu),
            Tunables = parsed.GetValue(tunables) ?? [],
        }));
        return command;
    }

    private static int Run(ExecRequest request)
    {
        if (!File.Exists(request.File))
        {
            Console.Error.WriteLine($"kilnc: no such file: {request.File}");
            return 2;
        }

        ExecReport report = Executor.Execute(request);
        if (request.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, ExecReportContext.Default.ExecReport));
        }
        else if (report.Error is { } error)
        {
            Console.Error.WriteLine($"kilnc: {request.File}: {error}");
        }
        else if (request.CompileOnly)
        {
            Console.WriteLine($"compiled to {report.CodeBytes} bytes of machine code in {report.CompileMs:f1} ms");
        }
        else if (request.Invoke is not null)
        {
            Console.WriteLine(report.Checksum);
        }

        if (report.Error is not null) return 1;
        return request.Invoke is null && !request.CompileOnly ? (int)(report.ExitCode ?? 0) : report.Ok ? 0 : 1;
    }
}
