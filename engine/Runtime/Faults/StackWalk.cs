using System;
using System.Collections.Generic;
using Kiln.Contract;
using Kiln.Contract.Artifact;
using Kiln.Runtime.Code;
using Kiln.Runtime.Stacks;

namespace Kiln.Runtime.Faults;

// Where a guest stack ends, the walk goes on in the activation whose host function entered this one, from where that guest
// left for the host.

/// <summary>Collects the Wasm frames of a stopped guest.</summary>
internal readonly unsafe ref struct StackWalk
{
    /// <summary>A backtrace has at most this many frames; of a longer stack it shows the innermost.</summary>
    public const int MaximumFrames = 128;

    private readonly EngineRuntime _runtime;
    private readonly List<GuestFrame> _frames;

    private StackWalk(EngineRuntime runtime)
    {
        _runtime = runtime;
        _frames = [];
    }

    /// <summary>The frames at a fault that means <paramref name="trap"/>, and those of the activations below.</summary>
    public static IReadOnlyList<GuestFrame> FromFault(EngineRuntime runtime, Activation* activation, Trap trap)
    {
        StackWalk walk = new(runtime);
        ulong rsp = activation->TrapRsp;
        if (trap == Trap.StackOverflow && InPrologue(activation)) rsp = walk.SkipUnfinishedFrame(activation->TrapPc, rsp);
        walk.Walk(new FrameWalk(runtime, activation, activation->TrapPc, rsp, false));
        walk.WalkParents(activation);
        return walk._frames;
    }

    /// <summary>The frames of a guest that waits for the host, and those of the activations below.</summary>
    public static IReadOnlyList<GuestFrame> FromHostCall(EngineRuntime runtime, Activation* activation)
    {
        StackWalk walk = new(runtime);
        walk.WalkWaiting(activation);
        walk.WalkParents(activation);
        return walk._frames;
    }

    private void WalkParents(Activation* activation)
    {
        for (Activation* parent = activation->Parent; parent != null && _frames.Count < MaximumFrames; parent = parent->Parent) WalkWaiting(parent);
    }

    private void WalkWaiting(Activation* activation) => Walk(FrameWalk.OfWaiting(_runtime, activation));

    private void Walk(FrameWalk walk)
    {
        while (_frames.Count < MaximumFrames && walk.MoveNext())
        {
            if (walk.Range.Kind == CodeKind.Function) Add(walk.Image, walk.Range, walk.IsInCall ? walk.CodeOffset - 1 : walk.CodeOffset);
        }
    }

    private void Add(CodeImage image, in CodeRange range, uint codeOffset)
    {
        ModuleArtifact artifact = image.Artifact;
        uint location = CodeLookup.Find(artifact.Addresses, codeOffset);
        while ((location & AddressRow.InlinedBit) != 0 && location != AddressRow.NoWasmOffset)
        {
            InlinedRow inlined = artifact.Inlined[(int)(location & ~AddressRow.InlinedBit)];
            AddFrame(image, inlined.Function, inlined.WasmOffset);
            location = inlined.Caller;
        }

        AddFrame(image, range.Index, location);
    }

    private void AddFrame(CodeImage image, uint function, uint wasmOffset)
    {
        if (_frames.Count < MaximumFrames) _frames.Add(new GuestFrame(image.Name, function, image.Artifact.FunctionName(function), wasmOffset));
    }

    // A frame too large for the guard is probed before rsp moves: the fault is then below rsp, and not a call's push.
    private static bool InPrologue(Activation* activation)
    {
        if (activation->TrapAddress >= activation->TrapRsp) return false;
        byte* code = (byte*)activation->TrapPc;
        if (*code is >= 0x40 and <= 0x4F) code++;
        bool isCall = *code == 0xE8 || (*code == 0xFF && (code[1] & 0x38) == 0x10);
        return !isCall;
    }

    // Adds the function itself, whose return address is at [rsp], and makes the walk start in its caller.
    private ulong SkipUnfinishedFrame(ulong pc, ulong rsp)
    {
        CodeImage? image = _runtime.Code.FindImage(pc);
        return image is not null && TryFindRange(image, pc, out CodeRange range) ? rsp - range.FrameSize : rsp;
    }

    private static bool TryFindRange(CodeImage image, ulong address, out CodeRange range)
    {
        ReadOnlySpan<CodeRange> code = image.Artifact.Code;
        int index = CodeLookup.Find(code, (uint)(address - image.Start));
        range = index < 0 ? default : code[index];
        return index >= 0;
    }
}
