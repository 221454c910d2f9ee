using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>jump, brif, br_table, trap, trapz, trapnz.</summary>
internal static class ControlRules
{
    public static void Lower(Lowering x, Inst inst, in InstData data)
    {
        switch (data.Op)
        {
            case Opcode.Jump:
                x.Emit(new X64Inst { Op = X64Op.Jump });
                break;
            case Opcode.Brif:
                Branch(x, inst, data);
                break;
            case Opcode.BrTable:
                Table(x, data);
                break;
            case Opcode.Trap:
                x.Emit(new X64Inst { Op = X64Op.Trap, Trap = data.Code });
                break;
            case Opcode.Trapz:
                TrapIf(x, CompareRules.NonZero(x, data.A).Inverse, data.TrapCode);
                break;
            case Opcode.Trapnz:
                TrapIf(x, CompareRules.NonZero(x, data.A), data.TrapCode);
                break;
            default:
                Lowering.ThrowUnknown(data.Op);
                break;
        }
    }

    private static void Branch(Lowering x, Inst inst, in InstData data)
    {
        // brif (x + c), where nothing else needs the sum: the flags of the addition tell.
        if (x.IsStepOf(data.A, inst, 1, out Inst step, out int amount))
        {
            x.MarkLowered(step);
            InstData sum = x.Dfg.Insts[step];
            ArithmeticRules.Immediate(x, X64Op.Add32Rm, sum.Type, x.RegOf(data.A), x.Use(sum.A, sum.Type), amount);
            JumpIf(x, new FlagsCondition(Cc.Ne));
            return;
        }

        if (TryCompareStepped(x, inst, data.A)) return;
        FlagsCondition condition = CompareRules.NonZero(x, data.A);
        StepAfterCompare(x, inst, data.A);
        JumpIf(x, condition);
    }

    // i != n where i + c goes round and n is a constant: i + c != n + c, so that i is needed no longer than for the sum.
    private static bool TryCompareStepped(Lowering x, Inst inst, Value condition)
    {
        if (!x.Is(condition, Opcode.Icmp, out Inst compare) || x.UsesOf(condition) != 1) return false;
        InstData icmp = x.Dfg.Insts[compare];
        if (icmp.IntCC is not (IntCC.Eq or IntCC.Ne) || !x.IsConst(icmp.B, out long limit)) return false;
        foreach (ref BlockCall call in x.Dfg.Targets(inst))
        {
            foreach (Value argument in x.Dfg.Args(call))
            {
                if (!x.IsStepOf(argument, inst, 0, out Inst step, out int amount)) continue;
                InstData sum = x.Dfg.Insts[step];
                long moved = icmp.Type == IrType.I32 ? (int)(limit + amount) : limit + amount;
                if (sum.A != icmp.A || moved != (int)moved) continue;
                x.MarkLowered(step);
                VReg next = x.RegOf(argument);
                ArithmeticRules.Immediate(x, X64Op.Add32Rm, sum.Type, next, x.Use(sum.A, sum.Type), amount);
                int wide = sum.Type == IrType.I64 ? 1 : 0;
                if (moved != 0) x.MemImm((moved == (sbyte)moved ? X64Op.Cmp32Mi8 : X64Op.Cmp32Mi32) + wide, next, (int)moved);
                JumpIf(x, new FlagsCondition(CompareRules.CodeOf(icmp.IntCC)));
                return true;
            }
        }

        return false;
    }

    // A loop counter i is compared and i + c goes round: computed between the compare and the jump, by lea, which leaves the
    // flags alone, the sum can have the register of i.
    private static void StepAfterCompare(Lowering x, Inst inst, Value condition)
    {
        if (!x.Is(condition, Opcode.Icmp, out Inst compare)) return;
        InstData icmp = x.Dfg.Insts[compare];
        foreach (ref BlockCall call in x.Dfg.Targets(inst))
        {
            foreach (Value argument in x.Dfg.Args(call))
            {
                if (!x.IsStepOf(argument, inst, 0, out Inst step, out int amount)) continue;
                InstData sum = x.Dfg.Insts[step];
                if (sum.A != icmp.A && sum.A != icmp.B) continue;
                x.MarkLowered(step);
                X64Op lea = sum.Type == IrType.I64 ? X64Op.LeaKeepingFlags64 : X64Op.LeaKeepingFlags32;
                x.Rm(lea, x.RegOf(argument), new RmOperand { Kind = RmKind.BaseIndex, Base = x.Use(sum.A, sum.Type), Displacement = amount });
            }
        }
    }

    private static void JumpIf(Lowering x, FlagsCondition condition) => x.Emit(new X64Inst
    {
        Op = condition.Junction switch
        {
            Junction.One => X64Op.JumpIf,
            Junction.Either => X64Op.JumpIfEither,
            Junction.Both => X64Op.JumpIfBoth,
        },
        Condition = condition.Packed,
    });

    /// <summary>Traps if the flags say so.</summary>
    public static void TrapIf(Lowering x, FlagsCondition condition, TrapCode code) => x.Emit(new X64Inst
    {
        Op = condition.Junction switch
        {
            Junction.One => X64Op.TrapIf,
            Junction.Either => X64Op.TrapIfEither,
            Junction.Both => X64Op.TrapIfBoth,
        },
        Condition = condition.Packed,
        Trap = code.Number,
    });

    // Out-of-range indices become the default's item by a conditional move, not a branch, so that no speculation past
    // the table is possible. Items are distances from the table's start.
    private static void Table(Lowering x, in InstData data)
    {
        ReadOnlySpan<int> edges = x.Code.Order.TableEdgesOf(x.Code.Order.Blocks[x.CurrentBlock].Ir);
        int items = edges.Length - 1;
        if (x.Code.Order.SuccessorsOf(x.CurrentBlock).Length == 1)
        {
            // All the same target.
            x.Emit(new X64Inst { Op = X64Op.Jump });
            return;
        }

        int table = x.Code.TableStarts.Count;
        x.Code.TableStarts.Add(x.Code.TableItems.Count);
        ReadOnlySpan<Machine.LoweredEdge> successors = x.Code.Order.SuccessorsOf(x.CurrentBlock);
        foreach (int edge in edges) x.Code.TableItems.Add(successors[edge].Target);

        VReg index = x.RegOf(data.A), limit = x.NewInt(), clamped = x.NewInt(), start = x.NewInt(), distance = x.NewInt(), target = x.NewInt();
        ConstantRules.Integer(x, limit, items);
        x.Mr(X64Op.Cmp32Rm, limit, index);
        x.Rvm(X64Op.Cmov32Rm, clamped, limit, index, cc: Cc.B);
        x.Rm(X64Op.Lea64, start, RmOperand.At(RmKind.Table, table));
        x.Rm(X64Op.Movsxd64Rm32, distance, new RmOperand { Kind = RmKind.BaseIndex, Base = start, Index = clamped, Shift = 2 });
        x.Rvm(X64Op.Add64Rm, target, distance, start);
        x.Emit(new X64Inst { Op = X64Op.JumpTable, Rm = target });
    }
}
