using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Interpretation;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Machine;
using Kiln.Codegen.Tests.FileTests;
using Xunit;

namespace Kiln.Codegen.Tests.X64;

/// <summary>
/// <c>test = vcode</c>, <c>alloc</c> and <c>asm</c>: the function after lowering, after register allocation, and as machine
/// code. Header: <c>features = none, avx, bmi2 …</c> (all without it), <c>optimize = true</c> (not without it).
/// </summary>
internal sealed class CompileKind(string name, Func<CompilationContext, string> print) : IFileTestKind
{
    public string Name => name;

    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<IFileTestKind> All { get; } =
    [
        new CompileKind("vcode", static context => context.PrintVCode()),
        new CompileKind("alloc", static context => context.PrintAllocation()),
        new CompileKind("asm", static context => context.PrintAssembly()),
    ];

    public string Run(FileTestFile file, FileTestCase one)
    {
        IrFunction function = FileTestKinds.ParseValid(one);
        var context = new CompilationContext();
        FunctionCompiler.Compile(function, OptionsOf(file), context);
        return print(context);
    }

    internal static CodegenOptions OptionsOf(FileTestFile file)
    {
        CpuFeature set = CpuFeatures.All.Set;
        if (file.Header.TryGetValue("features", out string? names)) set = Enum.Parse<CpuFeature>(names, ignoreCase: true);
        bool optimize = file.Header.TryGetValue("optimize", out string? value) && bool.Parse(value);
        return new CodegenOptions
        {
            Features = new CpuFeatures(set),
            Optimization = optimize ? OptimizationLevel.Speed : OptimizationLevel.None,
            VerifyIr = true,
            CheckAllocation = true,
        };
    }
}

/// <summary>Runs functions of a file natively, all compiled and linked to each other.</summary>
internal sealed unsafe class NativeTarget(string name, OptimizationLevel level, CpuFeatures features) : IRunTarget
{
    public string Name => name;

    /// <summary>The configurations that every run test must agree on.</summary>
    public static IReadOnlyList<IRunTarget> All { get; } =
    [
        new NativeTarget("x64", OptimizationLevel.None, CpuFeatures.Detect()),
        new NativeTarget("x64 baseline", OptimizationLevel.None, CpuFeatures.Baseline),
        new NativeTarget("x64 after optimisation", OptimizationLevel.Speed, CpuFeatures.Detect()),
    ];

    public RunOutcome Run(IReadOnlyList<IrFunction> functions, IrFunction func, IReadOnlyList<RunArgument> args, int memoryByteCount)
    {
        var context = new CompilationContext();
        CodegenOptions options = NativeFunction.Options with { Optimization = level, Features = features };
        var native = new Dictionary<IrFunction, NativeFunction>();

        // Functions may call each other in any order: link through cells, not through their final place.
        var cells = new nint[functions.Count];
        for (int i = 0; i < cells.Length; i++) cells[i] = NativeMemory.PlaceJumpCell();
        for (int i = 0; i < functions.Count; i++)
        {
            NativeFunction compiled = NativeFunction.Compile(functions[i], options, context, name => cells[name.Index]);
            native[functions[i]] = compiled;
            NativeMemory.SetJumpCell(cells[i], compiled.Address);
        }

        IrType[] types = func.ResultTypes(func.Signature).ToArray();
        byte[] memory = new byte[memoryByteCount];
        TrapCode trap;
        var values = new UInt128[types.Length];
        fixed (byte* start = memory)
        {
            var passed = new UInt128[args.Count];
            for (int i = 0; i < passed.Length; i++) passed[i] = args[i].IsMemory ? (ulong)((long)start + args[i].Value.Imm) : args[i].Value.Bits;
            trap = native[func].CallWide(passed, values);
        }

        if (trap.Number != 0) return new RunOutcome(null, trap);
        var results = new IrValue[types.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = types[i] == IrType.V128 ? new IrValue(types[i], values[i]) : IrValue.FromImm(types[i], (long)(ulong)values[i]);
        return new RunOutcome(results, default);
    }
}
