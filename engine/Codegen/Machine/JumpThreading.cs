using System;
using Kiln.Foundation.Collections;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Machine;

/// <summary>What Emission's neutral parts ask of a machine instruction.</summary>
internal interface IMachineInst
{
    /// <summary>True for an unconditional jump to the block's one successor.</summary>
    bool IsPlainJump { get; }
}

/// <summary>
/// Finds blocks that are nothing but a jump once registers are allocated (no move was put into them): they are not
/// written, and jumps to them lead to their target. Edge blocks mostly end that way.
/// </summary>
/// <remarks>INVARIANT: a threaded target is not itself empty, unless it is part of a cycle of empty blocks or at the end of a very long chain.</remarks>
internal sealed class JumpThreading
{
    private const int LongestChain = 16;

    private readonly GrowList<int> _targets = new(64);
    private readonly GrowList<bool> _empty = new(64);

    /// <summary>Where a jump to a block leads: to the block itself if it is written.</summary>
    public int this[int block] => _targets[block];

    /// <summary>True if the block is written.</summary>
    public bool IsWritten(int block) => _targets[block] == block;

    /// <summary>Computes the targets for a function.</summary>
    public void Compute<TInst>(VCode<TInst> code, ReadOnlySpan<Edit> edits) where TInst : unmanaged, IMachineInst
    {
        FindEmpty(code, edits);
        _targets.Clear();
        for (int block = 0; block < code.BlockCount; block++) _targets.Add(block);

        // From the back, because most targets are further on and known already.
        for (int block = code.BlockCount - 1; block >= 0; block--)
        {
            int target = block;
            for (int steps = 0; steps < LongestChain && _empty[target]; steps++)
            {
                int next = _targets[code.Successors(target)[0].Value];
                if (next == block || next == target) break;
                target = next;
            }

            _targets[block] = target;
        }
    }

    private void FindEmpty<TInst>(VCode<TInst> code, ReadOnlySpan<Edit> edits) where TInst : unmanaged, IMachineInst
    {
        int edit = 0;
        _empty.Clear();
        for (int block = 0; block < code.BlockCount; block++)
        {
            int start = code.BlockStart(block), end = code.BlockEnd(block);
            while (edit < edits.Length && edits[edit].Inst.Value < start) edit++;
            bool moves = edit < edits.Length && edits[edit].Inst.Value < end;
            _empty.Add(block != 0 && !moves && end - start == 1 && code.Insts[start].IsPlainJump);
        }
    }
}
