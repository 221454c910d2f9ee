using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Interpretation;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Machine;
using Kiln.Codegen.Tests.X64;
using Xunit;

namespace Kiln.Codegen.Tests.FileTests;

/// <summary>One function made ready to run often, over a memory that each run is given.</summary>
internal abstract class PreparedTarget(string name)
{
    /// <summary>What to call it in failures.</summary>
    public string Name => name;

    /// <summary>Compiled without and with optimisation, for this machine and for the least one.</summary>
    public static IEnumerable<PreparedTarget> AllNative(Func<IrFunction> parse)
    {
        foreach (OptimizationLevel level in new[] { OptimizationLevel.None, OptimizationLevel.Speed })
        {
            yield return new Native($"its code at level {level}", parse(), level, CpuFeatures.Detect());
            yield return new Native($"its code at level {level} for the least machine", parse(), level, CpuFeatures.Baseline);
        }
    }

    /// <summary>The interpreter.</summary>
    public static PreparedTarget Interpreter(string name, IrFunction func) => new Interpreted(name, func);

    /// <summary>Calls it; what <paramref name="isAddress"/> marks is the address of the memory plus the value.</summary>
    public abstract RunOutcome Run(ReadOnlySpan<IrValue> args, bool[] isAddress, byte[] memory);

    private sealed class Interpreted(string name, IrFunction func) : PreparedTarget(name)
    {
        private readonly int _results = func.ResultTypes(func.Signature).Length;

        public override RunOutcome Run(ReadOnlySpan<IrValue> args, bool[] isAddress, byte[] memory)
        {
            var interpreter = new IrInterpreter(memory);
            IrValue[] values = args.ToArray();
            for (int i = 0; i < values.Length; i++)
            {
                if (isAddress[i]) values[i] = IrValue.I64(IrInterpreter.MemoryBase + values[i].Imm);
            }

            var results = new IrValue[_results];
            InterpreterEnd end = interpreter.Run(func, values, results);
            Assert.True(end is InterpreterEnd.Returned or InterpreterEnd.Trapped, $"{end}: {interpreter.Misbehaviour}");
            return end == InterpreterEnd.Returned ? new RunOutcome(results, default) : new RunOutcome(null, interpreter.Trap);
        }
    }

    private sealed unsafe class Native : PreparedTarget
    {
        private readonly NativeFunction _native;
        private readonly IrType[] _types;

        public Native(string name, IrFunction func, OptimizationLevel level, CpuFeatures features)
            : base(name)
        {
            _types = func.ResultTypes(func.Signature).ToArray();
            _native = NativeFunction.Compile(func, NativeFunction.Options with { Optimization = level, Features = features });
        }

        public override RunOutcome Run(ReadOnlySpan<IrValue> args, bool[] isAddress, byte[] memory)
        {
            var passed = new UInt128[args.Length];
            var values = new UInt128[_types.Length];
            TrapCode trap;
            fixed (byte* start = memory)
            {
                for (int i = 0; i < passed.Length; i++) passed[i] = isAddress[i] ? (ulong)((long)start + args[i].Imm) : args[i].Bits;
                trap = _native.CallWide(passed, values);
            }

            if (trap.Number != 0) return new RunOutcome(null, trap);
            var results = new IrValue[_types.Length];
            for (int i = 0; i < results.Length; i++)
            {
                // The invariant of registers: an i32 has no upper bits.
                if (_types[i] == IrType.I32) Assert.Equal(0u, (uint)((ulong)values[i] >> 32));
                results[i] = _types[i] == IrType.V128 ? new IrValue(_types[i], values[i]) : IrValue.FromImm(_types[i], (long)(ulong)values[i]);
            }

            return new RunOutcome(results, default);
        }
    }
}
