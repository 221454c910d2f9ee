// kiln run FILE [--invoke F ARGS…] [--dir HOST[::GUEST]] [--env K=V] [--fuel N] [--memory BYTES] [--timeout T] [-- ARGS…]

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Cli.Terminal;
using Kiln.Client;
using Kiln.V1;

namespace Kiln.Cli.Commands;

/// <summary>Runs a program and passes its streams and exit code through.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> s_file = new("file") { Description = "the module, .wasm or .wat" };
    private static readonly Argument<string[]> s_arguments = new("args") { Description = "arguments of the program, or with --invoke of the function", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> s_invoke = new("--invoke") { Description = "call this exported function instead of _start; arguments are literals such as 5, -1.5 or 0x10" };
    private static readonly Option<string[]> s_directories = new("--dir") { Description = "send this directory along, seen by the guest as GUEST: HOST[::GUEST]" };
    private static readonly Option<string[]> s_environment = new("--env") { Description = "an environment variable of the guest: NAME=VALUE, or NAME for the one of this shell" };
    private static readonly Option<long?> s_fuel = new("--fuel") { Description = "stop the guest after so much fuel (about one unit an instruction)" };
    private static readonly Option<string?> s_memory = new("--memory") { Description = "limit of its memories, such as 64MiB" };
    private static readonly Option<string?> s_timeout = new("--timeout") { Description = "limit of its time, such as 500ms or 10s" };
    private static readonly Option<string?> s_stack = new("--stack") { Description = "limit of its call stack, such as 256KiB" };
    private static readonly Option<string?> s_output = new("--max-output") { Description = "limit of its output, such as 1MiB" };
    private static readonly Option<bool> s_usage = new("--usage") { Description = "say at the end what was used" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("run", "runs a program in a sandbox")
        {
            s_file, s_arguments, s_invoke, s_directories, s_environment, s_fuel, s_memory, s_timeout, s_stack, s_output, s_usage,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string file = parsed.GetValue(s_file)!;
        byte[] module = await File.ReadAllBytesAsync(file, cancellation);
        bool json = parsed.GetValue(CommonOptions.Json);
        string? function = parsed.GetValue(s_invoke);
        string[] arguments = parsed.GetValue(s_arguments) ?? [];
        var stdout = new GuestOutput(json ? null : Console.OpenStandardOutput());
        var stderr = new GuestOutput(json ? null : Console.OpenStandardError());
        var options = new RunOptions
        {
            Function = function ?? "",
            Arguments = function is null ? [] : Array.ConvertAll(arguments, Values.Literal),
            World = new GuestWorld
            {
                Arguments = function is null ? [Path.GetFileName(file), .. arguments] : [Path.GetFileName(file)],
                Variables = ReadVariables(parsed.GetValue(s_environment) ?? []),
                Directories = Array.ConvertAll(parsed.GetValue(s_directories) ?? [], HostDirectory.Read),
            },
            Limits = ReadLimits(parsed),
            // A function that is called by name is a calculation: it leaves standard input to others.
            StreamedInput = function is null ? Console.OpenStandardInput() : null,
            OnOutput = stdout.Write,
            OnError = stderr.Write,
        };

        using KilnClient client = await CommonOptions.Launcher(parsed).ConnectAsync(cancellation);
        ModuleId id = await Preparation.UploadAsync(client, module, compile: true, cancellation);
        RunResult result = await client.RunAsync(id, options, cancellation);
        if (json)
        {
            PrintJson(result, stdout, stderr);
        }
        else
        {
            if (result.Outcome.OutcomeCase == Outcome.OutcomeOneofCase.Completed)
            {
                foreach (Value value in result.Outcome.Completed.Results) Console.WriteLine(OutcomeText.Of(value));
            }

            if (OutcomeText.Complaint(result.Outcome) is { } complaint) await Console.Error.WriteLineAsync(complaint);
            if (parsed.GetValue(s_usage)) await Console.Error.WriteLineAsync(OutcomeText.Of(result.Usage));
        }

        return ExitCodes.Of(result.Outcome);
    }

    private static GuestLimits ReadLimits(ParseResult parsed) => new()
    {
        Fuel = parsed.GetValue(s_fuel) is not < 0 ? parsed.GetValue(s_fuel) : throw new FormatException("--fuel must not be negative"),
        MemoryBytes = parsed.GetValue(s_memory) is { } memory ? Quantities.ParseSize(memory) : null,
        Timeout = parsed.GetValue(s_timeout) is { } timeout ? Quantities.ParseTime(timeout) : null,
        StackBytes = parsed.GetValue(s_stack) is { } stack ? Quantities.ParseSize(stack) : null,
        OutputBytes = parsed.GetValue(s_output) is { } output ? Quantities.ParseSize(output) : null,
    };

    private static List<KeyValuePair<string, string>> ReadVariables(string[] settings)
    {
        var variables = new List<KeyValuePair<string, string>>(settings.Length);
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            variables.Add(equals < 0
                ? new KeyValuePair<string, string>(setting, Environment.GetEnvironmentVariable(setting) ?? "")
                : new KeyValuePair<string, string>(setting[..equals], setting[(equals + 1)..]));
        }

        return variables;
    }

    private static void PrintJson(RunResult result, GuestOutput stdout, GuestOutput stderr) => JsonOutput.Print(writer =>
    {
        Outcome outcome = result.Outcome;
        writer.WriteString("outcome", outcome.OutcomeCase switch
        {
            Outcome.OutcomeOneofCase.Stopped => outcome.Stopped.Reason.ToString().ToLowerInvariant(),
            _ => outcome.OutcomeCase.ToString().ToLowerInvariant(),
        });
        writer.WriteNumber("exit_code", ExitCodes.Of(outcome));
        if (outcome.OutcomeCase == Outcome.OutcomeOneofCase.Completed)
        {
            writer.WriteStartArray("results");
            foreach (Value value in outcome.Completed.Results) writer.WriteStringValue(OutcomeText.Of(value));
            writer.WriteEndArray();
        }

        if (outcome.OutcomeCase == Outcome.OutcomeOneofCase.Trapped) WriteStop(writer, outcome.Trapped.Message, outcome.Trapped.Backtrace);
        if (outcome.OutcomeCase == Outcome.OutcomeOneofCase.Stopped) WriteStop(writer, outcome.Stopped.Message, outcome.Stopped.Backtrace);
        writer.WriteString("stdout", stdout.Text);
        writer.WriteString("stderr", stderr.Text);
        Usage usage = result.Usage;
        writer.WriteStartObject("usage");
        if (usage.HasFuelConsumed) writer.WriteNumber("fuel", usage.FuelConsumed);
        writer.WriteNumber("peak_memory_bytes", usage.PeakMemoryBytes);
        writer.WriteNumber("guest_ms", OutcomeText.Span(usage.GuestTime).TotalMilliseconds);
        writer.WriteNumber("instantiate_ms", OutcomeText.Span(usage.InstantiateTime).TotalMilliseconds);
        writer.WriteNumber("compile_ms", OutcomeText.Span(usage.CompileTime).TotalMilliseconds);
        writer.WriteString("cache", OutcomeText.Of(usage.CacheResult));
        writer.WriteNumber("output_bytes", usage.OutputBytes);
        writer.WriteEndObject();
    });

    private static void WriteStop(Utf8JsonWriter writer, string message, IEnumerable<Frame> backtrace)
    {
        writer.WriteString("message", message);
        writer.WriteStartArray("backtrace");
        foreach (Frame frame in backtrace)
        {
            writer.WriteStartObject();
            writer.WriteString("module", frame.Module);
            writer.WriteNumber("function_index", frame.FunctionIndex);
            writer.WriteString("function", frame.FunctionName);
            writer.WriteNumber("offset", frame.WasmOffset);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>One output stream of the guest: passed on at once, or collected.</summary>
    private sealed class GuestOutput(Stream? destination)
    {
        private readonly MemoryStream? _collected = destination is null ? new MemoryStream() : null;

        public string Text => Encoding.UTF8.GetString(_collected!.GetBuffer(), 0, (int)_collected.Length);

        public void Write(ReadOnlyMemory<byte> bytes) => (destination ?? _collected!).Write(bytes.Span);
    }
}
