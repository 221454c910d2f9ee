// Which bodies are being translated inside of which, and the locations of their instructions for backtraces.

using System;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Wasm;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Inlining;

/// <summary>An instruction of an inlined body: where it stands, in which function, and the location of the call that the body replaces.</summary>
internal readonly record struct InlinedLocation(uint WasmOffset, uint Function, uint Caller);

/// <summary>
/// The bodies that are being translated in one another, and the locations of their instructions. A source location is
/// an offset in the module or, with <see cref="IsInlined"/>, a number in <see cref="Locations"/>.
/// </summary>
internal sealed class InlineStack
{
    /// <summary>Set in locations that are numbers; no module is that long.</summary>
    public const uint IsInlined = 1u << 31;

    private struct Level
    {
        public uint Function;
        public uint Caller; // location of the call
        public bool IsOnlyItself;
    }

    private readonly GrowList<Level> _levels = new(8);
    private readonly GrowList<FunctionValidator> _validators = new(8);

    /// <summary>The locations of instructions of inlined bodies.</summary>
    public GrowList<InlinedLocation> Locations { get; } = new(64);

    /// <summary>The function whose body is being read.</summary>
    public uint Function => _levels.Last.Function;

    /// <summary>Number of inlined bodies that are open.</summary>
    public int Depth => _levels.Count - 1;

    /// <summary>What <see cref="InlinePlan.IsInlined"/> asks for.</summary>
    public int SelfDepth => _levels.Last.IsOnlyItself ? Depth : int.MaxValue;

    /// <summary>Starts a function.</summary>
    public void Begin(uint function)
    {
        _levels.Clear();
        Locations.Clear();
        _levels.Add(new Level { Function = function, IsOnlyItself = true });
    }

    /// <summary>A body takes the place of a call at <paramref name="caller"/>; gives the validator to read it with.</summary>
    public FunctionValidator Enter(uint function, SourceLoc caller)
    {
        bool isOnlyItself = _levels.Last.IsOnlyItself && _levels.Last.Function == function;
        _levels.Add(new Level { Function = function, Caller = caller.Offset, IsOnlyItself = isOnlyItself });
        if (_validators.Count < Depth) _validators.Add(new FunctionValidator());
        return _validators[Depth - 1];
    }

    /// <summary>The body is at its end.</summary>
    public void Leave() => _levels.Pop();

    /// <summary>The location of an instruction of the body that is being read.</summary>
    public SourceLoc Locate(WasmOffset offset)
    {
        if (_levels.Count == 1) return new SourceLoc((uint)offset.Value);
        Locations.Add(new InlinedLocation((uint)offset.Value, _levels.Last.Function, _levels.Last.Caller));
        return new SourceLoc(IsInlined | (uint)(Locations.Count - 1));
    }
}
