using System;
using System.Collections.Generic;

namespace Kiln.RegAlloc.Tests;

/// <summary>
/// Makes random functions that satisfy the allocator's input invariants: structured control flow with loops and
/// block parameters laid out in a natural or a random order, all operand constraints, calls that clobber everything.
/// </summary>
public sealed class RandomFunction
{
    private readonly Random _random;
    private readonly MachineEnv _env;
    private readonly FunctionBuilder _builder = new();
    private readonly List<VReg> _live = new();
    private readonly int _maxBlocks;
    private int _blocks;
    private FunctionBuilder.Block _at;

    private RandomFunction(int seed, MachineEnv env, int maxBlocks)
    {
        _random = new Random(seed);
        _env = env;
        _maxBlocks = maxBlocks;
        _at = _builder.NewBlock();
        _blocks = 1;
    }

    /// <summary>The function of a seed for a machine.</summary>
    public static TestProgram Make(int seed, MachineEnv env, int maxBlocks = 24)
    {
        RandomFunction function = new(seed, env, maxBlocks);
        return function.Generate();
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private TestProgram Generate()
    {
        Arguments();
        Statements(0, 2 + _random.Next(6));
        FunctionBuilder.Return(_at, ReturnOperands());
        int[]? order = null;
        if (Chance(25))
        {
            order = new int[_blocks];
            for (int i = 0; i < _blocks; i++) order[i] = i;
            for (int i = _blocks - 1; i > 1; i--)
            {
                int j = 1 + _random.Next(i);
                (order[i], order[j]) = (order[j], order[i]);
            }
        }

        return _builder.Build(order);
    }

    private FunctionBuilder.Block NewBlock(int depth)
    {
        _blocks++;
        return _builder.NewBlock(depth, Chance(10));
    }

    private VReg NewVReg()
    {
        bool isFloat = Chance(35);
        int units = isFloat && Chance(40) ? 2 : 1;
        VReg vreg = _builder.NewVReg(isFloat ? RegClass.Float : RegClass.Int, units, remat: false, reference: !isFloat && Chance(15));
        return vreg;
    }

    private VReg NewLike(VReg vreg)
    {
        TestProgram.VRegData data = _builder.Data(vreg);
        return _builder.NewVReg(data.Class, data.Units, false, data.Reference);
    }

    private VReg Pick() => _live[Chance(60) ? _random.Next(Math.Max(0, _live.Count - 6), _live.Count) : _random.Next(_live.Count)];

    private RegClass ClassOf(VReg vreg) => _builder.Data(vreg).Class;

    private PReg RandomRegister(RegClass regClass)
    {
        ReadOnlySpan<PReg> order = _env.Order(regClass);
        return order[_random.Next(order.Length)];
    }

    private void Arguments()
    {
        List<Operand> operands = new();
        PRegSet used = default;
        int count = 1 + _random.Next(Math.Min(_env.IntRegisters.Count, _env.FloatRegisters.Count));
        for (int i = 0; i < count; i++)
        {
            VReg vreg = NewVReg();
            PReg register = RandomRegister(ClassOf(vreg));
            if (used.Contains(register)) continue;
            used = used.With(register);
            operands.Add(Operand.DefFixed(vreg, register));
            _live.Add(vreg);
        }

        if (_live.Count == 0 || Chance(20))
        {
            VReg vreg = NewVReg();
            operands.Add(new Operand(vreg, OperandConstraint.Stack, OperandKind.Def, OperandPosition.Late));
            _live.Add(vreg);
        }

        FunctionBuilder.Inst(_at, operands.ToArray());
    }

    private void Statements(int depth, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int kind = _random.Next(100);
            bool room = _blocks + 8 < _maxBlocks;
            if (kind < 12 && room && depth < 4) If(depth);
            else if (kind < 22 && room && depth < 4) Loop(depth);
            else if (kind < 25 && room) Switch(depth);
            else if (kind < 35) Call();
            else if (kind < 45) Constant();
            else Plain();
        }
    }

    private Operand[] ReturnOperands()
    {
        List<Operand> operands = new();
        PRegSet used = default;
        for (int i = 0; i < 3; i++)
        {
            VReg vreg = Pick();
            PReg register = RandomRegister(ClassOf(vreg));
            if (used.Contains(register)) continue;
            used = used.With(register);
            operands.Add(Operand.UseFixed(vreg, register));
        }

        return operands.ToArray();
    }

    private Operand[] Condition() => Chance(50) ? [Operand.Use(Pick())] : Chance(50) ? [Operand.UseAny(Pick())] : [];

    // --- Instructions ------------------------------------------------------------------------------------

    private void Constant()
    {
        bool isFloat = Chance(40);
        VReg vreg = _builder.NewVReg(isFloat ? RegClass.Float : RegClass.Int, 1, remat: true);
        FunctionBuilder.Inst(_at, Operand.Def(vreg));
        _live.Add(vreg);
    }

    private void Plain()
    {
        List<Operand> operands = new();
        int[] room = [_env.IntRegisters.Count, _env.FloatRegisters.Count];
        PRegSet fixedRegisters = default;
        int uses = _random.Next(4);
        for (int i = 0; i < uses; i++)
        {
            VReg vreg = Pick();
            int regClass = (int)ClassOf(vreg);
            bool late = Chance(15);
            OperandPosition position = late ? OperandPosition.Late : OperandPosition.Early;
            int kind = _random.Next(100);
            if (kind < 25 || room[regClass] <= 1)
            {
                operands.Add(new Operand(vreg, OperandConstraint.Any, OperandKind.Use, position));
                continue;
            }

            if (kind < 30 && !_builder.Data(vreg).Remat)
            {
                operands.Add(new Operand(vreg, OperandConstraint.Stack, OperandKind.Use, position));
                continue;
            }

            room[regClass]--;
            PReg register = RandomRegister((RegClass)regClass);
            if (kind < 45 && !fixedRegisters.Contains(register))
            {
                fixedRegisters = fixedRegisters.With(register);
                operands.Add(new Operand(vreg, OperandConstraint.Fixed, OperandKind.Use, position, register.Index));
                continue;
            }

            operands.Add(new Operand(vreg, OperandConstraint.Reg, OperandKind.Use, position));
        }

        int useCount = operands.Count;
        List<VReg> defined = new();
        int reusable = -1;
        for (int i = 0; i < useCount; i++)
        {
            if (operands[i].Position == OperandPosition.Early && operands[i].Constraint is OperandConstraint.Reg or OperandConstraint.Any && operands[i].Position == OperandPosition.Early) reusable = i;
        }

        int defs = Chance(80) ? 1 : _random.Next(3);
        for (int i = 0; i < defs; i++)
        {
            int kind = _random.Next(100);
            if (kind < 45 && reusable >= 0 && room[(int)ClassOf(operands[reusable].VReg)] > 0)
            {
                VReg result = NewLike(operands[reusable].VReg);
                room[(int)ClassOf(result)]--;
                operands.Add(Operand.DefReuse(result, reusable));
                defined.Add(result);
                reusable = -1;
                continue;
            }

            VReg vreg = NewVReg();
            int regClass = (int)ClassOf(vreg);
            if (room[regClass] <= 0 || kind > 93)
            {
                operands.Add(Operand.DefAny(vreg));
                defined.Add(vreg);
                continue;
            }

            room[regClass]--;
            PReg register = RandomRegister((RegClass)regClass);
            OperandPosition position = Chance(15) ? OperandPosition.Early : OperandPosition.Late;
            if (kind > 80 && !fixedRegisters.Contains(register))
            {
                fixedRegisters = fixedRegisters.With(register);
                operands.Add(new Operand(vreg, OperandConstraint.Fixed, OperandKind.Def, position, register.Index));
            }
            else operands.Add(new Operand(vreg, OperandConstraint.Reg, OperandKind.Def, position));

            defined.Add(vreg);
        }

        PRegSet clobbers = default;
        if (Chance(8) && room[0] > 0)
        {
            PReg register = RandomRegister(RegClass.Int);
            if (!fixedRegisters.Contains(register)) clobbers = clobbers.With(register);
        }

        FunctionBuilder.Clobbering(_at, clobbers, operands.ToArray());
        _live.AddRange(defined);
    }

    private void Call()
    {
        List<Operand> operands = new();
        PRegSet used = default;
        int count = _random.Next(5);
        for (int i = 0; i < count; i++)
        {
            VReg vreg = Pick();
            PReg register = RandomRegister(ClassOf(vreg));
            if (used.Contains(register)) continue;
            used = used.With(register);
            operands.Add(Operand.UseFixed(vreg, register));
        }

        VReg target = Pick();
        if (Chance(40) && (used & _env.Registers(ClassOf(target))).Count < _env.Registers(ClassOf(target)).Count)
            operands.Add(Chance(50) ? Operand.Use(target) : Operand.UseAny(target));
        List<VReg> defined = new();
        used = default;
        for (int i = _random.Next(3); i > 0; i--)
        {
            VReg vreg = NewVReg();
            PReg register = RandomRegister(ClassOf(vreg));
            if (used.Contains(register)) continue;
            used = used.With(register);
            operands.Add(Operand.DefFixed(vreg, register));
            defined.Add(vreg);
        }

        FunctionBuilder.Clobbering(_at, Machines.All(_env), operands.ToArray());
        _live.AddRange(defined);
    }

    // --- Control flow ------------------------------------------------------------------------------------

    private VReg[] PickArguments(VReg[] parameters)
    {
        VReg[] arguments = new VReg[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            TestProgram.VRegData wanted = _builder.Data(parameters[i]);
            VReg found = default;
            for (int attempt = 0; attempt < 20 && found.Id == 0; attempt++)
            {
                VReg vreg = Pick();
                TestProgram.VRegData data = _builder.Data(vreg);
                if (data.Class == wanted.Class && data.Units == wanted.Units && data.Reference == wanted.Reference) found = vreg;
            }

            if (found.Id == 0)
            {
                found = _builder.NewVReg(wanted.Class, wanted.Units, false, wanted.Reference);
                FunctionBuilder.Inst(_at, Operand.Def(found));
                _live.Add(found);
            }

            arguments[i] = found;
        }

        return arguments;
    }

    private VReg[] NewParams(int most)
    {
        VReg[] parameters = new VReg[_random.Next(most + 1)];
        for (int i = 0; i < parameters.Length; i++) parameters[i] = NewVReg();
        return parameters;
    }

    private void If(int depth)
    {
        FunctionBuilder.Block then = NewBlock(_at.Depth), otherwise = NewBlock(_at.Depth);
        FunctionBuilder.Branch(_at, Condition(), then, otherwise);
        VReg[] parameters = NewParams(4);
        int live = _live.Count;
        FunctionBuilder.Block join = NewBlock(_at.Depth);
        join.Params.AddRange(parameters);
        foreach (FunctionBuilder.Block arm in new[] { then, otherwise })
        {
            _at = arm;
            Statements(depth + 1, _random.Next(5));
            VReg[] arguments = PickArguments(parameters);
            if (arm == otherwise && Chance(15)) FunctionBuilder.Return(_at, ReturnOperands());
            else FunctionBuilder.Jump(_at, join, arguments);
            _live.RemoveRange(live, _live.Count - live);
        }

        _at = join;
        _live.AddRange(parameters);
    }

    private void Switch(int depth)
    {
        int cases = 2 + _random.Next(3);
        FunctionBuilder.Block[] targets = new FunctionBuilder.Block[cases];
        for (int i = 0; i < cases; i++) targets[i] = NewBlock(_at.Depth);
        // A block with one predecessor may have parameters too, even if it is one of many successors.
        VReg parameter = NewVReg();
        VReg[] arguments = PickArguments([parameter]);
        FunctionBuilder.Branch(_at, Condition(), targets);
        _at.Edges[0] = (targets[0], arguments);
        targets[0].Params.Add(parameter);
        VReg[] joined = NewParams(2);
        FunctionBuilder.Block join = NewBlock(_at.Depth);
        join.Params.AddRange(joined);
        int live = _live.Count;
        for (int i = 0; i < cases; i++)
        {
            _at = targets[i];
            if (i == 0) _live.Add(parameter);
            Statements(depth + 1, _random.Next(3));
            FunctionBuilder.Jump(_at, join, PickArguments(joined));
            _live.RemoveRange(live, _live.Count - live);
        }

        _at = join;
        _live.AddRange(joined);
    }

    private void Loop(int depth)
    {
        VReg[] parameters = NewParams(4);
        VReg[] initial = PickArguments(parameters);
        int outer = _at.Depth;
        FunctionBuilder.Block header = NewBlock(outer + 1);
        header.Params.AddRange(parameters);
        FunctionBuilder.Jump(_at, header, initial);
        int live = _live.Count;
        _at = header;
        _live.AddRange(parameters);
        Statements(depth + 1, 1 + _random.Next(6));
        VReg[] next = PickArguments(parameters);
        FunctionBuilder.Block back = NewBlock(outer + 1), exit = NewBlock(outer);
        FunctionBuilder.Branch(_at, Condition(), back, exit);
        FunctionBuilder.Jump(back, header, next);
        _at = exit;
        // All that the loop defined on the way to its exit dominates it; use some of it.
        while (_live.Count > live + 4) _live.RemoveAt(live + _random.Next(_live.Count - live));
    }
}
