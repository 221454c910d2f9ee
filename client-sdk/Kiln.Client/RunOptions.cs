using System;
using System.Collections.Generic;
using System.IO;
using Google.Protobuf;
using Kiln.V1;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Kiln.Client;

/// <summary>Limits of a run or sandbox. What is not set takes the daemon's default.</summary>
public sealed record GuestLimits
{
    /// <summary>Fuel: about one unit an operator.</summary>
    public long? Fuel { get; init; }

    /// <summary>Bytes of linear memories and files together.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Elements of all tables together.</summary>
    public long? TableElements { get; init; }

    /// <summary>Instances.</summary>
    public int? Instances { get; init; }

    /// <summary>Bytes of call stack.</summary>
    public long? StackBytes { get; init; }

    /// <summary>Wall-clock time of a run or call.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Bytes of standard output and standard error together.</summary>
    public long? OutputBytes { get; init; }

    internal Limits ToMessage()
    {
        var limits = new Limits();
        if (Fuel is { } fuel) limits.Fuel = (ulong)fuel;
        if (MemoryBytes is { } memory) limits.MemoryBytes = (ulong)memory;
        if (TableElements is { } elements) limits.TableElements = (ulong)elements;
        if (Instances is { } instances) limits.Instances = (uint)instances;
        if (StackBytes is { } stack) limits.StackBytes = (ulong)stack;
        if (Timeout is { } timeout) limits.Timeout = Duration.FromTimeSpan(timeout);
        if (OutputBytes is { } output) limits.OutputBytes = (ulong)output;
        return limits;
    }
}

/// <summary>What a WASI guest sees of the world.</summary>
public sealed record GuestWorld
{
    /// <summary>Program arguments, the program's name first.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>Standard input, all of it. For input that comes later see <see cref="RunOptions.StreamedInput"/>.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Preopened directories with their content.</summary>
    public IReadOnlyList<GuestDirectory> Directories { get; init; } = [];

    internal GuestEnvironment ToMessage()
    {
        var environment = new GuestEnvironment { Stdin = UnsafeByteOperations.UnsafeWrap(Input) };
        environment.Arguments.AddRange(Arguments);
        foreach ((string name, string value) in Variables) environment.Variables.Add(new EnvironmentVariable { Name = name, Value = value });
        environment.Directories.AddRange(Directories);
        return environment;
    }
}

/// <summary>What a one-shot run does.</summary>
public sealed record RunOptions
{
    /// <summary>The exported function to call; empty for _start.</summary>
    public string Function { get; init; } = "";

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<Value> Arguments { get; init; } = [];

    /// <summary>What a WASI guest sees.</summary>
    public GuestWorld World { get; init; } = new();

    /// <summary>Limits.</summary>
    public GuestLimits Limits { get; init; } = new();

    /// <summary>Standard input to send while the guest runs; null for none. It is not disposed.</summary>
    public Stream? StreamedInput { get; init; }

    /// <summary>Told of standard output as it comes. The bytes are valid during the call only.</summary>
    public Action<ReadOnlyMemory<byte>>? OnOutput { get; init; }

    /// <summary>Told of standard error as it comes. The bytes are valid during the call only.</summary>
    public Action<ReadOnlyMemory<byte>>? OnError { get; init; }

    internal Job ToJob(ModuleSource module)
    {
        var job = new Job { Module = module, Function = Function, Environment = World.ToMessage(), Limits = Limits.ToMessage() };
        job.Arguments.AddRange(Arguments);
        return job;
    }
}

/// <summary>Makes argument values.</summary>
public static class Values
{
    /// <summary>An i32.</summary>
    public static Value I32(int value) => new() { I32 = value };

    /// <summary>An i64.</summary>
    public static Value I64(long value) => new() { I64 = value };

    /// <summary>An f32.</summary>
    public static Value F32(float value) => new() { F32Bits = BitConverter.SingleToUInt32Bits(value) };

    /// <summary>An f64.</summary>
    public static Value F64(double value) => new() { F64Bits = BitConverter.DoubleToUInt64Bits(value) };

    /// <summary>A literal in the text format's spelling, read as the parameter's type.</summary>
    public static Value Literal(string text) => new() { Literal = text };
}
