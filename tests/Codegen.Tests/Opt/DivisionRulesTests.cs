using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Codegen.Ir.Interpretation;
using Kiln.Codegen.Opt;
using Xunit;

namespace Kiln.Codegen.Tests.Opt;

/// <summary>Division by every kind of constant: no division is left, and quotients are right.</summary>
public sealed class DivisionRulesTests
{
    private static readonly long[] _edges =
    [
        1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 25, 60, 64, 100, 125, 255, 256, 257, 625, 641, 1000, 3600, 10_000, 65_535, 65_537, 1_000_000, 6_700_417, 1_000_000_007,
        int.MaxValue, 1L << 31, (1L << 31) + 1, uint.MaxValue, (long)uint.MaxValue + 1, 1_000_000_000_000, long.MaxValue, long.MinValue, long.MinValue + 1, -2, -3, -5, -7, -10, -100, -125, -1000, -65_536, -1_000_000_007, int.MinValue,
    ];

    [Theory]
    [InlineData(Opcode.Udiv, IrType.I32)]
    [InlineData(Opcode.Urem, IrType.I32)]
    [InlineData(Opcode.Sdiv, IrType.I32)]
    [InlineData(Opcode.Srem, IrType.I32)]
    [InlineData(Opcode.Udiv, IrType.I64)]
    [InlineData(Opcode.Urem, IrType.I64)]
    [InlineData(Opcode.Sdiv, IrType.I64)]
    [InlineData(Opcode.Srem, IrType.I64)]
    public void Constant_Divisor_GivesTheSameWithoutDivision(Opcode op, IrType type)
    {
        var random = new Random(7);
        var divisors = new List<long>(_edges);
        for (int i = 0; i < 200; i++) divisors.Add(random.NextInt64() >> random.Next(63));
        var context = new OptContext();
        var func = new IrFunction();
        foreach (long wide in divisors)
        {
            long divisor = type == IrType.I32 ? (int)wide : wide;
            if (divisor is 0 or -1) continue;
            Make(func, op, type, divisor);
            OptimizationPipeline.Run(func, OptFlags.All, context, verify: true);
            foreach (Inst inst in func.Layout.Insts(func.Layout.EntryBlock))
            {
                Assert.False(func.Dfg.Op(inst) is Opcode.Udiv or Opcode.Sdiv or Opcode.Urem or Opcode.Srem, $"{op} {type} by {divisor}");
            }

            for (int i = 0; i < 40; i++) Check(func, op, type, Dividend(random, divisor, i), divisor);
        }
    }

    private static void Make(IrFunction func, Opcode op, IrType type, long divisor)
    {
        func.Clear();
        func.Signature = func.AddSignature([type], [type]);
        var b = new FunctionBuilder();
        b.Begin(func);
        Value dividend = b.BlockParams(b.CreateEntryBlock())[0];
        b.Return([b.Binary(op, dividend, b.Iconst(type, divisor))]);
        b.Finish();
    }

    // Edges, multiples of the divisor and what is next to them, anything.
    private static long Dividend(Random random, long divisor, int round) => (round % 4) switch
    {
        0 => _edges[random.Next(_edges.Length)] - random.Next(2),
        1 => unchecked((divisor * (random.NextInt64() >> random.Next(63))) - random.Next(-1, 2)),
        2 => random.NextInt64() >> random.Next(63),
        _ => -(random.NextInt64() >> random.Next(63)),
    };

    private static void Check(IrFunction func, Opcode op, IrType type, long dividend, long divisor)
    {
        if (type == IrType.I32) dividend = (int)dividend;
        long expected = (op, type) switch
        {
            (Opcode.Udiv, IrType.I32) => (uint)dividend / (uint)divisor,
            (Opcode.Urem, IrType.I32) => (uint)dividend % (uint)divisor,
            (Opcode.Udiv, _) => (long)((ulong)dividend / (ulong)divisor),
            (Opcode.Urem, _) => (long)((ulong)dividend % (ulong)divisor),
            (Opcode.Sdiv, _) => dividend / divisor,
            _ => dividend % divisor,
        };
        var results = new IrValue[1];
        IrValue[] args = [type == IrType.I32 ? IrValue.I32((int)dividend) : IrValue.I64(dividend)];
        Assert.Equal(InterpreterEnd.Returned, new IrInterpreter([]).Run(func, args, results));
        Assert.True(results[0] == (type == IrType.I32 ? IrValue.I32((int)expected) : IrValue.I64(expected)), $"{op} {type}: {dividend} by {divisor} is {expected}, not {results[0]}");
    }
}
