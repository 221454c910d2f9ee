using System;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kiln.Cli.Terminal;

/// <summary>Prints one JSON object on one line of standard output.</summary>
internal static class JsonOutput
{
    /// <summary>Prints the object whose members <paramref name="members"/> writes.</summary>
    public static void Print(Action<Utf8JsonWriter> members)
    {
        using Stream output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }
}
