using System;
using System.Collections.Generic;
using Kiln.RegAlloc.Checking;
using Xunit;

namespace Kiln.RegAlloc.Tests;

/// <summary>What good code must not contain, on small functions whose best allocation is known.</summary>
public sealed class AllocationQualityTests
{
    private static readonly PReg R0 = PReg.Int(0), R1 = PReg.Int(1), R2 = PReg.Int(2), R3 = PReg.Int(3);

    private static Allocation Allocate(TestProgram program, MachineEnv? env = null)
    {
        env ??= Machines.X64;
        Allocation allocation = RegisterAllocator.Run(program.View, env, new RegAllocContext());
        string? error = new AllocationChecker().Check(program.View, env, allocation);
        Assert.True(error is null, error + "\n" + AllocationPrinter.Print(program.View, allocation));
        return allocation;
    }

    private static int BlockOf(TestProgram program, Edit edit)
    {
        int block = 0;
        while (block + 1 < program.Blocks.Count && program.Blocks[block + 1].Start <= edit.Inst.Value) block++;
        return block;
    }

    private static List<Edit> EditsAtDepth(TestProgram program, Allocation allocation, int depth)
    {
        List<Edit> edits = new();
        foreach (Edit edit in allocation.Edits)
            if (program.Blocks[BlockOf(program, edit)].Depth >= depth) edits.Add(edit);
        return edits;
    }

    private static void Call(FunctionBuilder.Block block, params Operand[] operands) => FunctionBuilder.Clobbering(block, Machines.All(Machines.X64), operands);

    /// <summary>for (i = n; i != 0; i--) sum += i;</summary>
    private static TestProgram CountedLoop()
    {
        FunctionBuilder builder = new();
        VReg n = builder.NewVReg(), zero = builder.NewVReg(), i = builder.NewVReg(), sum = builder.NewVReg(), nextSum = builder.NewVReg(), nextI = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock(), header = builder.NewBlock(1, false, i, sum), back = builder.NewBlock(1), exit = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.DefFixed(n, R0));
        FunctionBuilder.Inst(entry, Operand.Def(zero));
        FunctionBuilder.Jump(entry, header, n, zero);
        FunctionBuilder.Inst(header, Operand.Use(sum), Operand.Use(i), Operand.DefReuse(nextSum, 0));
        FunctionBuilder.Inst(header, Operand.Use(i), Operand.DefReuse(nextI, 0));
        FunctionBuilder.Branch(header, [], back, exit);
        FunctionBuilder.Jump(back, header, nextI, nextSum);
        FunctionBuilder.Return(exit, Operand.UseFixed(nextSum, R0));
        return builder.Build();
    }

    [Fact]
    public void CountedLoop_OnBackEdge_HasNoMoves()
    {
        TestProgram program = CountedLoop();
        Allocation allocation = Allocate(program);
        Assert.Empty(EditsAtDepth(program, allocation, 1));
        Assert.True(allocation.Edits.Length <= 1, AllocationPrinter.Print(program.View, allocation));
        Assert.Equal(0, allocation.SpillSlotCount);
    }

    [Fact]
    public void ValueAcrossManyCallsInLoop_IsStoredOnce()
    {
        FunctionBuilder builder = new();
        VReg context = builder.NewVReg(), kept = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock(), header = builder.NewBlock(1), back = builder.NewBlock(1), exit = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.DefFixed(context, R0), Operand.DefFixed(kept, R1));
        FunctionBuilder.Jump(entry, header);
        for (int i = 0; i < 10; i++)
        {
            VReg used = builder.NewVReg();
            Call(header, Operand.UseFixed(context, R0), Operand.UseFixed(kept, R1));
            FunctionBuilder.Inst(header, Operand.Use(kept), Operand.Use(context), Operand.Def(used));
        }

        FunctionBuilder.Branch(header, [Operand.Use(kept)], back, exit);
        FunctionBuilder.Jump(back, header);
        FunctionBuilder.Return(exit, Operand.UseFixed(kept, R0));
        TestProgram program = builder.Build();
        Allocation allocation = Allocate(program);
        int stores = 0;
        foreach (Edit edit in allocation.Edits)
            if (edit.To.IsSlot) stores++;
        Assert.Equal(2, stores);
        foreach (Edit edit in EditsAtDepth(program, allocation, 1)) Assert.False(edit.To.IsSlot, AllocationPrinter.Print(program.View, allocation));
        // One reload per value and call is all it takes; the call's own operands are copies of these.
        int loads = 0;
        foreach (Edit edit in EditsAtDepth(program, allocation, 1)) loads += edit.From.IsSlot ? 1 : 0;
        Assert.True(loads <= 22, $"{loads} loads\n{AllocationPrinter.Print(program.View, allocation)}");
    }

    [Fact]
    public void ValueAcrossCallBeforeLoop_IsReloadedOutsideTheLoop()
    {
        FunctionBuilder builder = new();
        VReg context = builder.NewVReg(), i = builder.NewVReg(), next = builder.NewVReg(), start = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock(), header = builder.NewBlock(1, false, i), back = builder.NewBlock(1), exit = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.DefFixed(context, R0));
        Call(entry, Operand.UseFixed(context, R0), Operand.DefFixed(start, R0));
        FunctionBuilder.Jump(entry, header, start);
        FunctionBuilder.Inst(header, Operand.Use(context), Operand.Use(i));
        FunctionBuilder.Inst(header, Operand.Use(i), Operand.DefReuse(next, 0));
        FunctionBuilder.Branch(header, [], back, exit);
        FunctionBuilder.Jump(back, header, next);
        FunctionBuilder.Return(exit);
        TestProgram program = builder.Build();
        Allocation allocation = Allocate(program);
        Assert.Empty(EditsAtDepth(program, allocation, 1));
    }

    [Fact]
    public void CallInColdBlock_CostsNothingOnTheHotPath()
    {
        // loop { if (rare) { call } use v }, v defined in the loop
        FunctionBuilder builder = new();
        VReg context = builder.NewVReg(), v = builder.NewVReg(), result = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock(), header = builder.NewBlock(1), hot = builder.NewBlock(1), join = builder.NewBlock(1),
            back = builder.NewBlock(1), exit = builder.NewBlock(), cold = builder.NewBlock(1, cold: true);
        FunctionBuilder.Inst(entry, Operand.DefFixed(context, R0));
        FunctionBuilder.Jump(entry, header);
        FunctionBuilder.Inst(header, Operand.Use(context), Operand.Def(v));
        FunctionBuilder.Branch(header, [Operand.Use(v)], hot, cold);
        FunctionBuilder.Jump(hot, join);
        Call(cold, Operand.UseFixed(context, R0));
        FunctionBuilder.Jump(cold, join);
        FunctionBuilder.Inst(join, Operand.Use(v), Operand.Use(context), Operand.Def(result));
        FunctionBuilder.Branch(join, [Operand.Use(result)], back, exit);
        FunctionBuilder.Jump(back, header);
        FunctionBuilder.Return(exit);
        TestProgram program = builder.Build();
        Allocation allocation = Allocate(program);
        foreach (Edit edit in allocation.Edits)
        {
            int block = BlockOf(program, edit);
            Assert.True(program.Blocks[block].Cold || block == 0, AllocationPrinter.Print(program.View, allocation));
        }
    }

    [Fact]
    public void FixedOperands_WithoutConflict_CostNoMoves()
    {
        FunctionBuilder builder = new();
        VReg a = builder.NewVReg(), b = builder.NewVReg(), sum = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.DefFixed(a, R2), Operand.DefFixed(b, R1));
        FunctionBuilder.Inst(entry, Operand.Use(a), Operand.Use(b), Operand.DefReuse(sum, 0));
        FunctionBuilder.Return(entry, Operand.UseFixed(sum, R2));
        Allocation allocation = Allocate(builder.Build());
        Assert.Equal(0, allocation.Edits.Length);
    }

    [Fact]
    public void FixedUseInLoop_KeepsTheValueInThatRegister()
    {
        FunctionBuilder builder = new();
        VReg count = builder.NewVReg(), x = builder.NewVReg(), p = builder.NewVReg(), shifted = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock(), header = builder.NewBlock(1, false, p), back = builder.NewBlock(1), exit = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.DefFixed(x, R0), Operand.DefFixed(count, R3));
        FunctionBuilder.Jump(entry, header, x);
        FunctionBuilder.Inst(header, Operand.Use(p), Operand.UseFixed(count, R1), Operand.DefReuse(shifted, 0));
        FunctionBuilder.Branch(header, [Operand.Use(shifted)], back, exit);
        FunctionBuilder.Jump(back, header, shifted);
        FunctionBuilder.Return(exit, Operand.UseFixed(shifted, R0));
        TestProgram program = builder.Build();
        Allocation allocation = Allocate(program);
        Assert.Empty(EditsAtDepth(program, allocation, 1));
    }

    [Fact]
    public void HotLoopUnderPressure_SpillsWhatTheLoopDoesNotUse()
    {
        // Ten values live through a loop that uses only three of them, on a machine with six registers.
        FunctionBuilder builder = new();
        MachineEnv env = Machines.Make(6, 4, intScratch: false);
        FunctionBuilder.Block entry = builder.NewBlock();
        VReg[] values = new VReg[10];
        for (int v = 0; v < values.Length; v++)
        {
            values[v] = builder.NewVReg();
            FunctionBuilder.Inst(entry, Operand.Def(values[v]));
        }

        VReg i = builder.NewVReg(), next = builder.NewVReg();
        FunctionBuilder.Block header = builder.NewBlock(1, false, i), back = builder.NewBlock(1), exit = builder.NewBlock();
        FunctionBuilder.Jump(entry, header, values[0]);
        FunctionBuilder.Inst(header, Operand.Use(i), Operand.Use(values[1]), Operand.DefReuse(next, 0));
        FunctionBuilder.Inst(header, Operand.Use(next), Operand.Use(values[2]));
        FunctionBuilder.Branch(header, [Operand.Use(values[3])], back, exit);
        FunctionBuilder.Jump(back, header, next);
        foreach (VReg value in values) FunctionBuilder.Inst(exit, Operand.Use(value));
        FunctionBuilder.Return(exit);
        TestProgram program = builder.Build();
        Allocation allocation = Allocate(program, env);
        Assert.True(EditsAtDepth(program, allocation, 1).Count == 0, AllocationPrinter.Print(program.View, allocation));
    }

    [Fact]
    public void Constant_AcrossCall_IsMadeAgainAndNeverStored()
    {
        FunctionBuilder builder = new();
        VReg constant = builder.NewVReg(remat: true), context = builder.NewVReg(), sum = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.DefFixed(context, R0));
        FunctionBuilder.Inst(entry, Operand.Def(constant));
        Call(entry, Operand.UseFixed(context, R0));
        FunctionBuilder.Inst(entry, Operand.Use(constant), Operand.Use(context), Operand.DefReuse(sum, 1));
        FunctionBuilder.Return(entry, Operand.UseFixed(sum, R0));
        TestProgram program = builder.Build();
        Allocation allocation = Allocate(program);
        Assert.Equal(1, allocation.SpillSlotCount);
        Assert.True(allocation.Locations[1].IsNone, "nobody reads the constant where it is defined");
        int remats = 0;
        foreach (Edit edit in allocation.Edits) remats += edit.Kind == EditKind.Remat ? 1 : 0;
        Assert.Equal(1, remats);
    }

    [Fact]
    public void SameValueInSeveralArgumentRegisters_IsCopied()
    {
        FunctionBuilder builder = new();
        VReg v = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.DefFixed(v, R0));
        Call(entry, Operand.UseFixed(v, R0), Operand.UseFixed(v, R1), Operand.UseFixed(v, R2));
        FunctionBuilder.Return(entry);
        Allocation allocation = Allocate(builder.Build());
        Assert.Equal(2, allocation.Edits.Length);
    }

    [Fact]
    public void ArgumentsThatTradePlaces_AreExchanged()
    {
        FunctionBuilder builder = new();
        MachineEnv env = Machines.Make(2, 2, intScratch: false);
        VReg a = builder.NewVReg(), b = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.DefFixed(a, R0), Operand.DefFixed(b, R1));
        FunctionBuilder.Return(entry, Operand.UseFixed(b, R0), Operand.UseFixed(a, R1));
        Allocation allocation = Allocate(builder.Build(), env);
        Assert.Equal(1, allocation.Edits.Length);
        Assert.Equal(EditKind.Exchange, allocation.Edits[0].Kind);
    }

    [Fact]
    public void Context_UsedTwice_GivesTheSameResult()
    {
        RegAllocContext context = new();
        TestProgram program = RandomFunction.Make(7, Machines.X64, 40);
        Allocation first = RegisterAllocator.Run(program.View, Machines.X64, context);
        string before = AllocationPrinter.Print(program.View, first);
        RegisterAllocator.Run(RandomFunction.Make(8, Machines.X64, 60).View, Machines.X64, context);
        Allocation again = RegisterAllocator.Run(program.View, Machines.X64, context);
        Assert.Equal(before, AllocationPrinter.Print(program.View, again));
    }

    [Fact]
    public void Context_Warm_AllocatesNothingOnTheHeap()
    {
        RegAllocContext context = new();
        TestProgram program = RandomFunction.Make(11, Machines.X64, 60);
        for (int i = 0; i < 3; i++) RegisterAllocator.Run(program.View, Machines.X64, context);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RegisterAllocator.Run(program.View, Machines.X64, context);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
