using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Which rules an opcode has: the first that matches gives the value to use instead, or none.</summary>
internal static class RuleTable
{
    public static Value Simplify(in Node n) => n.Op switch
    {
        Opcode.Iadd => ArithmeticRules.Iadd(n),
        Opcode.Isub => ArithmeticRules.Isub(n),
        Opcode.Imul => ArithmeticRules.Imul(n),
        Opcode.Udiv => ArithmeticRules.Udiv(n),
        Opcode.Sdiv => ArithmeticRules.Sdiv(n),
        Opcode.Urem => ArithmeticRules.Urem(n),
        Opcode.Srem => ArithmeticRules.Srem(n),
        Opcode.Band => BitRules.Band(n),
        Opcode.Bor => BitRules.Bor(n),
        Opcode.Bxor => BitRules.Bxor(n),
        Opcode.Ishl => ShiftRules.Ishl(n),
        Opcode.Ushr => ShiftRules.Ushr(n),
        Opcode.Sshr => ShiftRules.Sshr(n),
        Opcode.Rotl => ShiftRules.Rotl(n),
        Opcode.Rotr => ShiftRules.Rotr(n),
        Opcode.Sextend8 => ExtendRules.Sextend8(n),
        Opcode.Sextend16 => ExtendRules.Sextend16(n),
        Opcode.Sextend32 => ExtendRules.Sextend32(n),
        Opcode.Uextend => ExtendRules.Uextend(n),
        Opcode.Sextend => ExtendRules.Sextend(n),
        Opcode.Ireduce => ExtendRules.Ireduce(n),
        Opcode.Icmp => CompareRules.Icmp(n),
        Opcode.Select => SelectRules.Select(n),
        Opcode.Fmul => FloatRules.Fmul(n),
        Opcode.Fdiv => FloatRules.Fdiv(n),
        Opcode.Fcopysign => FloatRules.Fcopysign(n),
        Opcode.Fabs => FloatRules.Fabs(n),
        Opcode.Fneg => FloatRules.Fneg(n),
        Opcode.Bitcast => FloatRules.Bitcast(n),

        // Folded when constant, nothing more to know.
        Opcode.Clz or Opcode.Ctz or Opcode.Popcnt or Opcode.Fcmp
            or Opcode.Fadd or Opcode.Fsub or Opcode.Fmin or Opcode.Fmax
            or Opcode.Fsqrt or Opcode.Fceil or Opcode.Ffloor or Opcode.Ftrunc or Opcode.Fnearest
            or Opcode.Fpromote or Opcode.Fdemote
            or Opcode.FcvtToSint or Opcode.FcvtToUint or Opcode.FcvtToSintSat or Opcode.FcvtToUintSat
            or Opcode.FcvtFromSint or Opcode.FcvtFromUint => default,

        // Constants, and what has effects: ValueNumberingPass looks at those itself.
        Opcode.Iconst or Opcode.F32const or Opcode.F64const or Opcode.Vconst
            or Opcode.Load or Opcode.Uload8 or Opcode.Sload8 or Opcode.Uload16 or Opcode.Sload16 or Opcode.Uload32 or Opcode.Sload32
            or Opcode.Store or Opcode.Istore8 or Opcode.Istore16 or Opcode.Istore32
            or Opcode.StackAddr or Opcode.FuncAddr or Opcode.Call or Opcode.CallIndirect
            or Opcode.Jump or Opcode.Brif or Opcode.BrTable or Opcode.Return or Opcode.Trap or Opcode.Trapz or Opcode.Trapnz => default,
    };
}
