using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.EGraph;
using Kiln.Codegen.Opt.Ranges;
using Kiln.Codegen.Opt.Rules;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Memory;

// In:  loads and stores in the order of the walk, operands resolved.
// Out: for each, whether what it reads or writes is known already. Keys of the scoped table say which bytes an access
//      means at which version of their region (MemoryVersions): what was stored or loaded there is the entry's value.
//
// A store makes a new version of its region, which would hide everything known about the region. But behind it, bytes
// that do not overlap the stored ones are as they were: if an address is the same value with another offset, look-ups
// go on at the version before. Addresses with another base say nothing about each other.

/// <summary>Forwards stored and loaded values to loads, and finds stores that change nothing or that nothing reads.</summary>
internal sealed class MemoryAccesses(InstTable table, RuleContext builder, IndexFolding indices)
{
    private const int MaxStoresToLookBehind = 8;

    private readonly MemoryVersions _versions = new();
    private readonly DeadStores _stores = new();
    private IrFunction _func = null!;
    private OptFlags _flags;

    public void Begin(IrFunction func, OptFlags flags, OptContext context)
    {
        _func = func;
        _flags = flags;
        indices.Begin(func, context);
        _versions.Begin(func, context.Cfg, context.Dominators, context.Loops, context.LoopMemory);
        _stores.Clear();
    }

    private bool Has(OptFlags flag) => (_flags & flag) != 0;

    public void EnterBlock(Block block)
    {
        indices.EnterBlock(block);
        _versions.EnterBlock(block);
        _stores.Clear();
    }

    public void LeaveBlock(Block block) => _versions.LeaveBlock(block);

    /// <summary>Something happens that may stop the function, or look at all of memory, without changing it.</summary>
    public void Observe() => _stores.Clear();

    /// <summary>A call.</summary>
    public void WriteAll()
    {
        _stores.Clear();
        _versions.WriteAll();
    }

    /// <summary>The value that a load that stays where it is would find, if that is known; else remembers what it loads.</summary>
    public bool TryForward(in InstData load, Value result, out Value known)
    {
        known = default;
        if (load.MemFlags.Volatile || !Has(OptFlags.RedundantLoads))
        {
            _stores.Read(load);
            return false;
        }

        if (TryFind(load, load.Op, out known) || TryForwardNarrow(load, out known)) return true;
        _stores.Read(load);
        table.Add(LocationKey(load, load.Op, _versions.VersionFor(load.MemFlags)), result);
        return false;
    }

    /// <summary>A store happens. True if it stores what is there already.</summary>
    public bool Store(Inst inst)
    {
        FoldAddress(inst);
        InstData data = _func.Dfg.Insts[inst];
        if (data.MemFlags.Volatile)
        {
            WriteAll();
            return false;
        }

        // What a whole store leaves is what a whole load finds; of a narrow one, a load must still extend it.
        Opcode reader = data.Op == Opcode.Store ? Opcode.Load : data.Op;
        if (Has(OptFlags.RedundantLoads) && TryFind(data, reader, out Value there) && there == data.B) return true;
        if (Has(OptFlags.DeadStores))
        {
            Inst overwritten = _stores.Write(inst, data);
            if (!overwritten.IsNone()) _func.Layout.Remove(overwritten);
        }

        _versions.Write(data);
        if (Has(OptFlags.RedundantLoads)) table.Add(LocationKey(data, reader, _versions.VersionFor(data.MemFlags)), data.B);
        return false;
    }

    // The value at the place of an access, as an access with opcode op has left it.
    private bool TryFind(in InstData access, Opcode op, out Value value)
    {
        int version = _versions.VersionFor(access.MemFlags);
        for (int behind = 0; ; behind++)
        {
            if (table.TryFind(LocationKey(access, op, version), out value)) return true;
            if (behind == MaxStoresToLookBehind || !_versions.TryLookBehind(access, ref version)) return false;
        }
    }

    // Which bytes an access means, at which version of memory. Flags other than the region do not matter.
    private static InstData LocationKey(in InstData access, Opcode op, int version) => new()
    {
        Op = op,
        Type = access.Type,
        Lanes = access.Lanes,
        A = access.A,
        C = new Value((uint)version),
        Offset = access.Offset,
        MemFlags = default(MemFlags).WithRegion(access.MemFlags.Region),
    };

    // uload8 of what istore8 stored ⇒ the low byte of the stored value, and so on.
    private bool TryForwardNarrow(in InstData load, out Value value)
    {
        value = default;
        if (!Has(OptFlags.Simplify)) return false;
        (Opcode store, Opcode extend, long mask) = load.Op switch
        {
            Opcode.Uload8 => (Opcode.Istore8, Opcode.Band, 0xFFL),
            Opcode.Uload16 => (Opcode.Istore16, Opcode.Band, 0xFFFFL),
            Opcode.Uload32 => (Opcode.Istore32, Opcode.Band, 0xFFFFFFFFL),
            Opcode.Sload8 => (Opcode.Istore8, Opcode.Sextend8, 0L),
            Opcode.Sload16 => (Opcode.Istore16, Opcode.Sextend16, 0L),
            Opcode.Sload32 => (Opcode.Istore32, Opcode.Sextend32, 0L),
            _ => (default, default, 0L), // a whole load
        };
        if (store == default || !TryFind(load, store, out Value stored)) return false;
        var data = new InstData { Op = extend, Type = load.Type, A = stored };
        if (extend == Opcode.Band) data.B = builder.Build(ConstantData.Int(load.Type, mask));
        value = builder.Build(data);
        return true;
    }

    /// <summary>[x + c] + offset ⇒ [x] + (c + offset). Both sums are modulo 2^64, so they are the same address.</summary>
    public void FoldAddress(Inst inst)
    {
        if (!Has(OptFlags.Simplify)) return;
        PeelConstants(inst);
        if (!Has(OptFlags.Ranges)) return;
        if (_func.Dfg.Insts[inst].MemFlags.NoTrap) return;
        while (true)
        {
            Value address = _func.Dfg.Insts[inst].A;
            int offset = _func.Dfg.Insts[inst].Offset;
            if (!indices.TryFold(ref address, ref offset)) return;
            ref InstData data = ref _func.Dfg.Insts[inst]; // folding makes instructions, which moves the table
            data.A = address;
            data.Offset = offset;
            PeelConstants(inst);
        }
    }

    private void PeelConstants(Inst inst)
    {
        DataFlowGraph dfg = _func.Dfg;
        ref InstData data = ref dfg.Insts[inst];
        while (true)
        {
            Inst def = dfg.DefInst(data.A);
            if (def.IsNone()) return;
            ref InstData sum = ref dfg.Insts[def];
            if (sum.Op != Opcode.Iadd || !_func.Dfg.TryConstant(sum.B, out long added)) return;
            if (added is < int.MinValue or > int.MaxValue) return;
            long offset = data.Offset + added;
            if (offset is < int.MinValue or > int.MaxValue) return;
            data.A = dfg.Resolve(sum.A);
            data.Offset = (int)offset;
        }
    }
}
