using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Semantics;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Machine;
using Xunit;
using Xunit.Sdk;

namespace Kiln.Codegen.Tests.X64;

/// <summary>Each scalar opcode alone, compiled and run on edge values, against the definition of its semantics.</summary>
public sealed class OpcodeTests
{
    private readonly CompilationContext _context = new();

    public static IEnumerable<object[]> Cases()
    {
        foreach (OpcodeRow row in OpcodeTable.Rows.ToArray())
        {
            if (row.Format is not (InstFormat.Unary or InstFormat.Binary or InstFormat.IntCompare or InstFormat.FloatCompare or InstFormat.Ternary or InstFormat.Guard)) continue;
            foreach (IrType type in new[] { IrType.I32, IrType.I64, IrType.F32, IrType.F64 })
            {
                if (!row.Types.Contains(type)) continue;
                foreach (bool baseline in new[] { false, true }) yield return [row.Op, type, baseline];
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Opcode_OnEdgeValues_ComputesItsSemantics(Opcode op, IrType type, bool baseline)
    {
        CodegenOptions options = baseline ? NativeFunction.Options with { Features = CpuFeatures.Baseline } : NativeFunction.Options;
        foreach (IrType operandType in OperandTypes(op, type))
        {
            for (byte code = 0; code < CodeCount(op); code++) CheckOperands(op, type, operandType, code, options);
        }
    }

    private static int CodeCount(Opcode op) => op is Opcode.Icmp or Opcode.SpectreGuard ? 10 : op == Opcode.Fcmp ? 6 : 1;

    private static IrType[] OperandTypes(Opcode op, IrType type) => op.Row().A switch
    {
        TypeRule.AnyInt => [IrType.I32, IrType.I64],
        TypeRule.AnyFloat => [IrType.F32, IrType.F64],
        TypeRule rule => [rule.Apply(type, LaneShape.None)],
    };

    private void CheckOperands(Opcode op, IrType type, IrType operandType, byte code, CodegenOptions options)
    {
        OpcodeRow row = op.Row();
        IrType result = row.Result.Apply(type, LaneShape.None);
        IrType second = row.B.Apply(type, LaneShape.None);
        IrType third = row.C.Apply(type, LaneShape.None);
        var data = new InstData { Op = op, Type = type, Code = code };
        long[] xs = EdgeValues.Of(operandType);
        long[] ys = second == IrType.None ? [0] : EdgeValues.Of(second);

        // With both operands in registers, and with the second one a constant.
        NativeFunction registers = NativeFunction.Compile(Build(data, operandType, second, third, result, null), options, _context);
        foreach (long y in ys)
        {
            NativeFunction? constant = second != IrType.None && third == IrType.None ? NativeFunction.Compile(Build(data, operandType, second, third, result, y), options, _context) : null;
            foreach (long x in xs)
            {
                long z = third == IrType.None ? 0 : y ^ 0x5A;
                long expected = ScalarSemantics.Evaluate(data, operandType, Canonical(operandType, x), Canonical(second, y), Canonical(third, z), out TrapCode trap);
                Compare(registers.Call(x, y, z), expected, trap, result, $"{op}.{type} code {code} of {x:x}, {y:x}, {z:x}");
                if (constant is not null) Compare(constant.Call(x), expected, trap, result, $"{op}.{type} code {code} of {x:x}, constant {y:x}");
            }
        }
    }

    private static long Canonical(IrType type, long bits) => type == IrType.I32 ? (int)bits : bits;

    private static IrFunction Build(InstData data, IrType a, IrType b, IrType c, IrType result, long? constant)
    {
        var function = new IrFunction { Name = data.Op.ToString() };
        IrType[] parameters = constant is not null || b == IrType.None ? [a] : c == IrType.None ? [a, b] : [a, b, c];
        function.Signature = function.AddSignature(parameters, [result]);
        Block entry = function.Dfg.MakeBlock();
        function.Layout.Append(entry);
        foreach (IrType type in parameters) function.Dfg.AppendParam(entry, type);
        data.A = function.Dfg.Params(entry)[0];
        if (constant is { } value)
        {
            Opcode op = b == IrType.F32 ? Opcode.F32const : b == IrType.F64 ? Opcode.F64const : Opcode.Iconst;
            Inst inst = function.Dfg.MakeInst(new InstData { Op = op, Type = b, Imm = Canonical(b, value) }, b);
            function.Layout.Append(inst, entry);
            data.B = function.Dfg.FirstResult(inst);
        }
        else if (b != IrType.None)
        {
            data.B = function.Dfg.Params(entry)[1];
        }

        if (c != IrType.None) data.C = function.Dfg.Params(entry)[2];
        Inst made = function.Dfg.MakeInst(data, result);
        function.Layout.Append(made, entry);
        var ret = new InstData { Op = Opcode.Return, List = function.Dfg.ArgPool.Add([function.Dfg.FirstResult(made)]) };
        function.Layout.Append(function.Dfg.MakeInst(ret), entry);
        return function;
    }

    private void Compare(NativeResult actual, long expected, TrapCode trap, IrType type, string what)
    {
        if (trap.Number != 0 || actual.Trapped)
        {
            if (trap != actual.Trap) throw new XunitException($"{what}: expected {(trap.Number == 0 ? expected.ToString("x", null) : trap)}, got {(actual.Trapped ? actual.Trap : actual.Values[0].ToString("x", null))}\n{_context.PrintAssembly()}");
            return;
        }

        long value = actual.Values[0];
        if (type == IrType.I32 && value >>> 32 != 0) throw new XunitException($"{what}: upper half of an i32 is {value:x}\n{_context.PrintAssembly()}");
        if (!SameBits(type, value, expected)) throw new XunitException($"{what}: expected {expected:x}, got {value:x}\n{_context.PrintAssembly()}");
    }

    // A NaN may be any quiet one.
    private static bool SameBits(IrType type, long actual, long expected)
    {
        switch (type)
        {
            case IrType.I32: return (int)actual == (int)expected;
            case IrType.F32:
                if (!float.IsNaN(BitConverter.UInt32BitsToSingle((uint)expected))) return (uint)actual == (uint)expected;
                return float.IsNaN(BitConverter.UInt32BitsToSingle((uint)actual)) && ((actual & 0x400000) != 0 || (uint)actual == (uint)expected);
            case IrType.F64:
                if (!double.IsNaN(BitConverter.Int64BitsToDouble(expected))) return actual == expected;
                return double.IsNaN(BitConverter.Int64BitsToDouble(actual)) && ((actual & 0x8000000000000) != 0 || actual == expected);
            default: return actual == expected; // i64
        }
    }
}
