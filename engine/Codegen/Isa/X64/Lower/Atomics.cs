using System.Numerics;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// Atomic accesses, all sequentially consistent. On x64 (Intel SDM volume 3, section 9.2) loads are ordered as they stand, so
/// a plain move will do; a store must be followed by a full barrier, which xchg is. A read-modify-write whose old value
/// nobody wants is one locked instruction; with it, xadd and xchg are, and the bitwise ones are a loop around cmpxchg.
/// </summary>
internal static class AtomicRules
{
    public static void Lower(Lowering x, Inst inst, in InstData data)
    {
        switch (data.Op)
        {
            case >= Opcode.AtomicLoad and <= Opcode.AtomicUload32:
                x.Rm(ZeroExtending(data), x.RegOf(x.Dfg.FirstResult(inst)), MemoryRules.AddressOf(x, data));
                break;
            case >= Opcode.AtomicStore and <= Opcode.AtomicIstore32:
                Exchange(x, X64Op.Xchg8Mr, data, x.NewInt(), MemoryRules.Narrow(x, data.B, data.AccessByteCount));
                break;
            case >= Opcode.AtomicRmw and <= Opcode.AtomicRmw32:
                ReadModifyWrite(x, x.Dfg.FirstResult(inst), data);
                break;
            case >= Opcode.AtomicCas and <= Opcode.AtomicCas32:
                CompareAndSwap(x, x.Dfg.FirstResult(inst), data);
                break;
            case Opcode.Fence:
                // A locked instruction that changes nothing, at the top of the stack: cheaper than mfence, and as good for
                // memory of the usual kind.
                x.MemImm(X64Op.LockOr32MemI8, RmOperand.At(RmKind.Outgoing, 0), 0);
                break;
            default:
                Lowering.ThrowUnknown(data.Op);
                break;
        }
    }

    private static void ReadModifyWrite(Lowering x, Value result, in InstData data)
    {
        int size = SizeOf(data);
        bool wanted = x.IsDemanded(result);
        VReg operand = MemoryRules.Narrow(x, data.B, data.AccessByteCount);
        switch (data.AtomicOp)
        {
            case AtomicOp.Xchg:
                Exchange(x, X64Op.Xchg8Mr, data, wanted ? default : x.NewInt(), operand, result);
                break;
            case AtomicOp.Add when wanted:
                Exchange(x, X64Op.LockXadd8Mr, data, default, operand, result);
                break;
            case AtomicOp.Sub when wanted:
                VReg negative = x.NewInt();
                x.Emit(new X64Inst { Op = size == 3 ? X64Op.Neg64M : X64Op.Neg32M, R = negative, V = operand });
                Exchange(x, X64Op.LockXadd8Mr, data, default, negative, result);
                break;
            case AtomicOp.Add: x.Mr(X64Op.LockAdd8Mr + size, MemoryRules.AddressOf(x, data), operand); break;
            case AtomicOp.Sub: x.Mr(X64Op.LockSub8Mr + size, MemoryRules.AddressOf(x, data), operand); break;
            case AtomicOp.And: Bitwise(x, X64Op.LockAnd8Mr, X64Op.AtomicAnd8, data, result, operand); break;
            case AtomicOp.Or: Bitwise(x, X64Op.LockOr8Mr, X64Op.AtomicOr8, data, result, operand); break;
            case AtomicOp.Xor: Bitwise(x, X64Op.LockXor8Mr, X64Op.AtomicXor8, data, result, operand); break;
        }
    }

    private static void Bitwise(Lowering x, X64Op locked, X64Op loop, in InstData data, Value result, VReg operand)
    {
        int size = SizeOf(data);
        if (!x.IsDemanded(result))
        {
            x.Mr(locked + size, MemoryRules.AddressOf(x, data), operand);
            return;
        }

        x.Emit(new X64Inst { Op = loop + size, R = x.RegOf(result), V = operand, Immediate = (int)x.NewInt().Id, Rm = MemoryRules.AddressOf(x, data) });
    }

    // xchg or xadd of the access's size. Of a narrow one, the result's upper bits are the operand's: they are cleared. With a
    // register for what nobody wants, no result.
    private static void Exchange(Lowering x, X64Op first, in InstData data, VReg unwanted, VReg operand, Value result = default)
    {
        int size = SizeOf(data);
        bool wanted = unwanted.Id == 0;
        VReg old = !wanted ? unwanted : size >= 2 ? x.RegOf(result) : x.NewInt();
        x.Emit(new X64Inst { Op = first + size, R = old, V = operand, Rm = MemoryRules.AddressOf(x, data) });
        if (wanted && size < 2) x.Rm(size == 0 ? X64Op.Movzx32Rm8 : X64Op.Movzx32Rm16, x.RegOf(result), old);
    }

    private static void CompareAndSwap(Lowering x, Value result, in InstData data)
    {
        int size = SizeOf(data);
        int bytes = data.AccessByteCount;
        // Where the swap succeeds, rax keeps what it held, with the upper bits of what was expected.
        bool extends = bytes < data.Type.ByteCount() && x.IsDemanded(result);
        VReg old = x.IsDemanded(result) && !extends ? x.RegOf(result) : x.NewInt();
        x.Emit(new X64Inst
        {
            Op = X64Op.LockCmpxchg8Mr + size,
            R = old,
            V = MemoryRules.Narrow(x, data.B, bytes),
            Immediate = (int)MemoryRules.Narrow(x, data.C, bytes).Id,
            Rm = MemoryRules.AddressOf(x, data),
        });
        if (extends) x.Rm(ZeroExtending(data), x.RegOf(result), old);
    }

    // The move that zero-extends a value of the access's size.
    private static X64Op ZeroExtending(in InstData data) => SizeOf(data) switch
    {
        0 => X64Op.Movzx32Rm8,
        1 => X64Op.Movzx32Rm16,
        2 => X64Op.Mov32Rm,
        _ => X64Op.Mov64Rm,
    };

    // Base 2 logarithm of the number of bytes: rows of 8, 16, 32 and 64 bits follow each other.
    private static int SizeOf(in InstData data) => BitOperations.Log2((uint)data.AccessByteCount);
}
