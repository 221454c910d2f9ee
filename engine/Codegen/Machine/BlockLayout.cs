using System;
using Kiln.Foundation.Collections;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Machine;

/// <summary>
/// The order in which blocks are written. Comes in: VCode in its own order, which has loops in one piece with their header
/// first, and which blocks are written at all. Goes out: the same order, but a loop's last block, if it does nothing but go
/// back in the end, stands before the header and falls into it.
/// </summary>
/// <remarks>
/// So an iteration that ends there has one jump less, for one jump more where the loop is entered. It does not pay where the block
/// is reached by falling into it from its only predecessor, which would need the jump instead: a predecessor with a conditional
/// branch just turns the branch round. The order of lowering and of registers stays as it is: a value's definition is still
/// before its uses there.
/// </remarks>
internal sealed class BlockLayout
{
    private const int None = -1, Many = -2;

    private readonly GrowList<int> _order = new(64);
    private readonly GrowList<int> _predecessor = new(64); // the only one, None, or Many
    private readonly GrowList<int> _latch = new(64);       // of a header: the block to put before it, or None

    /// <summary>The blocks that are written, in their order.</summary>
    public ReadOnlySpan<int> Order => _order.Span;

    /// <summary>True if a block stands before a loop header that it falls into.</summary>
    public bool IsBeforeHeader(int block) => _latch[block] == Many;

    /// <summary>True if a header has such a block.</summary>
    public bool HasBlockBefore(int header) => _latch[header] >= 0;

    /// <summary>Computes the order for a function.</summary>
    public void Compute<TInst>(VCode<TInst> code, JumpThreading threaded) where TInst : unmanaged, IMachineInst
    {
        int count = code.BlockCount;
        _order.Clear();
        _latch.Clear();
        _latch.Resize(count, None);
        if (FindWaysBack(code, threaded)) ChooseLatches(code, threaded);
        for (int block = 0; block < count; block++)
        {
            if (!threaded.IsWritten(block) || _latch[block] == Many) continue;
            if (_latch[block] >= 0) _order.Add(_latch[block]);
            _order.Add(block);
        }
    }

    // True if some block jumps back unconditionally. Then predecessors are known, too.
    private bool FindWaysBack<TInst>(VCode<TInst> code, JumpThreading threaded) where TInst : unmanaged, IMachineInst
    {
        bool any = false;
        for (int block = 0; block < code.BlockCount && !any; block++) any = IsWayBack(code, threaded, block, out _);
        if (!any) return false;
        _predecessor.Clear();
        _predecessor.Resize(code.BlockCount, None);
        for (int block = 0; block < code.BlockCount; block++)
        {
            if (!threaded.IsWritten(block)) continue;
            foreach (BlockIndex successor in code.Successors(block))
            {
                ref int predecessor = ref _predecessor[threaded[successor.Value]];
                predecessor = predecessor == None ? block : Many;
            }
        }

        return true;
    }

    private void ChooseLatches<TInst>(VCode<TInst> code, JumpThreading threaded) where TInst : unmanaged, IMachineInst
    {
        for (int block = code.BlockCount - 1; block > 0; block--)
        {
            if (!IsWayBack(code, threaded, block, out int header) || _latch[header] != None || _latch[block] != None) continue;
            int predecessor = _predecessor[block];
            if (predecessor == None || (predecessor != Many && code.Successors(predecessor).Length < 2)) continue;
            _latch[header] = block;
            _latch[block] = Many;
        }
    }

    private static bool IsWayBack<TInst>(VCode<TInst> code, JumpThreading threaded, int block, out int header) where TInst : unmanaged, IMachineInst
    {
        header = 0;
        if (!threaded.IsWritten(block) || code.Order.Blocks[block].Cold) return false;
        ReadOnlySpan<BlockIndex> successors = code.Successors(block);
        if (successors.Length != 1) return false;
        header = threaded[successors[0].Value];
        return header < block && header != 0 && code.Order.Blocks[header].LoopHeader;
    }
}
