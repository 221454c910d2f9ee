using System;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir.Builder;

/// <summary>
/// One line for each opcode: appends the instruction to the builder's current block and gives its result.
/// Operand types follow the opcode table; the verifier checks them.
/// </summary>
public static class InstEmitters
{
    // Constants.

    /// <summary>An i32 constant.</summary>
    public static Value I32Const(this FunctionBuilder b, int value) => b.Append(ConstantData.Int(IrType.I32, value), IrType.I32);

    /// <summary>An i64 constant.</summary>
    public static Value I64Const(this FunctionBuilder b, long value) => b.Append(ConstantData.Int(IrType.I64, value), IrType.I64);

    /// <summary>An integer constant of a type.</summary>
    public static Value Iconst(this FunctionBuilder b, IrType type, long value) => b.Append(ConstantData.Int(type, value), type);

    /// <summary>An f32 constant by its bits.</summary>
    public static Value F32Const(this FunctionBuilder b, uint bits) => b.Append(ConstantData.F32Bits(bits), IrType.F32);

    /// <summary>An f64 constant by its bits.</summary>
    public static Value F64Const(this FunctionBuilder b, ulong bits) => b.Append(ConstantData.F64Bits(bits), IrType.F64);

    /// <summary>A v128 constant.</summary>
    public static Value Vconst(this FunctionBuilder b, UInt128 value) => b.Append(ConstantData.V128(b.Func, value), IrType.V128);

    /// <summary>All bits zero.</summary>
    public static Value Zero(this FunctionBuilder b, IrType type) => b.Append(ConstantData.Zero(b.Func, type), type);

    // Generic shapes, for tables that map source opcodes to IR opcodes.

    /// <summary>Any unary opcode whose result is its operand's type.</summary>
    public static Value Unary(this FunctionBuilder b, Opcode op, Value x) => b.Unary(op, b.TypeOf(x), x);

    /// <summary>Any unary opcode, conversions among them, with its result type.</summary>
    public static Value Unary(this FunctionBuilder b, Opcode op, IrType result, Value x) =>
        b.Append(new InstData { Op = op, Type = result, A = x }, result);

    /// <summary>Any binary opcode.</summary>
    public static Value Binary(this FunctionBuilder b, Opcode op, Value x, Value y)
    {
        IrType type = b.TypeOf(x);
        return b.Append(new InstData { Op = op, Type = type, A = x, B = y }, type);
    }

    // Integer arithmetic and bits.

    /// <summary>x + y.</summary>
    public static Value Iadd(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Iadd, x, y);

    /// <summary>x + constant of the same type.</summary>
    public static Value IaddImm(this FunctionBuilder b, Value x, long y) => b.Binary(Opcode.Iadd, x, b.Iconst(b.TypeOf(x), y));

    /// <summary>x - y.</summary>
    public static Value Isub(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Isub, x, y);

    /// <summary>x * y.</summary>
    public static Value Imul(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Imul, x, y);

    /// <summary>umulhi</summary>
    public static Value Umulhi(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Umulhi, x, y);

    /// <summary>smulhi</summary>
    public static Value Smulhi(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Smulhi, x, y);

    /// <summary>x / y unsigned; traps.</summary>
    public static Value Udiv(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Udiv, x, y);

    /// <summary>x / y signed; traps.</summary>
    public static Value Sdiv(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Sdiv, x, y);

    /// <summary>x mod y unsigned; traps.</summary>
    public static Value Urem(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Urem, x, y);

    /// <summary>x mod y signed; traps.</summary>
    public static Value Srem(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Srem, x, y);

    /// <summary>Bitwise and.</summary>
    public static Value Band(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Band, x, y);

    /// <summary>Bitwise or.</summary>
    public static Value Bor(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Bor, x, y);

    /// <summary>Bitwise exclusive or.</summary>
    public static Value Bxor(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Bxor, x, y);

    /// <summary>x shifted left by y.</summary>
    public static Value Ishl(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Ishl, x, y);

    /// <summary>x shifted right by y, zeros in.</summary>
    public static Value Ushr(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Ushr, x, y);

    /// <summary>x shifted right by y, sign in.</summary>
    public static Value Sshr(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Sshr, x, y);

    /// <summary>x rotated left by y.</summary>
    public static Value Rotl(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Rotl, x, y);

    /// <summary>x rotated right by y.</summary>
    public static Value Rotr(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Rotr, x, y);

    /// <summary>Number of leading zero bits.</summary>
    public static Value Clz(this FunctionBuilder b, Value x) => b.Unary(Opcode.Clz, x);

    /// <summary>Number of trailing zero bits.</summary>
    public static Value Ctz(this FunctionBuilder b, Value x) => b.Unary(Opcode.Ctz, x);

    /// <summary>Number of one bits.</summary>
    public static Value Popcnt(this FunctionBuilder b, Value x) => b.Unary(Opcode.Popcnt, x);

    /// <summary>The bytes in opposite order.</summary>
    public static Value Bswap(this FunctionBuilder b, Value x) => b.Unary(Opcode.Bswap, x);

    // Integer widths.

    /// <summary>Low 8 bits, sign-extended within the type.</summary>
    public static Value Sextend8(this FunctionBuilder b, Value x) => b.Unary(Opcode.Sextend8, x);

    /// <summary>Low 16 bits, sign-extended within the type.</summary>
    public static Value Sextend16(this FunctionBuilder b, Value x) => b.Unary(Opcode.Sextend16, x);

    /// <summary>Low 32 bits of an i64, sign-extended.</summary>
    public static Value Sextend32(this FunctionBuilder b, Value x) => b.Unary(Opcode.Sextend32, x);

    /// <summary>i32 to i64, zero-extended.</summary>
    public static Value Uextend(this FunctionBuilder b, Value x) => b.Unary(Opcode.Uextend, IrType.I64, x);

    /// <summary>i32 to i64, sign-extended.</summary>
    public static Value Sextend(this FunctionBuilder b, Value x) => b.Unary(Opcode.Sextend, IrType.I64, x);

    /// <summary>Low 32 bits of an i64.</summary>
    public static Value Ireduce(this FunctionBuilder b, Value x) => b.Unary(Opcode.Ireduce, IrType.I32, x);

    // Comparison and selection.

    /// <summary>1 if the relation holds, else 0.</summary>
    public static Value Icmp(this FunctionBuilder b, IntCC cc, Value x, Value y) =>
        b.Append(new InstData { Op = Opcode.Icmp, Type = b.TypeOf(x), IntCC = cc, A = x, B = y }, IrType.I32);

    /// <summary>1 if the relation with a constant holds, else 0.</summary>
    public static Value IcmpImm(this FunctionBuilder b, IntCC cc, Value x, long y) => b.Icmp(cc, x, b.Iconst(b.TypeOf(x), y));

    /// <summary>1 if the relation holds, else 0.</summary>
    public static Value Fcmp(this FunctionBuilder b, FloatCC cc, Value x, Value y) =>
        b.Append(new InstData { Op = Opcode.Fcmp, Type = b.TypeOf(x), FloatCC = cc, A = x, B = y }, IrType.I32);

    /// <summary>x if the condition is not 0, else y.</summary>
    public static Value Select(this FunctionBuilder b, Value condition, Value x, Value y)
    {
        IrType type = b.TypeOf(x);
        return b.Append(new InstData { Op = Opcode.Select, Type = type, A = condition, B = x, C = y }, type);
    }

    /// <summary>An address, or 0 unless the relation of x and y holds, which no branch can make the optimiser believe.</summary>
    public static Value SpectreGuard(this FunctionBuilder b, IntCC cc, Value x, Value y, Value address) =>
        b.Append(new InstData { Op = Opcode.SpectreGuard, Type = b.TypeOf(x), IntCC = cc, A = x, B = y, C = address }, IrType.I64);

    // Floating point.

    /// <summary>x + y.</summary>
    public static Value Fadd(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Fadd, x, y);

    /// <summary>x - y.</summary>
    public static Value Fsub(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Fsub, x, y);

    /// <summary>x * y.</summary>
    public static Value Fmul(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Fmul, x, y);

    /// <summary>x / y.</summary>
    public static Value Fdiv(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Fdiv, x, y);

    /// <summary>The lesser, or NaN.</summary>
    public static Value Fmin(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Fmin, x, y);

    /// <summary>The greater, or NaN.</summary>
    public static Value Fmax(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Fmax, x, y);

    /// <summary>x with the sign of y.</summary>
    public static Value Fcopysign(this FunctionBuilder b, Value x, Value y) => b.Binary(Opcode.Fcopysign, x, y);

    /// <summary>Absolute value.</summary>
    public static Value Fabs(this FunctionBuilder b, Value x) => b.Unary(Opcode.Fabs, x);

    /// <summary>Negated.</summary>
    public static Value Fneg(this FunctionBuilder b, Value x) => b.Unary(Opcode.Fneg, x);

    /// <summary>Square root.</summary>
    public static Value Fsqrt(this FunctionBuilder b, Value x) => b.Unary(Opcode.Fsqrt, x);

    /// <summary>Rounded up.</summary>
    public static Value Fceil(this FunctionBuilder b, Value x) => b.Unary(Opcode.Fceil, x);

    /// <summary>Rounded down.</summary>
    public static Value Ffloor(this FunctionBuilder b, Value x) => b.Unary(Opcode.Ffloor, x);

    /// <summary>Rounded towards zero.</summary>
    public static Value Ftrunc(this FunctionBuilder b, Value x) => b.Unary(Opcode.Ftrunc, x);

    /// <summary>Rounded to nearest, ties to even.</summary>
    public static Value Fnearest(this FunctionBuilder b, Value x) => b.Unary(Opcode.Fnearest, x);

    /// <summary>f32 to f64.</summary>
    public static Value Fpromote(this FunctionBuilder b, Value x) => b.Unary(Opcode.Fpromote, IrType.F64, x);

    /// <summary>f64 to f32.</summary>
    public static Value Fdemote(this FunctionBuilder b, Value x) => b.Unary(Opcode.Fdemote, IrType.F32, x);

    // Conversions between the classes.

    /// <summary>Float to signed integer; traps.</summary>
    public static Value FcvtToSint(this FunctionBuilder b, IrType result, Value x) => b.Unary(Opcode.FcvtToSint, result, x);

    /// <summary>Float to unsigned integer; traps.</summary>
    public static Value FcvtToUint(this FunctionBuilder b, IrType result, Value x) => b.Unary(Opcode.FcvtToUint, result, x);

    /// <summary>Float to signed integer; saturates.</summary>
    public static Value FcvtToSintSat(this FunctionBuilder b, IrType result, Value x) => b.Unary(Opcode.FcvtToSintSat, result, x);

    /// <summary>Float to unsigned integer; saturates.</summary>
    public static Value FcvtToUintSat(this FunctionBuilder b, IrType result, Value x) => b.Unary(Opcode.FcvtToUintSat, result, x);

    /// <summary>Signed integer to float.</summary>
    public static Value FcvtFromSint(this FunctionBuilder b, IrType result, Value x) => b.Unary(Opcode.FcvtFromSint, result, x);

    /// <summary>Unsigned integer to float.</summary>
    public static Value FcvtFromUint(this FunctionBuilder b, IrType result, Value x) => b.Unary(Opcode.FcvtFromUint, result, x);

    /// <summary>The same bits as the type of the other class.</summary>
    public static Value Bitcast(this FunctionBuilder b, Value x)
    {
        IrType result = b.TypeOf(x).BitcastPartner();
        return b.Unary(Opcode.Bitcast, result, x);
    }

    // Memory.

    /// <summary>Loads a whole value of a type.</summary>
    public static Value Load(this FunctionBuilder b, IrType type, MemFlags flags, Value address, int offset) =>
        b.Load(Opcode.Load, type, flags, address, offset);

    /// <summary>Any load opcode.</summary>
    public static Value Load(this FunctionBuilder b, Opcode op, IrType type, MemFlags flags, Value address, int offset) =>
        b.Append(new InstData { Op = op, Type = type, A = address, MemFlags = flags, Offset = offset }, type);

    /// <summary>1 byte, zero-extended.</summary>
    public static Value Uload8(this FunctionBuilder b, IrType type, MemFlags flags, Value address, int offset) => b.Load(Opcode.Uload8, type, flags, address, offset);

    /// <summary>1 byte, sign-extended.</summary>
    public static Value Sload8(this FunctionBuilder b, IrType type, MemFlags flags, Value address, int offset) => b.Load(Opcode.Sload8, type, flags, address, offset);

    /// <summary>2 bytes, zero-extended.</summary>
    public static Value Uload16(this FunctionBuilder b, IrType type, MemFlags flags, Value address, int offset) => b.Load(Opcode.Uload16, type, flags, address, offset);

    /// <summary>2 bytes, sign-extended.</summary>
    public static Value Sload16(this FunctionBuilder b, IrType type, MemFlags flags, Value address, int offset) => b.Load(Opcode.Sload16, type, flags, address, offset);

    /// <summary>4 bytes to i64, zero-extended.</summary>
    public static Value Uload32(this FunctionBuilder b, MemFlags flags, Value address, int offset) => b.Load(Opcode.Uload32, IrType.I64, flags, address, offset);

    /// <summary>4 bytes to i64, sign-extended.</summary>
    public static Value Sload32(this FunctionBuilder b, MemFlags flags, Value address, int offset) => b.Load(Opcode.Sload32, IrType.I64, flags, address, offset);

    /// <summary>Stores a whole value.</summary>
    public static Inst Store(this FunctionBuilder b, MemFlags flags, Value value, Value address, int offset) =>
        b.Store(Opcode.Store, flags, value, address, offset);

    /// <summary>Any store opcode.</summary>
    public static Inst Store(this FunctionBuilder b, Opcode op, MemFlags flags, Value value, Value address, int offset) =>
        b.Append(new InstData { Op = op, Type = b.TypeOf(value), A = address, B = value, MemFlags = flags, Offset = offset });

    /// <summary>Stores the low byte.</summary>
    public static Inst Istore8(this FunctionBuilder b, MemFlags flags, Value value, Value address, int offset) => b.Store(Opcode.Istore8, flags, value, address, offset);

    /// <summary>Stores the low 2 bytes.</summary>
    public static Inst Istore16(this FunctionBuilder b, MemFlags flags, Value value, Value address, int offset) => b.Store(Opcode.Istore16, flags, value, address, offset);

    /// <summary>Stores the low 4 bytes of an i64.</summary>
    public static Inst Istore32(this FunctionBuilder b, MemFlags flags, Value value, Value address, int offset) => b.Store(Opcode.Istore32, flags, value, address, offset);

    /// <summary>Any atomic load opcode.</summary>
    public static Value AtomicLoad(this FunctionBuilder b, Opcode op, IrType type, MemFlags flags, Value address, int offset) => b.Load(op, type, flags, address, offset);

    /// <summary>Any atomic store opcode.</summary>
    public static Inst AtomicStore(this FunctionBuilder b, Opcode op, MemFlags flags, Value value, Value address, int offset) => b.Store(op, flags, value, address, offset);

    /// <summary>Any atomic read-modify-write opcode; what was there before.</summary>
    public static Value AtomicRmw(this FunctionBuilder b, Opcode op, AtomicOp operation, MemFlags flags, Value operand, Value address, int offset)
    {
        IrType type = b.TypeOf(operand);
        return b.Append(new InstData { Op = op, Type = type, AtomicOp = operation, A = address, B = operand, MemFlags = flags, Offset = offset }, type);
    }

    /// <summary>Any atomic compare-and-swap opcode; what was there before.</summary>
    public static Value AtomicCas(this FunctionBuilder b, Opcode op, MemFlags flags, Value expected, Value replacement, Value address, int offset)
    {
        IrType type = b.TypeOf(expected);
        return b.Append(new InstData { Op = op, Type = type, A = address, B = expected, C = replacement, MemFlags = flags, Offset = offset }, type);
    }

    /// <summary>Orders all memory accesses.</summary>
    public static Inst Fence(this FunctionBuilder b) => b.Append(new InstData { Op = Opcode.Fence });

    /// <summary>Address of a stack slot + offset.</summary>
    public static Value StackAddr(this FunctionBuilder b, StackSlot slot, int offset = 0) =>
        b.Append(new InstData { Op = Opcode.StackAddr, Type = IrType.I64, StackSlot = slot, Offset = offset }, IrType.I64);

    /// <summary>Address of a function's code.</summary>
    public static Value FuncAddr(this FunctionBuilder b, FuncRef function) =>
        b.Append(new InstData { Op = Opcode.FuncAddr, Type = IrType.I64, FuncRef = function }, IrType.I64);

    // Calls.

    /// <summary>Calls a function. Results: <c>Func.Dfg.Results(inst)</c>.</summary>
    public static Inst Call(this FunctionBuilder b, FuncRef function, scoped ReadOnlySpan<Value> args)
    {
        var data = new InstData { Op = Opcode.Call, FuncRef = function, List = b.Func.Dfg.ArgPool.Add(args) };
        return b.AppendCall(data, b.Func.Functions[function].Sig);
    }

    /// <summary>Calls the code at an address. Results: <c>Func.Dfg.Results(inst)</c>.</summary>
    public static Inst CallIndirect(this FunctionBuilder b, SigRef sig, Value callee, scoped ReadOnlySpan<Value> args)
    {
        PooledList list = b.Func.Dfg.ArgPool.Add(callee, args);
        return b.AppendCall(new InstData { Op = Opcode.CallIndirect, SigRef = sig, List = list }, sig);
    }

    // Control flow.

    /// <summary>To a block.</summary>
    public static Inst Jump(this FunctionBuilder b, Block target, scoped ReadOnlySpan<Value> args = default)
    {
        int first = b.Func.Dfg.AddBlockCall(target, args);
        return b.AppendBranch(new InstData { Op = Opcode.Jump, FirstTarget = first, TargetCount = 1 });
    }

    /// <summary>To the first block if the condition (i32) is not 0, else to the second.</summary>
    public static Inst Brif(
        this FunctionBuilder b, Value condition,
        Block then, scoped ReadOnlySpan<Value> thenArgs, Block otherwise, scoped ReadOnlySpan<Value> otherwiseArgs)
    {
        int first = b.Func.Dfg.AddBlockCall(then, thenArgs);
        b.Func.Dfg.AddBlockCall(otherwise, otherwiseArgs);
        return b.AppendBranch(new InstData { Op = Opcode.Brif, A = condition, FirstTarget = first, TargetCount = 2 });
    }

    /// <summary>To the first block if the condition (i32) is not 0, else to the second.</summary>
    public static Inst Brif(this FunctionBuilder b, Value condition, Block then, Block otherwise) => b.Brif(condition, then, default, otherwise, default);

    /// <summary>To target number <paramref name="index"/> (i32, unsigned) or the default, passing the same arguments to all.</summary>
    public static Inst BrTable(this FunctionBuilder b, Value index, scoped ReadOnlySpan<Block> targets, Block otherwise, scoped ReadOnlySpan<Value> args = default)
    {
        DataFlowGraph dfg = b.Func.Dfg;
        int first = dfg.BlockCalls.Count;
        foreach (Block target in targets) dfg.AddBlockCall(target, args);
        dfg.AddBlockCall(otherwise, args);
        return b.AppendBranch(new InstData { Op = Opcode.BrTable, A = index, FirstTarget = first, TargetCount = targets.Length + 1 });
    }

    /// <summary>From the function.</summary>
    public static Inst Return(this FunctionBuilder b, scoped ReadOnlySpan<Value> results = default) =>
        b.Append(new InstData { Op = Opcode.Return, List = b.Func.Dfg.ArgPool.Add(results) });

    /// <summary>Leaves the function for another one, which has the same results and returns to the caller.</summary>
    public static Inst ReturnCall(this FunctionBuilder b, FuncRef function, scoped ReadOnlySpan<Value> args) =>
        b.Append(new InstData { Op = Opcode.ReturnCall, FuncRef = function, List = b.Func.Dfg.ArgPool.Add(args) });

    /// <summary>Leaves the function for the code at an address, which has the same results and returns to the caller.</summary>
    public static Inst ReturnCallIndirect(this FunctionBuilder b, SigRef sig, Value callee, scoped ReadOnlySpan<Value> args) =>
        b.Append(new InstData { Op = Opcode.ReturnCallIndirect, SigRef = sig, List = b.Func.Dfg.ArgPool.Add(callee, args) });

    /// <summary>Stops with a code; ends the block.</summary>
    public static Inst Trap(this FunctionBuilder b, TrapCode code) => b.Append(new InstData { Op = Opcode.Trap, TrapCode = code });

    /// <summary>Stops with a code if the condition (i32) is 0.</summary>
    public static Inst Trapz(this FunctionBuilder b, Value condition, TrapCode code) => b.Append(new InstData { Op = Opcode.Trapz, A = condition, TrapCode = code });

    /// <summary>Stops with a code if the condition (i32) is not 0.</summary>
    public static Inst Trapnz(this FunctionBuilder b, Value condition, TrapCode code) => b.Append(new InstData { Op = Opcode.Trapnz, A = condition, TrapCode = code });
}
