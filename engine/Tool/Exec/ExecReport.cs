using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace Kiln.Tool.Exec;

/// <summary>The JSON object that <c>kiln tool exec --json</c> prints; times in milliseconds.</summary>
public sealed record ExecReport
{
    /// <summary>Shortest compile.</summary>
    [JsonPropertyName("compile_ms")] public double CompileMs { get; init; }

    /// <summary>Shortest instantiation.</summary>
    [JsonPropertyName("instantiate_ms")] public double? InstantiateMs { get; init; }

    /// <summary>Shortest run: between bench.start and bench.end where the program calls them.</summary>
    [JsonPropertyName("run_ms")] public double? RunMs { get; init; }

    /// <summary>First run, or with --compile-only the first compile.</summary>
    [JsonPropertyName("first_ms")] public double FirstMs { get; init; }

    /// <summary>All runs, or with --compile-only all compiles.</summary>
    [JsonPropertyName("runs_ms")] public required IReadOnlyList<double> RunsMs { get; init; }

    /// <summary>The result of the function as a signed decimal, or the first half of the MD5 of a program's output.</summary>
    [JsonPropertyName("checksum")] public string? Checksum { get; init; }

    /// <summary>Whether the run ended well and its output is what DIR/expected.stdout says, if that file is there.</summary>
    [JsonPropertyName("ok")] public bool Ok { get; init; }

    /// <summary>Bytes of machine code.</summary>
    [JsonPropertyName("code_bytes")] public long CodeBytes { get; init; }

    /// <summary>The program's exit code.</summary>
    [JsonPropertyName("code")] public uint? ExitCode { get; init; }

    /// <summary>Fuel used by the last run.</summary>
    [JsonPropertyName("fuel")] public long? Fuel { get; init; }

    /// <summary>
    /// Methods of the host that .NET's JIT compiled on the guest's thread between bench.start and bench.end of the first run. More than 0 in
    /// the precompiled tool is time that is not the guest's.
    /// </summary>
    [JsonPropertyName("jitted")] public long? Jitted { get; init; }

    /// <summary>What went wrong.</summary>
    [JsonPropertyName("err")] public string? Error { get; init; }
}

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExecReport))]
public sealed partial class ExecReportContext : JsonSerializerContext;
