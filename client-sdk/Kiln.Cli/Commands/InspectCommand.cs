using System;
using System.CommandLine;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Cli.Terminal;
using Kiln.Client;
using Kiln.V1;

namespace Kiln.Cli.Commands;

/// <summary>kiln inspect FILE: what a module imports, exports and consists of.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> s_file = new("file") { Description = "the module, .wasm or .wat" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("inspect", "shows what a module imports, exports and consists of") { s_file };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        byte[] module = await File.ReadAllBytesAsync(parsed.GetValue(s_file)!, cancellation);
        using KilnClient client = await CommonOptions.Launcher(parsed).ConnectAsync(cancellation);
        ModuleId id = await Preparation.UploadAsync(client, module, compile: false, cancellation);
        DescribeModuleResponse description = await client.DescribeAsync(id, cancellation);
        if (parsed.GetValue(CommonOptions.Json)) JsonOutput.Print(writer => WriteJson(writer, description, id));
        else Print(description, id);
        return 0;
    }

    private static void Print(DescribeModuleResponse description, ModuleId id)
    {
        Console.WriteLine($"module    sha256:{id}");
        if (description.Name.Length != 0) Console.WriteLine($"name      {description.Name}");
        Console.WriteLine($"format    {(description.IsText ? "text" : "binary")}, {Quantities.Size(description.Digest.SizeBytes)}, {description.FunctionCount} functions");
        Console.WriteLine($"compiled  {(description.IsCompiled ? "yes" : "no")}");
        if (description.Imports.Count != 0) Console.WriteLine("imports");
        foreach (ImportDescription import in description.Imports) Console.WriteLine($"  {import.Module}.{import.Name} {import.Type.Text}");
        if (description.Exports.Count != 0) Console.WriteLine("exports");
        foreach (ExportDescription export in description.Exports) Console.WriteLine($"  {export.Name} {export.Type.Text}");
        if (description.Sections.Count != 0) Console.WriteLine("sections");
        foreach (SectionDescription section in description.Sections)
        {
            Console.WriteLine($"  {section.Id,2} {section.Name,-20} offset 0x{section.Offset:x8} size {section.SizeBytes}");
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, DescribeModuleResponse description, ModuleId id)
    {
        writer.WriteString("module", id.ToString());
        writer.WriteString("name", description.Name);
        writer.WriteString("format", description.IsText ? "text" : "binary");
        writer.WriteNumber("bytes", description.Digest.SizeBytes);
        writer.WriteNumber("functions", description.FunctionCount);
        writer.WriteBoolean("compiled", description.IsCompiled);
        writer.WriteStartArray("imports");
        foreach (ImportDescription import in description.Imports)
        {
            writer.WriteStartObject();
            writer.WriteString("module", import.Module);
            writer.WriteString("name", import.Name);
            writer.WriteString("type", import.Type.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("exports");
        foreach (ExportDescription export in description.Exports)
        {
            writer.WriteStartObject();
            writer.WriteString("name", export.Name);
            writer.WriteString("type", export.Type.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("sections");
        foreach (SectionDescription section in description.Sections)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", section.Id);
            writer.WriteString("name", section.Name);
            writer.WriteNumber("offset", section.Offset);
            writer.WriteNumber("size", section.SizeBytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
