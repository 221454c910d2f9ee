using System;
using System.Collections.Generic;

namespace Kiln.RegAlloc.Checking;

/// <summary>Holds a function against the input invariants that <see cref="IAllocatable"/> states.</summary>
public static class InputInvariants
{
    /// <summary>Null if all hold, else a text that says where which one does not.</summary>
    public static string? Check<TFunc>(in TFunc function, MachineEnv env) where TFunc : struct, IAllocatable =>
        CheckBlocks(function) ?? CheckOperands(function, env) ?? CheckSsa(function);

    private static int BlockEnd<TFunc>(in TFunc function, int b) where TFunc : struct, IAllocatable =>
        b + 1 < function.BlockCount ? function.BlockStart(new BlockIndex(b + 1)).Value : function.InstCount;

    private static string? CheckBlocks<TFunc>(in TFunc function) where TFunc : struct, IAllocatable
    {
        if (function.BlockCount < 1) return "there is no block";
        if (function.BlockStart(default).Value != 0) return "block0 does not start with inst0";
        if (!function.Predecessors(default).IsEmpty) return "the entry block has predecessors";
        if (!function.BlockParams(default).IsEmpty) return "the entry block has parameters";
        int[] edgesInto = new int[function.BlockCount];
        for (int b = 0; b < function.BlockCount; b++)
        {
            BlockIndex block = new(b);
            if (BlockEnd(function, b) <= function.BlockStart(block).Value) return $"{block} has no instruction";
            ReadOnlySpan<BlockIndex> successors = function.Successors(block);
            for (int s = 0; s < successors.Length; s++)
            {
                BlockIndex target = successors[s];
                if ((uint)target.Value >= (uint)function.BlockCount) return $"{block} goes to {target}, which does not exist";
                edgesInto[target.Value]++;
                if (successors.Length > 1 && function.Predecessors(target).Length > 1) return $"the edge from {block} to {target} is critical";
                if (!function.Predecessors(target).Contains(block)) return $"{target} does not list {block} as its predecessor";
                ReadOnlySpan<VReg> arguments = function.BranchArgs(block, s);
                ReadOnlySpan<VReg> parameters = function.BlockParams(target);
                if (arguments.Length != parameters.Length) return $"{block} passes {arguments.Length} arguments to {target}, which has {parameters.Length} parameters";
                for (int i = 0; i < arguments.Length; i++)
                {
                    if (function.ClassOf(arguments[i]) != function.ClassOf(parameters[i]) || function.SlotUnits(arguments[i]) != function.SlotUnits(parameters[i]))
                        return $"{block} passes {arguments[i]} for {parameters[i]} of another class or size";
                }
            }

            InstIndex terminator = new(BlockEnd(function, b) - 1);
            int start = function.OperandStart(terminator), end = function.OperandStart(new InstIndex(terminator.Value + 1));
            if (successors.Length == 1 && end > start) return $"the terminator of {block} has operands though it has one successor";
            foreach (Operand operand in function.Operands[start..end])
                if (operand.IsDef) return $"the terminator of {block} defines {operand.VReg}";
        }

        for (int b = 0; b < function.BlockCount; b++)
        {
            if (edgesInto[b] != function.Predecessors(new BlockIndex(b)).Length) return $"block{b} lists {function.Predecessors(new BlockIndex(b)).Length} predecessors and has {edgesInto[b]}";
            if (b > 0 && edgesInto[b] == 0) return $"block{b} cannot be reached";
        }

        return null;
    }

    private static string? CheckOperands<TFunc>(in TFunc function, MachineEnv env) where TFunc : struct, IAllocatable
    {
        Dictionary<byte, VReg> early = new(), late = new();
        for (int inst = 0; inst < function.InstCount; inst++)
        {
            int start = function.OperandStart(new InstIndex(inst)), end = function.OperandStart(new InstIndex(inst + 1));
            if (end < start) return $"operands of inst{inst} end before they start";
            ReadOnlySpan<Operand> operands = function.Operands[start..end];
            early.Clear();
            late.Clear();
            for (int o = 0; o < operands.Length; o++)
            {
                Operand operand = operands[o];
                if (operand.VReg.Id == 0 || operand.VReg.Id >= function.VRegLimit) return $"inst{inst} names {operand.VReg}, which does not exist";
                switch (operand.Constraint)
                {
                    case OperandConstraint.Any or OperandConstraint.Reg or OperandConstraint.Stack:
                        break;
                    case OperandConstraint.ReuseInput:
                        if (!operand.IsDef || operand.ReusedOperand >= operands.Length) return $"inst{inst}: bad '{operand}'";
                        Operand reused = operands[operand.ReusedOperand];
                        if (reused.IsDef || reused.Position == OperandPosition.Late || reused.Constraint is not (OperandConstraint.Any or OperandConstraint.Reg)
                            || function.ClassOf(reused.VReg) != function.ClassOf(operand.VReg))
                            return $"inst{inst}: '{operand}' cannot reuse '{reused}'";
                        for (int other = 0; other < o; other++)
                        {
                            if (operands[other].Constraint == OperandConstraint.ReuseInput && operands[other].ReusedOperand == operand.ReusedOperand)
                                return $"inst{inst}: two defs reuse operand {operand.ReusedOperand}";
                        }

                        break;
                    case OperandConstraint.Fixed:
                        if (operand.FixedRegister.Class != function.ClassOf(operand.VReg)) return $"inst{inst}: '{operand}' is of the other class";
                        if (operand.FixedRegister == env.FloatScratch || operand.FixedRegister == env.IntScratch) return $"inst{inst}: '{operand}' names a scratch register";
                        bool atEarly = operand.Position == OperandPosition.Early || !operand.IsDef;
                        bool atLate = operand.Position == OperandPosition.Late || operand.IsDef;
                        if (atEarly && !Reserve(early, operand)) return $"inst{inst}: '{operand}' collides with another fixed operand";
                        if (atLate && !Reserve(late, operand)) return $"inst{inst}: '{operand}' collides with another fixed operand";
                        break;
                }
            }
        }

        return null;
    }

    private static bool Reserve(Dictionary<byte, VReg> taken, Operand operand)
    {
        byte register = operand.FixedRegister.Index;
        if (taken.TryGetValue(register, out VReg other)) return other == operand.VReg && !operand.IsDef;
        taken.Add(register, operand.VReg);
        return true;
    }

    /// <summary>One def each, and on every path to a use: the set of what is certainly defined falls to a fixpoint.</summary>
    private static string? CheckSsa<TFunc>(in TFunc function) where TFunc : struct, IAllocatable
    {
        HashSet<uint> seen = new();
        for (int b = 0; b < function.BlockCount; b++)
            foreach (VReg parameter in function.BlockParams(new BlockIndex(b)))
                if (!seen.Add(parameter.Id)) return $"{parameter} is defined twice";
        foreach (Operand operand in function.Operands)
            if (operand.IsDef && !seen.Add(operand.VReg.Id)) return $"{operand.VReg} is defined twice";

        int words = (function.VRegLimit + 63) / 64;
        ulong[]?[] atStart = new ulong[]?[function.BlockCount];
        atStart[0] = new ulong[words];
        Queue<int> pending = new();
        pending.Enqueue(0);
        ulong[] state = new ulong[words];
        while (pending.TryDequeue(out int b))
        {
            atStart[b]!.CopyTo(state, 0);
            WalkBlock(function, b, state, check: false);
            foreach (BlockIndex successor in function.Successors(new BlockIndex(b)))
            {
                if (atStart[successor.Value] is not { } known)
                {
                    atStart[successor.Value] = (ulong[])state.Clone();
                    pending.Enqueue(successor.Value);
                    continue;
                }

                ulong lost = 0;
                for (int w = 0; w < words; w++)
                {
                    lost |= known[w] & ~state[w];
                    known[w] &= state[w];
                }

                if (lost != 0) pending.Enqueue(successor.Value);
            }
        }

        for (int b = 0; b < function.BlockCount; b++)
        {
            if (atStart[b] is not { } start) return $"block{b} cannot be reached";
            start.CopyTo(state, 0);
            if (WalkBlock(function, b, state, check: true) is { } error) return error;
        }

        return null;
    }

    private static string? WalkBlock<TFunc>(in TFunc function, int b, ulong[] defined, bool check) where TFunc : struct, IAllocatable
    {
        bool Has(VReg vreg) => (defined[vreg.Id >> 6] >> (int)(vreg.Id & 63) & 1) != 0;
        void Add(VReg vreg) => defined[vreg.Id >> 6] |= 1UL << (int)(vreg.Id & 63);

        BlockIndex block = new(b);
        foreach (VReg parameter in function.BlockParams(block)) Add(parameter);
        int end = BlockEnd(function, b);
        for (int inst = function.BlockStart(block).Value; inst < end; inst++)
        {
            ReadOnlySpan<Operand> operands = function.Operands[function.OperandStart(new InstIndex(inst))..function.OperandStart(new InstIndex(inst + 1))];
            if (check)
            {
                foreach (Operand operand in operands)
                    if (!operand.IsDef && !Has(operand.VReg)) return $"inst{inst} uses {operand.VReg}, whose def does not dominate it";
            }

            foreach (Operand operand in operands)
                if (operand.IsDef) Add(operand.VReg);
        }

        if (!check) return null;
        for (int s = 0; s < function.Successors(block).Length; s++)
            foreach (VReg argument in function.BranchArgs(block, s))
                if (!Has(argument)) return $"{block} passes {argument}, whose def does not dominate its end";
        return null;
    }
}
