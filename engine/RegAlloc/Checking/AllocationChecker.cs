using System;
using System.Collections.Generic;

namespace Kiln.RegAlloc.Checking;

/// <summary>
/// Proves that an allocation computes what the function means, by running it on symbols. Knows nothing about
/// how the allocator works, and is meant for tests and fuzzing: it allocates memory as it likes.
/// </summary>
/// <remarks>
/// Let L be the locations (registers, units of the spill area) and V the virtual registers. The state at a
/// program point is a function S: L -> set of V; v in S(l) says that l holds the value of v.
/// <list type="bullet">
/// <item>Order: S below S' if S(l) is a subset of S'(l) for each l. Top, all of V everywhere, is "not reached yet". Meet is the
/// intersection for each l. At the function's start S(l) is empty.</item>
/// <item>Move a to b: S(b) := S(a); if the move is one unit wide, without the virtual registers that take two. Exchange a, b:
/// S(a), S(b) := S(b), S(a). Remat v to b: S(b) := {v}. Writing to a slot also destroys wide values it overlaps.</item>
/// <item>Instruction, in this order: its edits; early defs, d at l: v removed everywhere, S(l) := {d}; every use u at l requires
/// u in S(l); clobbers: S(l) := {}; late defs like early ones; every late use again requires u in S(l).</item>
/// <item>Edge with arguments a[i] for parameters p[i]: for each l at once, p[i] in S(l) after iff a[i] in S(l) before.</item>
/// <item>Safepoint: each slot that the stack map lists holds a reference; a reference stays only in those.</item>
/// </list>
/// Blocks are evaluated until nothing changes; the state only falls, so this ends. Then each is run once more
/// with the requirements checked. Constraints of operands (fixed, reuse, class, slot) need no state. Before all
/// that the input is held against the invariants of <see cref="IAllocatable"/>.
/// </remarks>
public sealed class AllocationChecker
{
    /// <summary>Checks an allocation; null if it is right, else a text that names the program point and what is wrong.</summary>
    public string? Check<TFunc>(in TFunc function, MachineEnv env, Allocation allocation)
        where TFunc : struct, IAllocatable
    {
        string? input = InputInvariants.Check(function, env);
        if (input is not null) return "input: " + input;
        return new Run<TFunc>(function, env, allocation).Execute();
    }

    private sealed class Run<TFunc>(TFunc function, MachineEnv env, Allocation allocation) where TFunc : struct, IAllocatable
    {
        private readonly TFunc _function = function;
        private bool[] _references = [];
        private string? _error;

        public string? Execute()
        {
            if (allocation.Locations.Length != _function.Operands.Length) return "there is not one location per operand";
            _error = CheckEdits() ?? CheckConstraints();
            if (_error is not null) return _error;

            bool[] wide = new bool[_function.VRegLimit];
            _references = new bool[_function.VRegLimit];
            for (int v = 1; v < _function.VRegLimit; v++)
            {
                wide[v] = _function.SlotUnits(new VReg((uint)v)) == 2;
                _references[v] = _function.HasReferences && _function.IsReference(new VReg((uint)v));
            }

            VRegSets sets = new(wide);
            int blockCount = _function.BlockCount;
            SymbolicState?[] atStart = new SymbolicState?[blockCount];
            int[] firstEdit = FirstEdits();
            SymbolicState NewState() => new(allocation.SpillAreaUnits, sets);
            atStart[0] = NewState();
            Queue<int> pending = new();
            bool[] queued = new bool[blockCount];
            pending.Enqueue(0);
            queued[0] = true;
            SymbolicState state = NewState(), edge = NewState();
            while (pending.TryDequeue(out int b))
            {
                queued[b] = false;
                state.Set(atStart[b]!);
                RunBlock(b, state, firstEdit[b], check: false);
                ReadOnlySpan<BlockIndex> successors = _function.Successors(new BlockIndex(b));
                for (int s = 0; s < successors.Length; s++)
                {
                    int target = successors[s].Value;
                    edge.Set(state);
                    edge.PassEdge(_function.BlockParams(successors[s]), _function.BranchArgs(new BlockIndex(b), s));
                    bool changed;
                    if (atStart[target] is { } known) changed = known.Meet(edge);
                    else
                    {
                        atStart[target] = NewState();
                        atStart[target]!.Set(edge);
                        changed = true;
                    }

                    if (!changed || queued[target]) continue;
                    queued[target] = true;
                    pending.Enqueue(target);
                }
            }

            for (int b = 0; b < blockCount && _error is null; b++)
            {
                if (atStart[b] is not { } start) continue;
                state.Set(start);
                RunBlock(b, state, firstEdit[b], check: true);
            }

            return _error;
        }

        private int BlockEnd(int b) => b + 1 < _function.BlockCount ? _function.BlockStart(new BlockIndex(b + 1)).Value : _function.InstCount;

        private int[] FirstEdits()
        {
            int[] first = new int[_function.BlockCount];
            int edit = 0;
            for (int b = 0; b < first.Length; b++)
            {
                while (edit < allocation.Edits.Length && allocation.Edits[edit].Inst.Value < _function.BlockStart(new BlockIndex(b)).Value) edit++;
                first[b] = edit;
            }

            return first;
        }

        private string? CheckEdits()
        {
            int last = 0;
            PRegSet allowed = (env.IntRegisters | env.FloatRegisters).With(env.FloatScratch);
            if (env.IntScratch is { } scratch) allowed = allowed.With(scratch);
            foreach (Operand operand in _function.Operands)
                if (operand.Constraint == OperandConstraint.Fixed) allowed = allowed.With(operand.FixedRegister);
            foreach (Edit edit in allocation.Edits)
            {
                if (edit.Inst.Value < last || edit.Inst.Value >= _function.InstCount) return $"edit '{edit}' before {edit.Inst} is out of order";
                last = edit.Inst.Value;
                if (!IsPlace(edit.To, edit, allowed)) return $"edit '{edit}' before {edit.Inst} has a bad destination";
                bool good = edit.Kind switch
                {
                    EditKind.Move => IsPlace(edit.From, edit, allowed) && !(edit.From.IsSlot && edit.To.IsSlot),
                    EditKind.Exchange => IsPlace(edit.From, edit, allowed) && edit.From.IsRegister && edit.To.IsRegister && edit.Class == RegClass.Int && env.IntScratch is null,
                    EditKind.Remat => edit.To.IsRegister && edit.From.IsNone && _function.IsRematerializable(edit.VReg) && _function.ClassOf(edit.VReg) == edit.Class,
                };
                if (!good) return $"edit '{edit}' before {edit.Inst} is malformed";
            }

            return null;
        }

        private bool IsPlace(Location location, in Edit edit, PRegSet allowed)
        {
            if (location.IsRegister) return location.Register.Class == edit.Class && allowed.Contains(location.Register);
            return location.IsSlot && location.SlotUnit + edit.Units <= allocation.SpillAreaUnits && (edit.Units == 1 || (location.SlotUnit & 1) == 0);
        }

        private string? CheckConstraints()
        {
            ReadOnlySpan<Operand> operands = _function.Operands;
            for (int inst = 0; inst < _function.InstCount; inst++)
            {
                int start = _function.OperandStart(new InstIndex(inst)), end = _function.OperandStart(new InstIndex(inst + 1));
                for (int o = start; o < end; o++)
                {
                    Operand operand = operands[o];
                    Location location = allocation.Locations[o];
                    RegClass regClass = _function.ClassOf(operand.VReg);
                    int units = _function.SlotUnits(operand.VReg);
                    bool isRegister = location.IsRegister && location.Register.Class == regClass;
                    bool isSlot = location.IsSlot && location.SlotUnit + units <= allocation.SpillAreaUnits && (units == 1 || (location.SlotUnit & 1) == 0);
                    bool skipped = location.IsNone && operand.IsDef && _function.IsRematerializable(operand.VReg);
                    bool allocatable = isRegister && env.Registers(regClass).Contains(location.Register);
                    bool reused = IsReused(operands[start..end], o - start);
                    bool good = skipped || (reused && allocatable) || (!reused && operand.Constraint switch
                    {
                        OperandConstraint.Any => allocatable || isSlot,
                        OperandConstraint.Reg => allocatable,
                        OperandConstraint.Fixed => isRegister && location.Register == operand.FixedRegister,
                        OperandConstraint.Stack => isSlot,
                        OperandConstraint.ReuseInput => allocatable && location == allocation.Locations[start + operand.ReusedOperand],
                    });
                    if (!good) return $"inst{inst} operand {o - start}: '{operand}' cannot be in {location}";
                }
            }

            return null;
        }

        private static bool IsReused(ReadOnlySpan<Operand> operands, int use)
        {
            foreach (Operand operand in operands)
                if (operand.Constraint == OperandConstraint.ReuseInput && operand.ReusedOperand == use) return true;
            return false;
        }

        private void RunBlock(int b, SymbolicState state, int edit, bool check)
        {
            ReadOnlySpan<Edit> edits = allocation.Edits;
            int end = BlockEnd(b);
            for (int inst = _function.BlockStart(new BlockIndex(b)).Value; inst < end; inst++)
            {
                for (; edit < edits.Length && edits[edit].Inst.Value == inst; edit++) RunEdit(edits[edit], b, state);
                RunInst(inst, state, check);
                if (_error is not null) return;
            }
        }

        private void RunEdit(in Edit edit, int b, SymbolicState state)
        {
            switch (edit.Kind)
            {
                case EditKind.Move:
                    state.Copy(edit.From, edit.To, edit.Units);
                    break;
                case EditKind.Exchange:
                    state.Exchange(edit.From, edit.To);
                    break;
                case EditKind.Remat:
                    state.Define(edit.To, edit.VReg, edit.Units);
                    if (edit.Inst == _function.BlockStart(new BlockIndex(b))) AddParametersEqualTo(edit.VReg, edit.To, b, state);
                    break;
            }
        }

        /// <summary>What is made again at the start of a block with one predecessor is also the value of the parameters it was passed for.</summary>
        private void AddParametersEqualTo(VReg argument, Location location, int b, SymbolicState state)
        {
            ReadOnlySpan<BlockIndex> predecessors = _function.Predecessors(new BlockIndex(b));
            if (predecessors.Length != 1) return;
            ReadOnlySpan<VReg> parameters = _function.BlockParams(new BlockIndex(b));
            ReadOnlySpan<BlockIndex> successors = _function.Successors(predecessors[0]);
            int edge = successors.IndexOf(new BlockIndex(b));
            ReadOnlySpan<VReg> arguments = _function.BranchArgs(predecessors[0], edge);
            for (int i = 0; i < parameters.Length; i++)
                if (arguments[i] == argument) state.AddEqual(location, parameters[i]);
        }

        private void RunInst(int inst, SymbolicState state, bool check)
        {
            InstIndex index = new(inst);
            int start = _function.OperandStart(index), end = _function.OperandStart(new InstIndex(inst + 1));
            ReadOnlySpan<Operand> operands = _function.Operands[start..end];
            ReadOnlySpan<Location> locations = allocation.Locations[start..end];
            Define(operands, locations, OperandPosition.Early, state);
            if (check) CheckUses(inst, operands, locations, state, lateOnly: false);
            if (_function.HasReferences && _function.IsSafepoint(index)) PassSafepoint(inst, state, check);
            PRegSet clobbers = _function.Clobbers(index);
            foreach (Operand operand in operands)
                if (operand.IsDef && operand.Constraint == OperandConstraint.Fixed) clobbers = clobbers.Without(operand.FixedRegister);
            foreach (PReg register in clobbers) state.Destroy(Location.Of(register), 1);
            Define(operands, locations, OperandPosition.Late, state);
            if (check) CheckUses(inst, operands, locations, state, lateOnly: true);
            if (check) CheckDefsApart(inst, operands, locations);
        }

        private void Define(ReadOnlySpan<Operand> operands, ReadOnlySpan<Location> locations, OperandPosition position, SymbolicState state)
        {
            for (int o = 0; o < operands.Length; o++)
            {
                if (!operands[o].IsDef || operands[o].Position != position) continue;
                state.Forget(operands[o].VReg);
                if (!locations[o].IsNone) state.Define(locations[o], operands[o].VReg, _function.SlotUnits(operands[o].VReg));
            }
        }

        private void CheckUses(int inst, ReadOnlySpan<Operand> operands, ReadOnlySpan<Location> locations, SymbolicState state, bool lateOnly)
        {
            for (int o = 0; o < operands.Length; o++)
            {
                if (operands[o].IsDef || (lateOnly && operands[o].Position == OperandPosition.Early)) continue;
                if (state.Holds(locations[o], operands[o].VReg)) continue;
                _error ??= $"inst{inst} operand {o}: '{operands[o]}' reads {locations[o]}, which {(lateOnly ? "then " : "")}holds {state.Describe(locations[o])}";
            }
        }

        private void CheckDefsApart(int inst, ReadOnlySpan<Operand> operands, ReadOnlySpan<Location> locations)
        {
            for (int a = 0; a < operands.Length; a++)
            {
                for (int b = a + 1; b < operands.Length; b++)
                {
                    if (operands[a].IsDef && operands[b].IsDef && locations[a] == locations[b] && !locations[a].IsNone)
                        _error ??= $"inst{inst} operands {a} and {b}: both defs are in {locations[a]}";
                }
            }
        }

        private void PassSafepoint(int inst, SymbolicState state, bool check)
        {
            List<Location> listed = new();
            foreach (StackMapEntry entry in allocation.StackMap)
            {
                if (entry.Inst.Value != inst) continue;
                listed.Add(entry.Slot);
                if (check && !state.HoldsAny(entry.Slot, _references))
                    _error ??= $"inst{inst}: the stack map lists {entry.Slot}, which holds {state.Describe(entry.Slot)}";
            }

            state.KeepListed(_references, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(listed));
        }
    }
}
