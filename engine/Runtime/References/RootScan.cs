using System;
using Kiln.Contract.Artifact;
using Kiln.Foundation.Diagnostics;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Stacks;

namespace Kiln.Runtime.References;

/// <summary>
/// Marks the handles that a store's guests hold. Roots are precise: the slots that stack maps list, in the frames of all
/// activations that wait for the host, and the tables, globals and element segments that hold handles. Objects in the
/// hands of the host are no roots: <c>Value</c> keeps the object itself, not a handle.
/// </summary>
internal unsafe ref struct RootScan(HandleTable handles)
{
    /// <summary>Places looked at so far: what the scan cost.</summary>
    public long Places { get; private set; }

    /// <summary>The frames of an activation that waits for the host, and of all that wait for it to return.</summary>
    public void AddActivations(EngineRuntime runtime, Activation* innermost)
    {
        for (Activation* activation = innermost; activation != null; activation = activation->Parent)
        {
            FrameWalk walk = FrameWalk.OfWaiting(runtime, activation);
            while (walk.MoveNext()) AddFrame(walk);
        }
    }

    /// <summary>Elements of a table or segment of handles.</summary>
    public void AddAll(ReadOnlySpan<ulong> elements)
    {
        Places += elements.Length;
        foreach (ulong handle in elements) handles.Mark(handle);
    }

    /// <summary>One handle.</summary>
    public void Add(ulong handle)
    {
        Places++;
        handles.Mark(handle);
    }

    private void AddFrame(in FrameWalk frame)
    {
        Places++;
        ReadOnlySpan<uint> live = CodeLookup.FindLive(frame.Image.Artifact, frame.CodeOffset);
        foreach (uint slot in live)
        {
            if (slot >= frame.Range.FrameSize) EngineBug.Throw($"a stack map of '{frame.Image.Name}' names a slot outside of its frame");

            // SAFETY: the slot lies in a frame of a stopped guest, between its rsp and its return address.
            Add(*(ulong*)(frame.StackPointer + slot));
        }
    }
}
