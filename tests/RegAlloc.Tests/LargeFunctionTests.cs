using System;
using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace Kiln.RegAlloc.Tests;

/// <summary>Time must grow no faster than the function, give or take a logarithm.</summary>
public sealed class LargeFunctionTests(ITestOutputHelper output)
{
    /// <summary>Straight-line code in which values die after a few dozen instructions, with a call every fifty.</summary>
    private static TestProgram StraightLine(int insts)
    {
        Random random = new(1);
        FunctionBuilder builder = new();
        FunctionBuilder.Block block = builder.NewBlock();
        VReg[] recent = new VReg[24];
        VReg context = builder.NewVReg();
        FunctionBuilder.Inst(block, Operand.DefFixed(context, PReg.Int(0)));
        for (int i = 0; i < recent.Length; i++)
        {
            recent[i] = builder.NewVReg();
            FunctionBuilder.Inst(block, Operand.Def(recent[i]));
        }

        for (int i = 0; i < insts; i++)
        {
            VReg a = recent[random.Next(24)], b = recent[random.Next(24)], result = builder.NewVReg();
            if (i % 50 == 49) FunctionBuilder.Clobbering(block, Machines.All(Machines.X64), Operand.UseFixed(context, PReg.Int(0)), Operand.UseFixed(a, PReg.Int(1)), Operand.DefFixed(result, PReg.Int(0)));
            else FunctionBuilder.Inst(block, Operand.Use(a), Operand.UseAny(b), Operand.DefReuse(result, 0));
            recent[random.Next(24)] = result;
        }

        FunctionBuilder.Return(block, Operand.UseFixed(recent[0], PReg.Int(0)));
        return builder.Build();
    }

    /// <summary>One big loop around a thousandfold switch, with locals as parameters of the loop: an interpreter.</summary>
    private static TestProgram Interpreter(int cases, int locals)
    {
        Random random = new(2);
        FunctionBuilder builder = new();
        VReg[] state = new VReg[locals];
        VReg[] initial = new VReg[locals];
        FunctionBuilder.Block entry = builder.NewBlock();
        for (int i = 0; i < locals; i++)
        {
            initial[i] = builder.NewVReg();
            FunctionBuilder.Inst(entry, Operand.Def(initial[i]));
            state[i] = builder.NewVReg();
        }

        FunctionBuilder.Block header = builder.NewBlock(1, false, state);
        FunctionBuilder.Jump(entry, header, initial);
        FunctionBuilder.Block[] arms = new FunctionBuilder.Block[cases];
        for (int i = 0; i < cases; i++)
        {
            arms[i] = builder.NewBlock(1);
            VReg[] next = (VReg[])state.Clone();
            for (int k = 0; k < 6; k++)
            {
                int x = random.Next(locals), y = random.Next(locals);
                VReg result = builder.NewVReg();
                FunctionBuilder.Inst(arms[i], Operand.Use(next[x]), Operand.Use(next[y]), Operand.DefReuse(result, 0));
                next[x] = result;
            }

            FunctionBuilder.Jump(arms[i], header, next);
        }

        FunctionBuilder.Branch(header, [Operand.Use(state[0])], arms);
        return builder.Build();
    }

    /// <summary>A value that each of many ifs in a row changes, in one arm in its own register and in the other one in a new one.</summary>
    private static TestProgram Ifs(int count)
    {
        FunctionBuilder builder = new();
        VReg condition = builder.NewVReg(), value = builder.NewVReg();
        FunctionBuilder.Block block = builder.NewBlock();
        FunctionBuilder.Inst(block, Operand.DefFixed(condition, PReg.Int(0)));
        FunctionBuilder.Inst(block, Operand.Def(value));
        for (int i = 0; i < count; i++)
        {
            VReg changed = builder.NewVReg(), other = builder.NewVReg(), joined = builder.NewVReg();
            FunctionBuilder.Block then = builder.NewBlock(), otherwise = builder.NewBlock(), join = builder.NewBlock(0, false, joined);
            FunctionBuilder.Branch(block, [Operand.Use(condition)], then, otherwise);
            FunctionBuilder.Inst(then, Operand.Use(value), Operand.Def(other));
            FunctionBuilder.Jump(then, join, other);
            FunctionBuilder.Inst(otherwise, Operand.Use(value), Operand.DefReuse(changed, 0));
            FunctionBuilder.Jump(otherwise, join, changed);
            (block, value) = (join, joined);
        }

        FunctionBuilder.Return(block, Operand.UseFixed(value, PReg.Int(0)));
        return builder.Build();
    }

    /// <summary>Values that are all made before the first of them is used, the last one first: an operand stack.</summary>
    private static TestProgram Stack(int depth)
    {
        FunctionBuilder builder = new();
        FunctionBuilder.Block block = builder.NewBlock();
        VReg[] values = new VReg[depth];
        for (int i = 0; i < depth; i++) FunctionBuilder.Inst(block, Operand.Def(values[i] = builder.NewVReg()));
        for (int i = depth - 1; i > 0; i--)
        {
            VReg sum = builder.NewVReg();
            FunctionBuilder.Inst(block, Operand.Use(values[i - 1]), Operand.UseAny(values[i]), Operand.DefReuse(sum, 0));
            values[i - 1] = sum;
        }

        FunctionBuilder.Return(block, Operand.UseFixed(values[0], PReg.Int(0)));
        return builder.Build();
    }

    private static void WarmUp(TestProgram program)
    {
        RegAllocContext context = new();
        for (int i = 0; i < 60; i++) RegisterAllocator.Run(program.View, Machines.X64, context);
    }

    private double MicrosecondsPerInst(TestProgram program, string name)
    {
        RegAllocContext context = new();
        RegisterAllocator.Run(program.View, Machines.X64, context);
        double best = double.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            RegisterAllocator.Run(program.View, Machines.X64, context);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / program.Clobbers.Count);
        }

        output.WriteLine($"{name}: {program.Clobbers.Count} instructions, {best:F2} us each, {context.Output.Edits.Length} edits");
        return best;
    }

    [Fact]
    public void StraightLine_TenTimesLonger_TakesAboutTenTimesAsLong()
    {
        WarmUp(StraightLine(1000));
        double small = MicrosecondsPerInst(StraightLine(5_000), "straight line");
        double large = MicrosecondsPerInst(StraightLine(50_000), "straight line");
        Assert.True(large < 4 * small + 1, $"{small:F2} and {large:F2} us per instruction");
    }

    [Fact]
    public void Interpreter_FourTimesLarger_TakesAboutFourTimesAsLong()
    {
        WarmUp(Interpreter(50, 20));
        double small = MicrosecondsPerInst(Interpreter(200, 20), "interpreter");
        double large = MicrosecondsPerInst(Interpreter(800, 20), "interpreter");
        Assert.True(large < 5 * small + 2, $"{small:F2} and {large:F2} us per instruction");
    }

    [Fact]
    public void Ifs_Thousands_TakeNoLongerThanStraightLine()
    {
        WarmUp(StraightLine(1000));
        WarmUp(Ifs(1000));
        double straight = MicrosecondsPerInst(StraightLine(30_000), "straight line");
        double ifs = MicrosecondsPerInst(Ifs(6_000), "ifs");
        Assert.True(ifs < 2 * straight + 1, $"{straight:F2} and {ifs:F2} us per instruction");
    }

    [Fact]
    public void Stack_FourTimesDeeper_TakesAboutFourTimesAsLong()
    {
        WarmUp(Stack(500));
        double small = MicrosecondsPerInst(Stack(5_000), "stack");
        double large = MicrosecondsPerInst(Stack(20_000), "stack");
        Assert.True(large < 2 * small + 1, $"{small:F2} and {large:F2} us per instruction");
    }
}
