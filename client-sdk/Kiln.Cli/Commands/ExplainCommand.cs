using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Cli.Terminal;
using Kiln.Client;
using Kiln.V1;

namespace Kiln.Cli.Commands;

/// <summary>kiln explain FILE FUNCTION [--stage S]…: shows how a function is compiled.</summary>
internal static class ExplainCommand
{
    private static readonly (string Name, ExplainStage Stage)[] s_stages =
    [
        ("ir", ExplainStage.Ir), ("opt", ExplainStage.OptimizedIr), ("vcode", ExplainStage.Vcode), ("alloc", ExplainStage.Allocation), ("asm", ExplainStage.Assembly),
    ];

    private static readonly Argument<string> s_file = new("file") { Description = "the module, .wasm or .wat" };
    private static readonly Argument<string> s_function = new("function") { Description = "the function: its index, export name or name" };
    private static readonly Option<string[]> s_stage = new("--stage") { Description = "show this stage only: ir, opt, vcode, alloc or asm", AllowMultipleArgumentsPerToken = true };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("explain", "shows a function at the stages of its compilation") { s_file, s_function, s_stage };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        ExplainStage[] stages = Array.ConvertAll(parsed.GetValue(s_stage) ?? [], ReadStage);
        byte[] module = await File.ReadAllBytesAsync(parsed.GetValue(s_file)!, cancellation);
        using KilnClient client = await CommonOptions.Launcher(parsed).ConnectAsync(cancellation);
        ModuleId id = await Preparation.UploadAsync(client, module, compile: false, cancellation);
        IReadOnlyList<ExplainResponse> responses = await client.ExplainAsync(id, parsed.GetValue(s_function)!, stages, cancellation);
        if (parsed.GetValue(CommonOptions.Json))
        {
            JsonOutput.Print(writer =>
            {
                foreach (ExplainResponse response in responses) writer.WriteString(NameOf(response.Stage), response.Text);
            });
            return 0;
        }

        foreach (ExplainResponse response in responses)
        {
            Console.WriteLine($";; {NameOf(response.Stage)} of function {response.FunctionIndex} {response.FunctionName}");
            Console.WriteLine(response.Text.TrimEnd());
            Console.WriteLine();
        }

        return 0;
    }

    private static string NameOf(ExplainStage stage)
    {
        foreach ((string name, ExplainStage row) in s_stages)
        {
            if (row == stage) return name;
        }

        return stage.ToString();
    }

    private static ExplainStage ReadStage(string name)
    {
        foreach ((string row, ExplainStage stage) in s_stages)
        {
            if (row == name) return stage;
        }

        throw new FormatException($"'{name}' is not one of ir, opt, vcode, alloc, asm");
    }
}
