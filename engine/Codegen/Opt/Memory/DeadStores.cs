using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Memory;

// In:  the stores, loads and other effects of a block, in order.
// Out: of two stores to the same bytes with nothing between them that could tell, the first.
//
// Who could tell: a load of the same region; anything that may trap or runs other code, since memory outlives the
// function. A store that may trap itself traps exactly if the one that overwrites it does, so nothing but a load may
// stand between those, not even a store elsewhere: behind the trap it would be seen to have happened.

/// <summary>Stores of the current block that a later one may make superfluous.</summary>
internal sealed class DeadStores
{
    private struct Pending
    {
        public Inst Inst;
        public InstData Data;
    }

    private readonly GrowList<Pending> _pending = new(16);

    /// <summary>Everything stored so far counts.</summary>
    public void Clear() => _pending.Clear();

    /// <summary>A load that stays.</summary>
    public void Read(in InstData load)
    {
        if (_pending.Count == 0) return;
        if (!load.MemFlags.NoTrap || load.MemFlags.Region == default)
        {
            _pending.Clear();
            return;
        }

        for (int i = _pending.Count - 1; i >= 0; i--)
        {
            Region region = _pending[i].Data.MemFlags.Region;
            if (region == default || region == load.MemFlags.Region) Drop(i);
        }
    }

    /// <summary>A store; gives the earlier one that nobody will have seen, or none.</summary>
    public Inst Write(Inst inst, in InstData data)
    {
        Inst overwritten = default;
        for (int i = _pending.Count - 1; i >= 0; i--)
        {
            ref Pending earlier = ref _pending[i];
            if (overwritten.IsNone() && Covers(data, earlier.Data))
            {
                overwritten = earlier.Inst;
                Drop(i);
            }
            else if (!data.MemFlags.NoTrap || !earlier.Data.MemFlags.NoTrap)
            {
                Drop(i);
            }
        }

        _pending.Add(new Pending { Inst = inst, Data = data });
        return overwritten;
    }

    private void Drop(int index)
    {
        _pending[index] = _pending.Last;
        _pending.Pop();
    }

    // Of stores that may trap, only of equal size: a greater one may trap where the first does not.
    private static bool Covers(in InstData later, in InstData earlier)
    {
        if (later.A != earlier.A || later.Offset != earlier.Offset || later.MemFlags != earlier.MemFlags) return false;
        int stored = later.Op.AccessByteCount(later.Type, later.Lanes), overwritten = earlier.Op.AccessByteCount(earlier.Type, earlier.Lanes);
        return stored == overwritten || (stored > overwritten && later.MemFlags.NoTrap);
    }
}
