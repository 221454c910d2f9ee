using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;

namespace Kiln.Tool.Commands;

/// <summary><c>kiln tool emit FILE --stage S</c>: prints a function at a stage of its compilation.</summary>
internal static class EmitCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "the module, .wasm or .wat" };
        var stage = new Option<string>("--stage") { Description = "ir, opt, vcode, alloc or asm", DefaultValueFactory = _ => "asm" };
        stage.AcceptOnlyFromAmong("ir", "opt", "vcode", "alloc", "asm");
        var function = new Option<string?>("--func") { Description = "index, export or name of a function; without it all of them" };
        var fuel = new Option<bool>("--fuel") { Description = "with code that counts fuel" };
        var plain = new Option<bool>("--no-interruption") { Description = "without tests of the interrupt flag" };
        Option<CpuFeatures> cpu = CpuOption.Create();
        Option<Dictionary<string, string>> tunables = TunableOption.Create();
        var command = new Command("emit", "Print functions at a stage of their compilation") { file, stage, function, fuel, plain, cpu, tunables };
        command.SetAction(parsed => Run(
            parsed.GetValue(file)!, parsed.GetValue(stage)!, parsed.GetValue(function),
            new Config { Fuel = parsed.GetValue(fuel), Interruption = !parsed.GetValue(plain), CpuFeatures = parsed.GetValue(cpu) }.With(parsed.GetValue(tunables))));
        return command;
    }

    private static int Run(string file, string stage, string? function, Config config)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(file);
            using var engine = new Engine(config);
            if (function is not null) return Print(Explanation.Of(engine, bytes, function), stage);
            using Module module = Module.Compile(engine, bytes);
            int imported = 0;
            foreach (ImportType import in module.Imports)
            {
                if (import.Type.Kind == ExternKind.Func) imported++;
            }

            for (int index = imported; index < imported + module.FunctionCount; index++)
            {
                string name = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
                Print(Explanation.Of(engine, bytes, name), stage);
            }

            return 0;
        }
        catch (Exception error) when (error is IOException or ArgumentException or ModuleException or UnsupportedFeatureException or CompileLimitException)
        {
            Console.Error.WriteLine($"kilnc: {file}: {error.Message}");
            return 1;
        }
    }

    private static int Print(Explanation function, string stage)
    {
        Console.WriteLine($";; function {function.FunctionIndex}{(function.Name is null ? "" : $" ${function.Name}")}");
        Console.WriteLine(stage switch
        {
            "ir" => function.Ir,
            "opt" => function.OptimizedIr,
            "vcode" => function.VCode,
            "alloc" => function.Allocation,
            _ => function.Assembly,
        });
        return 0;
    }
}
