using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Interpretation;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Ir.Verification;
using Kiln.Codegen.Opt;
using Xunit;

namespace Kiln.Codegen.Tests.Opt;

/// <summary>Random functions do the same before and after optimisation, by the interpreter.</summary>
public sealed class DifferentialTests
{
    // KILN_SEEDS=n runs more.
    private static readonly int _seeds = int.TryParse(Environment.GetEnvironmentVariable("KILN_SEEDS"), out int seeds) ? seeds : 1000;

    private sealed class Host : IInterpreterHost
    {
        public long Log { get; private set; }

        public IrFunction? Find(ExternalName name) => null;

        public void Call(ExternalName name, ReadOnlySpan<IrValue> args, Span<IrValue> results)
        {
            foreach (IrValue arg in args) Log = unchecked((Log * 31) + arg.Imm);
            results[0] = IrValue.I32((int)Log);
        }
    }

    private readonly record struct Outcome(InterpreterEnd End, TrapCode Trap, string Results, long Calls, string Memory, string Misbehaviour);

    /// <summary>Each pass alone, all but each, and some pairs.</summary>
    public static TheoryData<OptFlags> PassSets()
    {
        var sets = new TheoryData<OptFlags> { OptFlags.Simplify | OptFlags.Gvn, OptFlags.Branches | OptFlags.DeadCode, OptFlags.Licm | OptFlags.Gvn };
        foreach (OptPassRow row in OptPassTable.Rows)
        {
            sets.Add(row.Flag);
            sets.Add(OptFlags.All & ~row.Flag);
        }

        return sets;
    }

    [Fact]
    public void RandomFunction_Optimised_DoesTheSame() => CheckFunctions(OptFlags.All, _seeds);

    [Theory]
    [MemberData(nameof(PassSets))]
    [Trait("Category", "Slow")]
    public void RandomFunction_OptimisedBySomePasses_DoesTheSame(OptFlags flags) => CheckFunctions(flags, _seeds / 4);

    private static void CheckFunctions(OptFlags flags, int count)
    {
        var func = new IrFunction();
        var context = new OptContext();
        var verifier = new IrVerifier();
        int finished = 0;
        for (int seed = 0; seed < count; seed++)
        {
            RandomFunction.Make(seed, func);
            Assert.True(verifier.Verify(func), $"seed {seed} before: {verifier.Report()}\n{IrPrinter.Print(func)}");
            Outcome before = Run(seed, func);
            Assert.True(before.End is InterpreterEnd.Returned or InterpreterEnd.Trapped or InterpreterEnd.OutOfSteps, $"seed {seed}: {before}\n{IrPrinter.Print(func)}");
            if (before.End == InterpreterEnd.OutOfSteps) continue;
            string input = IrPrinter.Print(func);
            OptimizationPipeline.Run(func, flags, context, verify: true);
            Outcome after = Run(seed, func);
            if (before != after) Assert.Fail($"seed {seed}: {before}\nbecame {after}\n{input}\n{IrPrinter.Print(func)}");
            finished++;
        }

        Assert.True(finished > count * 9 / 10, $"only {finished} of {count} functions ended");
    }

    [Fact]
    public void RandomFunctions_OfWhichLoopsAreUnrolled_AreNotFew()
    {
        var func = new IrFunction();
        var context = new OptContext();
        int unrolled = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            RandomFunction.Make(seed, func);
            OptimizationPipeline.Run(func, OptFlags.All & ~OptFlags.LoopUnroll, context);
            int before = func.Dfg.Insts.Count;
            RandomFunction.Make(seed, func);
            OptimizationPipeline.Run(func, OptFlags.All, context);
            if (func.Dfg.Insts.Count > before) unrolled++;
        }

        Assert.True(unrolled > 20, $"{unrolled} of 200");
    }

    [Fact]
    public void RandomExpressions_Optimised_ComputeTheSame()
    {
        var before = new IrFunction();
        var after = new IrFunction();
        var context = new OptContext();
        var expected = new IrValue[8];
        var found = new IrValue[8];
        for (int seed = 0; seed < _seeds * 3; seed++)
        {
            RandomFunction.MakeExpressions(seed, before);
            RandomFunction.MakeExpressions(seed, after);
            OptimizationPipeline.Run(after, OptFlags.All, context, verify: true);
            var random = new Random(seed);
            for (int round = 0; round < 4; round++)
            {
                IrValue[] args =
                [
                    IrValue.I32((int)RandomFunction.Pick(random)), IrValue.I32((int)RandomFunction.Pick(random)),
                    IrValue.I64(RandomFunction.Pick(random)), IrValue.I64(RandomFunction.Pick(random)),
                ];
                new IrInterpreter([]).Run(before, args, expected);
                new IrInterpreter([]).Run(after, args, found);
                if (!expected.AsSpan().SequenceEqual(found))
                {
                    Assert.Fail($"seed {seed}, {string.Join(' ', args)}: {string.Join(' ', expected)}\nbecame {string.Join(' ', found)}\n{IrPrinter.Print(before)}\n{IrPrinter.Print(after)}");
                }
            }
        }
    }

    [Fact]
    public void RandomVectors_Optimised_ComputeTheSame()
    {
        var before = new IrFunction();
        var after = new IrFunction();
        var context = new OptContext();
        var verifier = new IrVerifier();
        var expected = new IrValue[RandomVectors.ResultTypes.Length];
        var found = new IrValue[expected.Length];
        for (int seed = 0; seed < _seeds * 3; seed++)
        {
            RandomVectors.Make(seed, before);
            Assert.True(verifier.Verify(before), $"seed {seed}: {verifier.Report()}");
            RandomVectors.Make(seed, after);
            OptimizationPipeline.Run(after, OptFlags.All, context, verify: true);
            var random = new Random(seed);
            for (int round = 0; round < 3; round++)
            {
                IrValue[] args =
                [
                    new IrValue(IrType.V128, RandomVectors.Pick(random)), new IrValue(IrType.V128, RandomVectors.Pick(random)),
                    IrValue.I32((int)RandomFunction.Pick(random)), IrValue.I64(RandomFunction.Pick(random)),
                    IrValue.F32((float)(RandomFunction.Pick(random) * 0.5)), IrValue.F64(RandomFunction.Pick(random) * 0.25),
                ];
                new IrInterpreter([]).Run(before, args, expected);
                new IrInterpreter([]).Run(after, args, found);
                if (!expected.AsSpan().SequenceEqual(found))
                {
                    Assert.Fail($"seed {seed}, {string.Join(' ', args)}: {string.Join(' ', expected)}\nbecame {string.Join(' ', found)}\n{IrPrinter.Print(before)}\n{IrPrinter.Print(after)}");
                }
            }
        }
    }

    [Fact]
    public void RandomFunction_PrintedAndParsed_IsTheSame()
    {
        var func = new IrFunction();
        for (int seed = 0; seed < 100; seed++)
        {
            RandomFunction.Make(seed, func);
            string text = IrPrinter.Print(func, IrPrintOptions.Renumber);
            IrFunction parsed = IrParser.Parse(text);
            Assert.Equal(text, IrPrinter.Print(parsed, IrPrintOptions.Renumber));
            Assert.Equal(Run(seed, func), Run(seed, parsed));
        }
    }

    [Fact]
    public void Pipeline_SameFunctionTwiceWithOneContext_GivesTheSameTextAndAllocatesNothing()
    {
        var func = new IrFunction();
        var context = new OptContext();
        string first = "";
        for (int round = 0; round < 3; round++)
        {
            RandomFunction.Make(11, func);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            OptimizationPipeline.Run(func, OptFlags.All, context);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            string text = IrPrinter.Print(func);
            if (round == 0) first = text;
            Assert.Equal(first, text);
            if (round == 2) Assert.Equal(0, allocated);
            RandomFunction.Make(round, func);
            OptimizationPipeline.Run(func, OptFlags.All, context);
        }
    }

    private static Outcome Run(int seed, IrFunction func)
    {
        var memory = new byte[RandomFunction.MemoryByteCount];
        new Random(seed).NextBytes(memory);
        BitConverter.TryWriteBytes(memory.AsSpan(RandomFunction.PollOffset), 0);
        var host = new Host();
        var interpreter = new IrInterpreter(memory, host) { StepsLeft = 50_000 };
        IrValue[] args = RandomFunction.Arguments(seed);
        args[0] = IrValue.I64(IrInterpreter.MemoryBase);
        var results = new IrValue[RandomFunction.ResultTypes.Length];
        InterpreterEnd end = interpreter.Run(func, args, results);
        string values = end == InterpreterEnd.Returned ? string.Join(' ', results) : "";
        return new Outcome(end, end == InterpreterEnd.Trapped ? interpreter.Trap : default, values, host.Log, Convert.ToHexString(memory), interpreter.Misbehaviour);
    }
}
