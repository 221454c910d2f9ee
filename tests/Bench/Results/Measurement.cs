using System.Text.Json;

namespace Kiln.Bench.Results;

/// <summary>What one process reported.</summary>
/// <param name="Ok">True if it ran to its end and its own checks held.</param>
/// <param name="CompileMs">Milliseconds to compile, the least of its repetitions.</param>
/// <param name="RunMs">Milliseconds to run, the least of its repetitions.</param>
/// <param name="Checksum">What the run returned.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record Measurement(bool Ok, double? CompileMs, double? RunMs, string? Checksum, string? Error)
{
    /// <summary>A measurement that says only why there is none.</summary>
    public static Measurement Failed(string reason) => new(false, null, null, null, reason);

    /// <summary>Reads the line that a peer prints.</summary>
    public static Measurement Read(JsonElement line) => new(
        line.TryGetProperty("ok", out JsonElement ok) && ok.ValueKind == JsonValueKind.True,
        Number(line, "compile_ms"), Number(line, "run_ms"), Text(line, "checksum"), Text(line, "err") ?? Text(line, "fail"));

    private static double? Number(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
