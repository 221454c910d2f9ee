using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Kiln.V1;
using Value = Kiln.V1.Value;

namespace Kiln.Cli.Commands;

/// <summary>Outcomes, values and usage as text.</summary>
internal static class OutcomeText
{
    private const int InnermostFrames = 20;
    private const int OutermostFrames = 5;

    /// <summary>A value in the text format's spelling.</summary>
    public static string Of(Value value) => value.ValueCase switch
    {
        Value.ValueOneofCase.I32 => value.I32.ToString(CultureInfo.InvariantCulture),
        Value.ValueOneofCase.I64 => value.I64.ToString(CultureInfo.InvariantCulture),
        Value.ValueOneofCase.F32Bits => Float(BitConverter.UInt32BitsToSingle(value.F32Bits).ToString("R", CultureInfo.InvariantCulture)),
        Value.ValueOneofCase.F64Bits => Float(BitConverter.UInt64BitsToDouble(value.F64Bits).ToString("R", CultureInfo.InvariantCulture)),
        Value.ValueOneofCase.V128 => Vector(value.V128.Span),
        Value.ValueOneofCase.Reference => value.Reference.IsNull ? "null" : value.Reference.Type,
        _ => value.Literal,
    };

    // Four lanes, lowest first, as they can be given as an argument.
    private static string Vector(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("i32x4");
        for (; bytes.Length >= 4; bytes = bytes[4..]) text.Append(CultureInfo.InvariantCulture, $" 0x{BinaryPrimitives.ReadUInt32LittleEndian(bytes):x8}");
        return text.ToString();
    }

    /// <summary>What to say on standard error about a guest that did not end well; null for one that did.</summary>
    public static string? Complaint(Outcome outcome)
    {
        var text = new StringBuilder();
        IReadOnlyList<Frame> backtrace;
        switch (outcome.OutcomeCase)
        {
            case Outcome.OutcomeOneofCase.Trapped:
                text.Append("kiln: the guest trapped: ").Append(outcome.Trapped.Message);
                backtrace = outcome.Trapped.Backtrace;
                break;

            case Outcome.OutcomeOneofCase.Stopped:
                text.Append("kiln: ").Append(outcome.Stopped.Message);
                backtrace = outcome.Stopped.Backtrace;
                break;

            default:
                return null;
        }

        for (int i = 0; i < backtrace.Count; i++)
        {
            if (i == InnermostFrames && backtrace.Count > InnermostFrames + OutermostFrames)
            {
                int hidden = backtrace.Count - InnermostFrames - OutermostFrames;
                text.Append(CultureInfo.InvariantCulture, $"\n       ({hidden} more)");
                i += hidden;
            }

            Frame frame = backtrace[i];
            string name = frame.FunctionName.Length != 0 ? frame.FunctionName : string.Create(CultureInfo.InvariantCulture, $"<function {frame.FunctionIndex}>");
            string module = frame.Module.Length != 0 ? frame.Module + "!" : "";
            text.Append(CultureInfo.InvariantCulture, $"\n  {i,3}: {Printable(module + name)} (offset 0x{frame.WasmOffset:x})");
        }

        return text.ToString();
    }

    /// <summary>One line about what a run used.</summary>
    public static string Of(Usage usage)
    {
        var text = new StringBuilder("usage: ");
        if (usage.HasFuelConsumed) text.Append(CultureInfo.InvariantCulture, $"fuel {usage.FuelConsumed}, ");
        text.Append(CultureInfo.InvariantCulture, $"memory {Quantities.Size(usage.PeakMemoryBytes)}, guest {Quantities.Time(Span(usage.GuestTime))}, ");
        text.Append(CultureInfo.InvariantCulture, $"instantiate {Quantities.Time(Span(usage.InstantiateTime))}, ");
        text.Append(CultureInfo.InvariantCulture, $"compile {Quantities.Time(Span(usage.CompileTime))} ({Of(usage.CacheResult)}), output {Quantities.Size(usage.OutputBytes)}");
        return text.ToString();
    }

    /// <summary>Where code came from.</summary>
    public static string Of(CacheResult result) => result switch
    {
        CacheResult.Unspecified => "unknown",
        CacheResult.MemoryHit => "memory hit",
        CacheResult.DiskHit => "disk hit",
        CacheResult.Joined => "joined",
        CacheResult.Miss => "miss",
    };

    /// <summary>A span of time; zero if it is not set.</summary>
    public static TimeSpan Span(Duration? duration) => duration?.ToTimeSpan() ?? TimeSpan.Zero;

    // Names come from the module: no control characters reach the terminal.
    private static string Printable(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && text.AsSpan().IndexOfAnyInRange('\x7f', '\x9f') < 0) return text;
        var clean = new StringBuilder(text.Length);
        foreach (char c in text) clean.Append(char.IsControl(c) ? '?' : c);
        return clean.ToString();
    }

    private static string Float(string text) => text switch
    {
        "Infinity" or "\u221e" => "inf",
        "-Infinity" or "-\u221e" => "-inf",
        "NaN" => "nan",
        _ => text,
    };
}
