using System;
using Kiln.Codegen.Machine;
using Kiln.Compiler.Inlining;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Collections;

namespace Kiln.Compiler.Modules;

/// <summary>One compiled function or trampoline, kept in the <see cref="CodeSink"/> of the worker that made it.</summary>
internal readonly record struct CodePiece(
    CodeSink Sink, int CodeStart, int CodeLength, int FrameSize, int ArgumentBytes,
    int FirstRelocation, int RelocationCount, int FirstTrap, int TrapCount, int FirstAddress, int AddressCount,
    int FirstStackMap, int StackMapCount, int FirstInlined, int InlinedCount)
{
    /// <summary>True for a function that got no code.</summary>
    public bool IsEmpty => CodeLength == 0;

    /// <summary>Its bytes; calls in it are not linked.</summary>
    public ReadOnlySpan<byte> Code => Sink.Code.Written.Slice(CodeStart, CodeLength);

    /// <summary>Places that linking fills in.</summary>
    public ReadOnlySpan<Relocation> Relocations => Sink.Relocations.Span.Slice(FirstRelocation, RelocationCount);

    /// <summary>Instructions that may trap.</summary>
    public ReadOnlySpan<TrapRecord> Traps => Sink.Traps.Span.Slice(FirstTrap, TrapCount);

    /// <summary>Which code stems from where.</summary>
    public ReadOnlySpan<AddressMapEntry> Addresses => Sink.Addresses.Span.Slice(FirstAddress, AddressCount);

    /// <summary>What its source locations that are numbers stand for.</summary>
    public ReadOnlySpan<InlinedLocation> Inlined => Sink.Inlined.Span.Slice(FirstInlined, InlinedCount);

    /// <summary>Stack maps; their slots are numbers in <see cref="CodeSink.StackMapSlots"/>.</summary>
    public ReadOnlySpan<StackMapEntry> StackMaps => Sink.StackMaps.Span.Slice(FirstStackMap, StackMapCount);
}

/// <summary>What one worker has compiled, appended to few growing buffers instead of many small arrays.</summary>
internal sealed class CodeSink
{
    /// <summary>Code of all pieces.</summary>
    public ByteWriter Code { get; } = new(1 << 16);

    /// <summary>Relocations of all pieces.</summary>
    public GrowList<Relocation> Relocations { get; } = new(256);

    /// <summary>Traps of all pieces.</summary>
    public GrowList<TrapRecord> Traps { get; } = new(1024);

    /// <summary>Address maps of all pieces.</summary>
    public GrowList<AddressMapEntry> Addresses { get; } = new(4096);

    /// <summary>Locations in inlined bodies, of all pieces.</summary>
    public GrowList<InlinedLocation> Inlined { get; } = new(1024);

    /// <summary>Stack maps of all pieces.</summary>
    public GrowList<StackMapEntry> StackMaps { get; } = new(64);

    /// <summary>Frame offsets that the stack maps list.</summary>
    public GrowList<uint> StackMapSlots { get; } = new(64);

    /// <summary>Forgets all pieces and keeps the buffers.</summary>
    public void Clear()
    {
        Code.Clear();
        Relocations.Clear();
        Traps.Clear();
        Addresses.Clear();
        Inlined.Clear();
        StackMaps.Clear();
        StackMapSlots.Clear();
    }

    /// <summary>Copies a function out of the compilation context that owns it.</summary>
    public CodePiece Add(CompiledFunction function, scoped ReadOnlySpan<InlinedLocation> inlined)
    {
        CodePiece piece = new(
            this, Code.Length, function.Code.Length, function.FrameSize, function.ArgumentBytes,
            Relocations.Count, function.Relocations.Length, Traps.Count, function.Traps.Length, Addresses.Count, function.AddressMap.Length,
            StackMaps.Count, function.StackMaps.Length, Inlined.Count, inlined.Length);
        Code.WriteBytes(function.Code);
        Relocations.AddRange(function.Relocations);
        Traps.AddRange(function.Traps);
        Addresses.AddRange(function.AddressMap);
        Inlined.AddRange(inlined);
        foreach (StackMapEntry map in function.StackMaps) StackMaps.Add(map with { FirstSlot = map.FirstSlot + StackMapSlots.Count });
        StackMapSlots.AddRange(function.StackMapSlots);
        return piece;
    }
}
