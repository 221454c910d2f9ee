using System;
using System.Collections.Generic;
using Kiln.RegAlloc.Checking;
using Xunit;

namespace Kiln.RegAlloc.Tests;

/// <summary>The checker must find what is broken on purpose.</summary>
public sealed class CheckerTests
{
    private static readonly MachineEnv Env = Machines.Make(5, 4, intScratch: false);

    private enum Damage
    {
        DropEdit,
        RetargetEdit,
        ResourceEdit,
        DelayEdit,
        SwapOperands,
        MoveOperand,
        ShareSlots,
        DropStackMapEntry,
        MoveStackMapEntry,
    }

    [Fact]
    public void RandomFunction_WithOneInjectedError_IsRejected()
    {
        // Some damage is harmless (a value is where it should be by chance, or its register was read by nobody), so not every
        // single mutant must die; nearly all of each kind must.
        AllocationChecker checker = new();
        RegAllocContext context = new();
        foreach (Damage damage in Enum.GetValues<Damage>())
        {
            int injected = 0, found = 0;
            for (int seed = 0; seed < 150; seed++)
            {
                TestProgram program = RandomFunction.Make(seed, Env, 16);
                Allocation allocation = RegisterAllocator.Run(program.View, Env, context);
                if (!Inject(program, allocation, damage, new Random(seed))) continue;
                injected++;
                if (checker.Check(program.View, Env, allocation) is not null) found++;
            }

            Assert.True(injected >= 25, $"{damage}: only {injected} cases");
            Assert.True(found >= injected * 85 / 100, $"{damage}: found {found} of {injected}");
        }
    }

    private static bool Inject(TestProgram program, Allocation allocation, Damage damage, Random random)
    {
        Span<Edit> edits = allocation.EditList.Span;
        Span<Location> locations = allocation.OperandLocations.Span;
        int at = edits.Length == 0 ? -1 : random.Next(edits.Length);
        switch (damage)
        {
            case Damage.DropEdit:
                if (at < 0) return false;
                for (int i = at; i + 1 < edits.Length; i++) edits[i] = edits[i + 1];
                allocation.EditList.Pop();
                return true;
            case Damage.RetargetEdit:
                if (at < 0 || !edits[at].To.IsRegister || edits[at].Kind == EditKind.Exchange) return false;
                edits[at] = edits[at] with { To = OtherRegister(edits[at].To) };
                return true;
            case Damage.ResourceEdit:
                if (at < 0 || !edits[at].From.IsRegister || edits[at].Kind == EditKind.Exchange) return false;
                edits[at] = edits[at] with { From = OtherRegister(edits[at].From) };
                return true;
            case Damage.DelayEdit:
                // The move is made after the instruction it was meant for.
                if (at < 0 || at + 1 == edits.Length || edits[at + 1].Inst == edits[at].Inst || !edits[at].To.IsRegister || edits[at].Inst.Value + 1 >= program.Clobbers.Count) return false;
                if (!ReadsRegister(program, allocation, edits[at].Inst.Value, edits[at].To)) return false;
                edits[at] = edits[at] with { Inst = new InstIndex(edits[at].Inst.Value + 1) };
                return true;
            case Damage.DropStackMapEntry:
                if (allocation.StackMap.IsEmpty) return false;
                allocation.StackMapList.Span[random.Next(allocation.StackMap.Length)] = allocation.StackMapList.Last;
                allocation.StackMapList.Pop();
                return true;
            case Damage.MoveStackMapEntry:
                if (allocation.StackMap.IsEmpty || allocation.SpillAreaUnits < 2) return false;
                ref StackMapEntry entry = ref allocation.StackMapList.Span[random.Next(allocation.StackMap.Length)];
                entry = entry with { Slot = Location.Slot((entry.Slot.SlotUnit + 1) % allocation.SpillAreaUnits) };
                return true;
            case Damage.SwapOperands:
                return SwapOperands(program, locations, random);
            case Damage.MoveOperand:
                for (int attempt = 0; attempt < 50; attempt++)
                {
                    int o = random.Next(locations.Length);
                    Operand operand = program.OperandArray[o];
                    if (!locations[o].IsRegister || operand.IsDef || operand.Constraint is not (OperandConstraint.Reg or OperandConstraint.Any)) continue;
                    locations[o] = OtherRegister(locations[o]);
                    return true;
                }

                return false;
            case Damage.ShareSlots:
                return ShareSlots(allocation, edits, locations);
        }

        return false;
    }

    private static Location OtherRegister(Location location)
    {
        PReg register = location.Register;
        ReadOnlySpan<PReg> order = Env.Order(register.Class);
        int index = order.IndexOf(register);
        return Location.Of(order[(index + 1) % order.Length]);
    }

    private static bool ReadsRegister(TestProgram program, Allocation allocation, int inst, Location register)
    {
        for (int o = program.OperandStarts[inst]; o < program.OperandStarts[inst + 1]; o++)
            if (!program.OperandArray[o].IsDef && allocation.Locations[o] == register) return true;
        return false;
    }

    private static bool SwapOperands(TestProgram program, Span<Location> locations, Random random)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            int inst = random.Next(program.Clobbers.Count);
            int start = program.OperandStarts[inst], end = program.OperandStarts[inst + 1];
            for (int a = start; a < end; a++)
            {
                for (int b = a + 1; b < end; b++)
                {
                    Operand x = program.OperandArray[a], y = program.OperandArray[b];
                    if (x.IsDef || y.IsDef || x.VReg == y.VReg || locations[a] == locations[b]) continue;
                    if (!locations[a].IsRegister || !locations[b].IsRegister || locations[a].Register.Class != locations[b].Register.Class) continue;
                    (locations[a], locations[b]) = (locations[b], locations[a]);
                    return true;
                }
            }
        }

        return false;
    }

    private static bool ShareSlots(Allocation allocation, Span<Edit> edits, Span<Location> locations)
    {
        // All one-unit slots become the first one that is loaded.
        HashSet<Location> slots = new();
        foreach (Edit edit in edits)
            if (edit.Units == 1 && edit.From.IsSlot) slots.Add(edit.From);
        if (slots.Count < 4) return false;
        Location first = default;
        foreach (Edit edit in edits)
        {
            if (edit.Units != 1 || !edit.From.IsSlot) continue;
            first = edit.From;
            break;
        }

        foreach (ref Edit edit in edits)
        {
            if (edit.Units != 1) continue;
            if (edit.From.IsSlot) edit = edit with { From = first };
            if (edit.To.IsSlot) edit = edit with { To = first };
        }

        foreach (ref Location location in locations)
            if (slots.Contains(location)) location = first;
        return true;
    }

    [Fact]
    public void Input_WithCriticalEdge_IsRejected()
    {
        FunctionBuilder builder = new();
        FunctionBuilder.Block entry = builder.NewBlock(), other = builder.NewBlock(), join = builder.NewBlock();
        FunctionBuilder.Branch(entry, [], other, join);
        FunctionBuilder.Jump(other, join);
        FunctionBuilder.Return(join);
        Assert.Contains("critical", InputInvariants.Check(builder.Build().View, Env));
    }

    [Fact]
    public void Input_WithUseThatIsNotDominated_IsRejected()
    {
        FunctionBuilder builder = new();
        VReg v = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock(), left = builder.NewBlock(), right = builder.NewBlock(), join = builder.NewBlock();
        FunctionBuilder.Branch(entry, [], left, right);
        FunctionBuilder.Inst(left, Operand.Def(v));
        FunctionBuilder.Jump(left, join);
        FunctionBuilder.Jump(right, join);
        FunctionBuilder.Return(join, Operand.Use(v));
        Assert.Contains("dominate", InputInvariants.Check(builder.Build().View, Env));
    }

    [Fact]
    public void Input_WithTwoDefs_IsRejected()
    {
        FunctionBuilder builder = new();
        VReg v = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.Def(v));
        FunctionBuilder.Inst(entry, Operand.Def(v));
        FunctionBuilder.Return(entry);
        Assert.Contains("twice", InputInvariants.Check(builder.Build().View, Env));
    }

    [Fact]
    public void Input_WithCollidingFixedDefs_IsRejected()
    {
        FunctionBuilder builder = new();
        VReg v = builder.NewVReg(), w = builder.NewVReg();
        FunctionBuilder.Block entry = builder.NewBlock();
        FunctionBuilder.Inst(entry, Operand.DefFixed(v, PReg.Int(1)), Operand.DefFixed(w, PReg.Int(1)));
        FunctionBuilder.Return(entry);
        Assert.Contains("collides", InputInvariants.Check(builder.Build().View, Env));
    }
}
