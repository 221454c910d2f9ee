using System;
using System.Collections.Generic;
using System.Text;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Interpretation;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Machine;
using Xunit;
using Xunit.Sdk;

namespace Kiln.Codegen.Tests.X64;

/// <summary>Random functions, compiled and run, against the interpreter: results, traps and memory.</summary>
public sealed unsafe class DifferentialTests
{
    private readonly CompilationContext _context = new();

    public static IEnumerable<object[]> Configurations()
    {
        foreach (OptimizationLevel level in Enum.GetValues<OptimizationLevel>())
        {
            yield return [level, true];
            yield return [level, false];
        }
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void RandomFunctions_Compiled_DoWhatTheInterpreterDoes(OptimizationLevel level, bool extensions)
    {
        CodegenOptions options = NativeFunction.Options with
        {
            Optimization = level,
            Features = extensions ? CpuFeatures.Detect() : CpuFeatures.Baseline,
            LoopAlignment = extensions ? 16 : 1,
        };
        int first = int.Parse(Environment.GetEnvironmentVariable("KILN_FUZZ_SEED") ?? "1");
        int count = int.Parse(Environment.GetEnvironmentVariable("KILN_FUZZ_COUNT") ?? "150");
        for (int seed = first; seed < first + count; seed++) CheckSeed(seed, options);
    }

    private void CheckSeed(int seed, CodegenOptions options)
    {
        IrFunction callee = RandomIr.Build(seed * 2 + 1);
        IrFunction caller = RandomIr.Build(seed * 2, callee);
        string text = IrPrinter.Print(caller);
        string calleeText = IrPrinter.Print(callee);
        var expected = new List<(UInt128[] Arguments, InterpreterEnd End, TrapCode Trap, IrValue[] Results, byte[] Memory)>();
        var random = new Random(seed);
        for (int i = 0; i < 4; i++) expected.Add(Interpret(caller, callee, RandomArguments(caller, random), seed + i));

        string failure = "";
        try
        {
            NativeFunction nativeCallee = NativeFunction.Compile(callee, options, _context);
            string calleeAssembly = _context.PrintAssembly();
            NativeFunction native = NativeFunction.Compile(caller, options, _context, _ => nativeCallee.Address);
            for (int i = 0; i < expected.Count && failure.Length == 0; i++)
            {
                if (expected[i].End is InterpreterEnd.Returned or InterpreterEnd.Trapped)
                    failure = Run(native, caller, expected[i].Arguments, expected[i].Trap, expected[i].Results, expected[i].Memory, seed + i);
            }

            if (failure.Length != 0) failure += "\n" + text + "\n" + _context.PrintVCode() + "\n" + _context.PrintAllocation() + "\n" + _context.PrintAssembly() + "\n" + calleeText + calleeAssembly;
        }
        catch (Exception e) when (e is not XunitException)
        {
            failure = e + "\n" + text + "\n" + calleeText + (e is Kiln.Foundation.Diagnostics.EngineBug bug ? bug.Dump : "");
        }

        if (failure.Length != 0) throw new XunitException($"seed {seed}, {options.Optimization}, {options.Features}: {failure}");
    }

    private static UInt128[] RandomArguments(IrFunction function, Random random)
    {
        ReadOnlySpan<IrType> types = function.ParamTypes(function.Signature);
        var arguments = new UInt128[types.Length];
        for (int i = 1; i < arguments.Length; i++)
        {
            if (types[i] == IrType.V128)
            {
                arguments[i] = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64());
                continue;
            }

            long[] edges = EdgeValues.Of(types[i]);
            arguments[i] = (ulong)(random.Next(3) == 0 ? random.Next(100) : edges[random.Next(edges.Length)]);
        }

        return arguments;
    }

    private static byte[] FreshMemory(int seed)
    {
        byte[] memory = new byte[RandomIr.MemoryBytes];
        new Random(seed).NextBytes(memory);
        // Few NaNs among loaded floats: their bits may differ.
        for (int i = 7; i < memory.Length; i += 4) memory[i] &= 0x3F;
        return memory;
    }

    private static (UInt128[], InterpreterEnd, TrapCode, IrValue[], byte[]) Interpret(IrFunction function, IrFunction callee, UInt128[] arguments, int seed)
    {
        byte[] memory = FreshMemory(seed);
        var interpreter = new IrInterpreter(memory, new Host(callee)) { StepsLeft = 200_000 };
        ReadOnlySpan<IrType> types = function.ParamTypes(function.Signature);
        var values = new IrValue[arguments.Length];
        for (int i = 0; i < values.Length; i++) values[i] = new IrValue(types[i], types[i] is IrType.I32 or IrType.F32 ? (uint)arguments[i] : arguments[i]);
        values[0] = IrValue.I64(IrInterpreter.MemoryBase);
        var results = new IrValue[function.ResultTypes(function.Signature).Length];
        InterpreterEnd end = interpreter.Run(function, values, results);
        return (arguments, end, end == InterpreterEnd.Trapped ? interpreter.Trap : default, results, memory);
    }

    private static string Run(NativeFunction native, IrFunction function, UInt128[] arguments, TrapCode trap, IrValue[] results, byte[] expectedMemory, int seed)
    {
        byte[] memory = FreshMemory(seed);
        var actual = new UInt128[results.Length];
        TrapCode actualTrap;
        fixed (byte* start = memory)
        {
            var passed = (UInt128[])arguments.Clone();
            passed[0] = (ulong)start;
            actualTrap = native.CallWide(passed, actual);
        }

        // A trap in a callee has its pc in the callee's table.
        if (actualTrap != trap) return $"trap {actualTrap}, expected {trap}";
        if (trap.Number != 0) return "";
        ReadOnlySpan<IrType> types = function.ResultTypes(function.Signature);
        for (int i = 0; i < results.Length; i++)
        {
            // Beyond a scalar's width a register may have anything.
            UInt128 value = types[i] is IrType.I32 or IrType.F32 ? (uint)actual[i] : types[i] == IrType.V128 ? actual[i] : (ulong)actual[i];
            if (value != results[i].Bits) return $"result {i} is {value:x}, expected {results[i].Bits:x}; arguments {string.Join(", ", arguments)}";
        }

        for (int i = 0; i < memory.Length; i++)
        {
            if (memory[i] != expectedMemory[i]) return $"memory at {i} is {memory[i]:x}, expected {expectedMemory[i]:x}; arguments {string.Join(", ", arguments)}";
        }

        return "";
    }

    private sealed class Host(IrFunction callee) : IInterpreterHost
    {
        public IrFunction? Find(ExternalName name) => callee;

        public void Call(ExternalName name, ReadOnlySpan<IrValue> args, Span<IrValue> results) => throw new InvalidOperationException();
    }
}
