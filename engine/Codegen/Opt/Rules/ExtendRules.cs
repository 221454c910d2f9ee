using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Rules for changes of width.</summary>
internal static class ExtendRules
{
    public static Rewrite Sextend8(in Node n) => n switch
    {
        // What is a signed byte already.
        { X.Op: Opcode.Sextend8 or Opcode.Sload8 } => new(Rule.Sextend8OfByte, n.A),

        // Only the low byte counts.
        { X: { Op: Opcode.Sextend16 or Opcode.Sextend32 } x } => new(Rule.Sextend8OfWider, n.Emit(Opcode.Sextend8, x.A)),
        { X: { Op: Opcode.Band, Y: { IsConst: true } c } x } when (c.Imm & 0xFF) == 0xFF => new(Rule.Sextend8OfMask, n.Emit(Opcode.Sextend8, x.A)),

        // x is a small number.
        { X: var x } when x.MaxUnsigned() <= 0x7F => new(Rule.Sextend8OfSmall, n.A),

        _ => default,
    };

    public static Rewrite Sextend16(in Node n) => n switch
    {
        { X.Op: Opcode.Sextend8 or Opcode.Sload8 or Opcode.Sextend16 or Opcode.Sload16 } => new(Rule.Sextend16OfHalf, n.A),
        { X: { Op: Opcode.Sextend32 } x } => new(Rule.Sextend16OfWider, n.Emit(Opcode.Sextend16, x.A)),
        { X: { Op: Opcode.Band, Y: { IsConst: true } c } x } when (c.Imm & 0xFFFF) == 0xFFFF => new(Rule.Sextend16OfMask, n.Emit(Opcode.Sextend16, x.A)),
        { X: var x } when x.MaxUnsigned() <= 0x7FFF => new(Rule.Sextend16OfSmall, n.A),
        _ => default,
    };

    public static Rewrite Sextend32(in Node n) => n switch
    {
        { X.Op: Opcode.Sextend8 or Opcode.Sload8 or Opcode.Sextend16 or Opcode.Sload16 or Opcode.Sextend32 or Opcode.Sload32 or Opcode.Sextend } => new(Rule.Sextend32OfWord, n.A),

        // sextend32(uextend(x)) ⇒ sextend(x)
        { X: { Op: Opcode.Uextend } x } => new(Rule.Sextend32OfUextend, n.Emit(Opcode.Sextend, x.A)),
        { X: { Op: Opcode.Band, Y: { IsConst: true } c } x } when (c.Imm & 0xFFFFFFFF) == 0xFFFFFFFF => new(Rule.Sextend32OfMask, n.Emit(Opcode.Sextend32, x.A)),
        { X: var x } when x.MaxUnsigned() <= 0x7FFFFFFF => new(Rule.Sextend32OfSmall, n.A),
        _ => default,
    };

    public static Rewrite Sextend(in Node n) => n switch
    {
        // sextend(ireduce(x)) ⇒ sextend32(x)
        { X: { Op: Opcode.Ireduce } x } => new(Rule.SextendOfIreduce, n.Emit(Opcode.Sextend32, x.A)),

        // sextend(x) ⇒ uextend(x), where x is not negative: that one is free
        { X: var x } when x.MaxUnsigned() <= 0x7FFFFFFF => new(Rule.SextendOfSmall, n.Emit(Opcode.Uextend, n.A)),
        _ => default,
    };

    public static Rewrite Uextend(in Node n) => n switch
    {
        // uextend(ireduce(x)) ⇒ x, where x has no more bits
        { X: { Op: Opcode.Ireduce, X: var x } reduce } when x.MaxUnsigned() <= 0xFFFFFFFF => new(Rule.UextendOfIreduce, reduce.A),

        // uextend(x + c) ⇒ uextend(x) + c, where x + c cannot wrap: then c can go into an address
        { X: { Op: Opcode.Iadd, Y: { IsConst: true, Imm: > 0 } c, X: var x } sum } when x.MaxUnsigned() <= uint.MaxValue - (ulong)c.Imm
            => new(Rule.UextendOfSum, n.Emit(Opcode.Iadd, n.Emit(Opcode.Uextend, sum.A), n.Const(c.Imm))),

        // uextend(x << k) ⇒ uextend(x) << k, where no bit is lost: likewise
        { X: { Op: Opcode.Ishl, Y: { IsConst: true } k, X: var x } shift } when x.MaxUnsigned() <= uint.MaxValue >> (int)(k.Imm & 31)
            => new(Rule.UextendOfShift, n.Emit(Opcode.Ishl, n.Emit(Opcode.Uextend, shift.A), n.Const(k.Imm & 31))),
        _ => default,
    };

    public static Rewrite Ireduce(in Node n) => n switch
    {
        // ireduce(uextend(x)) ⇒ x
        { X: { Op: Opcode.Uextend or Opcode.Sextend } x } => new(Rule.IreduceOfExtension, x.A),

        // Only the low half counts.
        { X: { Op: Opcode.Sextend32 } x } => new(Rule.IreduceOfSextend32, n.Emit(Opcode.Ireduce, x.A)),
        { X: { Op: Opcode.Band, Y: { IsConst: true } c } x } when (c.Imm & 0xFFFFFFFF) == 0xFFFFFFFF => new(Rule.IreduceOfMask, n.Emit(Opcode.Ireduce, x.A)),

        // ireduce(extend(x) + extend(y)) ⇒ x + y, for operations whose low half depends on low halves only
        { X: { Op: Opcode.Iadd or Opcode.Isub or Opcode.Imul or Opcode.Band or Opcode.Bor or Opcode.Bxor } x } when IsLowHalfFree(x.X) && IsLowHalfFree(x.Y)
            => new(Rule.IreduceOfArithmetic, n.Emit(x.Op, n.Emit(Opcode.Ireduce, x.A), n.Emit(Opcode.Ireduce, x.B))),

        // ireduce(uextend(x) >> k) ⇒ x >> k, for k below 32
        { X: { Op: Opcode.Ushr, X: { Op: Opcode.Uextend } x, Y: { IsConst: true, Imm: >= 0 and < 32 } k } } => new(Rule.IreduceOfShiftRight, n.Emit(Opcode.Ushr, x.A, n.Const(k.Imm))),

        // ireduce(x << k) ⇒ ireduce(x) << k, for k below 32
        { X: { Op: Opcode.Ishl, X: var x, Y: { IsConst: true, Imm: >= 0 and < 32 } k } shift } when IsLowHalfFree(x) => new(Rule.IreduceOfShiftLeft, n.Emit(Opcode.Ishl, n.Emit(Opcode.Ireduce, shift.A), n.Const(k.Imm))),

        _ => default,
    };

    // The low 32 bits of these cost no instruction.
    private static bool IsLowHalfFree(in Node n) => n.Op is Opcode.Uextend or Opcode.Sextend or Opcode.Iconst;
}
