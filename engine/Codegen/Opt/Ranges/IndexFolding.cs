using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.Rules;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Ranges;

// In:  the address and offset of an access that may trap, at the place of the access.
// Out: the same address, by arithmetic that the processor does for nothing:
//
//     base + uextend(x + c), offset      ⇒ base + uextend(x), offset + c            no sum wraps round
//                                        ⇒ base + uextend(x), offset + (c - 2^32)   every sum does
//                                        ⇒ (base - 2^32) + uextend(x), offset + c   likewise, in a loop, where the first sum is made before it
//     base + uextend(x << k), offset     ⇒ base + (uextend(x) << k), offset         no bit is lost
//     base + uextend(x + y), offset      ⇒ (base + uextend(x)) + uextend(y), offset   no sum wraps round; where the loop changes y but not x
//
// The second form's large numbers, the third and fourth form only where nobody minds what a processor reads that predicts a branch wrongly: then x may be any number of 32 bits. With
// a reach, the offset is limited to a half of what it is above, and in the last form x is replaced by x & (2^k - 1), which is x wherever the
// range of x is right and at most the other half where it is not. That is done before the loop, too.
//
// The range of x is the one at this access. Both sides are equal there only, so no node is replaced: the access
// gets another address, which holds since such accesses do not move (a load that cannot trap may, and is not looked at).
// Effective addresses are the same numbers, so what traps stays what traps.

/// <summary>Takes constants and scales out of 32-bit indices that do not wrap round.</summary>
internal sealed class IndexFolding(RuleContext builder, KnownRanges ranges)
{
    private const long Modulus = 1L << 32;

    private Layout _layout = null!;
    private LoopAnalysis _loops = null!;
    private Loop _loop;
    private IndexReach? _reach;

    public void Begin(IrFunction func, OptContext context)
    {
        _layout = func.Layout;
        _loops = context.Loops;
        _reach = context.SpeculativeReach;
    }

    /// <summary>What follows is in a block.</summary>
    public void EnterBlock(Block block) => _loop = _loops.InnermostLoop(block);

    /// <summary>One step; false if there is none. Without a loop around the access, the base stays as it is.</summary>
    public bool TryFold(ref Value address, ref int offset)
    {
        DataFlowGraph dfg = builder.Dfg;
        Inst def = dfg.DefInst(address);
        if (def.IsNone() || dfg.Op(def) != Opcode.Iadd) return false;
        Value a = dfg.Resolve(dfg.Insts[def].A), b = dfg.Resolve(dfg.Insts[def].B);
        return TryFold(a, b, ref address, ref offset) || TryFold(b, a, ref address, ref offset);
    }

    private bool TryFold(Value @base, Value wide, ref Value address, ref int offset)
    {
        DataFlowGraph dfg = builder.Dfg;
        Inst extend = dfg.DefInst(wide);
        if (extend.IsNone() || dfg.Op(extend) != Opcode.Uextend) return false;
        Inst inst = dfg.DefInst(dfg.Insts[extend].A);
        if (inst.IsNone()) return false;
        InstData index = dfg.Insts[inst];
        if (index.Op is not (Opcode.Iadd or Opcode.Ishl)) return false;
        Inst constant = dfg.DefInst(index.B);
        Value x = dfg.Resolve(index.A);
        if (constant.IsNone() || dfg.Op(constant) != Opcode.Iconst) return index.Op == Opcode.Iadd && TryInvariant(@base, x, dfg.Resolve(index.B), ref address);
        uint number = (uint)dfg.Insts[constant].Imm;
        return index.Op == Opcode.Iadd
            ? TryAddend(@base, x, number, ref address, ref offset)
            : TryScale(@base, x, (int)(number & 31), ref address);
    }

    private bool TryAddend(Value @base, Value x, uint number, ref Value address, ref int offset)
    {
        if (!ranges.Of(x).TryAdd(number, out _, out long added)) return false;
        if (_reach is { } reach && (offset + added < -reach.Below || offset + added > reach.Above / 2)) return false;
        if (offset + added != (int)(offset + added))
        {
            if (added >= 0 || _loop.IsNone() || !IsMemoryBase(@base)) return false;
            added += Modulus;
            if (offset + added != (int)(offset + added)) return false;
            @base = Sum(@base, builder.Build(ConstantData.Int(IrType.I64, -Modulus)));
        }

        offset += (int)added;
        address = Sum(@base, Extend(x));
        return true;
    }

    private bool TryScale(Value @base, Value x, int count, ref Value address)
    {
        if (_reach is not null || count is 0 or > 3 || ranges.Of(x).High << count > uint.MaxValue) return false;
        Value scale = builder.Build(ConstantData.Int(IrType.I64, count));
        address = Sum(@base, builder.Build(new InstData { Op = Opcode.Ishl, Type = IrType.I64, A = Extend(x), B = scale }));
        return true;
    }

    private bool TryInvariant(Value @base, Value x, Value y, ref Value address)
    {
        if (_loop.IsNone()) return false;
        bool isX = IsInvariant(x);
        if (isX == IsInvariant(y) || !IsMemoryBase(@base) || ranges.Of(x).High + ranges.Of(y).High > uint.MaxValue) return false;
        Value invariant = isX ? x : y;
        if (_reach is { } reach)
        {
            ulong mask = ValueFacts.BitsUpTo(ranges.Of(invariant).High);
            if (mask > (ulong)reach.Above / 2) return false;
            invariant = builder.Build(new InstData { Op = Opcode.Band, Type = IrType.I32, A = invariant, B = builder.Build(ConstantData.Int(IrType.I32, (long)mask)) });
        }

        address = Sum(Sum(@base, Extend(invariant)), Extend(isX ? y : x));
        return true;
    }

    // Not changed by the innermost loop here. Wrong answers cost time only.
    private bool IsInvariant(Value value)
    {
        Inst def = builder.Dfg.DefInst(value);
        Block home = def.IsNone() ? builder.Dfg.ParamBlock(value) : _layout.BlockOf(def);
        return !home.IsNone() && !_loops.Contains(_loop, home);
    }

    // A load that does not depend on the loop, whatever loop that is.
    private bool IsMemoryBase(Value value)
    {
        Inst def = builder.Dfg.DefInst(value);
        return !def.IsNone() && builder.Dfg.Op(def) == Opcode.Load && InstEffects.IsPure(builder.Dfg, def) && builder.Dfg.DefInst(builder.Dfg.Insts[def].A).IsNone();
    }

    private Value Extend(Value x) => builder.Build(new InstData { Op = Opcode.Uextend, Type = IrType.I64, A = x });

    private Value Sum(Value a, Value b) => builder.Build(new InstData { Op = Opcode.Iadd, Type = IrType.I64, A = a, B = b });
}
