using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Codegen.Ir.Interpretation;

namespace Kiln.Codegen.Tests.Opt;

/// <summary>
/// Makes well-formed functions from seeds: structured control flow over mutable variables, all scalar
/// opcodes, memory in several regions, calls. Loops end because each counts down; every memory access is in
/// bounds, or traps where it is allowed to.
/// </summary>
/// <remarks>
/// Memory (first parameter): bytes 0-63 are read-only, 64-127 region 1, 128-191 region 2; accesses without
/// region may touch all of 64-191. Loops poll the word at <see cref="PollOffset"/>, which nothing writes: it has to be zero.
/// </remarks>
public sealed class RandomFunction
{
    /// <summary>Bytes of memory that a function needs.</summary>
    public const int MemoryByteCount = 256;

    /// <summary>Where in memory the flag is that loops poll, in bytes.</summary>
    public const int PollOffset = 192;

    private static readonly IrType[] _types = [IrType.I32, IrType.I64, IrType.F32, IrType.F64];
    private static readonly Opcode[] _intBinary =
    [
        Opcode.Iadd, Opcode.Isub, Opcode.Imul, Opcode.Band, Opcode.Bor, Opcode.Bxor,
        Opcode.Ishl, Opcode.Ushr, Opcode.Sshr, Opcode.Rotl, Opcode.Rotr, Opcode.Udiv, Opcode.Sdiv, Opcode.Urem, Opcode.Srem,
    ];

    private static readonly Opcode[] _intUnary = [Opcode.Clz, Opcode.Ctz, Opcode.Popcnt, Opcode.Bswap, Opcode.Sextend8, Opcode.Sextend16];
    private static readonly Opcode[] _floatBinary = [Opcode.Fadd, Opcode.Fsub, Opcode.Fmul, Opcode.Fdiv, Opcode.Fmin, Opcode.Fmax, Opcode.Fcopysign];
    private static readonly Opcode[] _floatUnary = [Opcode.Fabs, Opcode.Fneg, Opcode.Fsqrt, Opcode.Fceil, Opcode.Ffloor, Opcode.Ftrunc, Opcode.Fnearest];
    private static readonly long[] _interesting =
    [
        0, 1, 2, 3, 4, 5, 7, 8, 10, 16, 24, 31, 32, 33, 48, 56, 63, 64, 127, 128, 255, 256, 32767, 65535, 65536,
        -1, -2, -8, -128, -256, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue,
    ];

    private readonly Random _random;
    private readonly FunctionBuilder _b = new();
    private readonly List<Variable>[] _variables = [[], [], [], [], []];
    private readonly List<Value>[] _fresh = [[], [], [], [], []];
    private readonly bool _allowFloats;
    private FuncRef _callee;
    private Value _memory;
    private int _budget;

    private RandomFunction(int seed, bool allowFloats)
    {
        _random = new Random(seed);
        _allowFloats = allowFloats;
    }

    /// <summary>Parameter types of the functions: memory's address, then one of each type.</summary>
    public static ReadOnlySpan<IrType> ParamTypes => [IrType.I64, IrType.I32, IrType.I64, IrType.F32, IrType.F64];

    /// <summary>Result types of the functions.</summary>
    public static ReadOnlySpan<IrType> ResultTypes => [IrType.I32, IrType.I64, IrType.F32, IrType.F64];

    /// <summary>Writes the function of a seed into <paramref name="func"/>. It calls u1:0, (i32, i64) -> i32.</summary>
    public static void Make(int seed, IrFunction func, bool allowFloats = true) => new RandomFunction(seed, allowFloats).Write(func);

    /// <summary>Writes a function without control flow: eight expressions over the parameters, all of them results.</summary>
    public static void MakeExpressions(int seed, IrFunction func)
    {
        var random = new RandomFunction(seed, allowFloats: false);
        func.Clear();
        func.Name = "expressions";
        func.Signature = func.AddSignature(
            [IrType.I32, IrType.I32, IrType.I64, IrType.I64],
            [IrType.I32, IrType.I32, IrType.I32, IrType.I32, IrType.I64, IrType.I64, IrType.I64, IrType.I64]);
        random._b.Begin(func);
        Value[] parameters = random._b.BlockParams(random._b.CreateEntryBlock()).ToArray();
        var results = new Value[8];
        for (int i = 0; i < 8; i++)
        {
            int first = i < 4 ? 0 : 2;
            results[i] = random.Tree(i < 4 ? IrType.I32 : IrType.I64, parameters[first], parameters[first + 1], 2 + random._random.Next(2));
        }

        random._b.Return(results);
        random._b.Finish();
    }

    /// <summary>Arguments for a function of a seed; the memory's address is the caller's to set.</summary>
    public static IrValue[] Arguments(int seed)
    {
        var random = new Random(seed * 31 + 7);
        return
        [
            IrValue.I64(0),
            IrValue.I32((int)Pick(random)),
            IrValue.I64(Pick(random)),
            IrValue.F32((float)(Pick(random) * 0.5)),
            IrValue.F64(Pick(random) * 0.25),
        ];
    }

    /// <summary>A number that is often at an edge.</summary>
    public static long Pick(Random random) => random.Next(3) switch
    {
        0 => _interesting[random.Next(_interesting.Length)],
        1 => random.Next(-20, 20),
        _ => random.NextInt64(),
    };

    private void Write(IrFunction func)
    {
        func.Clear();
        func.Name = "random";
        func.Signature = func.AddSignature(ParamTypes, ResultTypes);
        _callee = func.AddFunction(func.AddSignature([IrType.I32, IrType.I64], [IrType.I32]), new ExternalName(1, 0));
        _b.Begin(func);
        Block entry = _b.CreateEntryBlock();
        Value[] parameters = _b.BlockParams(entry).ToArray();
        _memory = parameters[0];
        for (int i = 0; i < _types.Length; i++)
        {
            for (int k = 0; k < 3; k++)
            {
                Variable variable = _b.DeclareVariable(_types[i]);
                _variables[(int)_types[i]].Add(variable);
                if (k == 0) _b.DefVar(variable, parameters[i + 1]);
                if (k == 1) _b.DefVar(variable, _b.Load(_types[i], MemFlags.Trusted(new Region(1)), _memory, 64 + (i * 8)));
            }
        }

        _budget = 6 + _random.Next(40);
        Statements(0);
        if (!_b.IsTerminated) Return();
        _b.Finish();
    }

    private void Return() => _b.Return([Operand(IrType.I32), Operand(IrType.I64), Operand(IrType.F32), Operand(IrType.F64)]);

    private void EnterBlock(Block block)
    {
        _b.SwitchToBlock(block);
        foreach (List<Value> values in _fresh) values.Clear();
    }

    // Statements.

    private void Statements(int depth)
    {
        int count = 1 + _random.Next(6);
        for (int i = 0; i < count && _budget > 0 && !_b.IsTerminated; i++)
        {
            _budget--;
            switch (_random.Next(depth > 3 ? 10 : 16))
            {
                case < 6: Assign(); break;
                case < 8: Store(); break;
                case 8: _b.DefVar(Var(IrType.I32), Call()); break;
                case 9: ConditionalTrap(); break;
                case < 13: If(depth); break;
                case < 15: Loop(depth); break;
                default: Switch(depth); break;
            }
        }
    }

    private void Assign()
    {
        IrType type = AnyType();
        Value value = Computation(type);
        _fresh[(int)type].Add(value);
        Variable variable = Var(type);

        // Mostly added to what is there, so that a wrong value reaches the results.
        if (type.IsInt() && _random.Next(3) != 0) value = _b.Iadd(_b.Rotl(_b.UseVar(variable), _b.Iconst(type, 5)), value);
        _b.DefVar(variable, value);
    }

    private void If(int depth)
    {
        Block then = _b.CreateBlock(), otherwise = _b.CreateBlock(), join = _b.CreateBlock();
        bool hasElse = _random.Next(2) == 0;
        _b.Brif(Condition(), then, hasElse ? otherwise : join);
        _b.SealBlock(then);
        EnterBlock(then);
        Statements(depth + 1);
        if (!_b.IsTerminated && _random.Next(12) == 0) _b.Trap(new TrapCode(1));
        if (!_b.IsTerminated && _random.Next(12) == 0) Return();
        if (!_b.IsTerminated) _b.Jump(join);
        if (hasElse)
        {
            _b.SealBlock(otherwise);
            EnterBlock(otherwise);
            Statements(depth + 1);
            if (!_b.IsTerminated) _b.Jump(join);
        }

        _b.SealBlock(join);
        if (_b.PredecessorCount(join) != 0) EnterBlock(join);
    }

    private void Loop(int depth)
    {
        Block header = _b.CreateBlock(), exit = _b.CreateBlock();
        Variable counter = _b.DeclareVariable(IrType.I32);
        _b.DefVar(counter, _b.I32Const(1 + _random.Next(9)));
        _b.Jump(header);
        EnterBlock(header);
        bool polls = _random.Next(2) == 0;
        if (polls) Poll();
        if (polls && _random.Next(2) == 0) Small();
        else Statements(depth + 1);
        if (!_b.IsTerminated && _random.Next(3) == 0)
        {
            Block more = _b.CreateBlock();
            _b.Brif(Condition(), exit, more);
            _b.SealBlock(more);
            EnterBlock(more);
            if (polls) Small();
            else Statements(depth + 1);
        }

        if (!_b.IsTerminated)
        {
            Value old = _b.UseVar(counter);
            Value left = _b.IaddImm(old, -1);
            _b.DefVar(counter, left);
            _b.Brif(_random.Next(2) == 0 ? left : _b.IcmpImm(IntCC.Ne, old, 1), header, exit);
        }

        _b.SealBlock(header);
        _b.SealBlock(exit);
        if (_b.PredecessorCount(exit) != 0) EnterBlock(exit);
    }

    // As the translator does it: a trap, or a way out of line.
    private void Poll()
    {
        Value flag = _b.Load(IrType.I32, MemFlags.Trusted(new Region(8)).WithPoll(), _memory, PollOffset);
        if (_random.Next(3) != 0)
        {
            _b.Trapnz(flag, new TrapCode(11));
            return;
        }

        Block stop = _b.CreateBlock(), go = _b.CreateBlock();
        _b.Brif(flag, stop, go);
        _b.SealBlock(stop);
        EnterBlock(stop);
        _b.Func.Layout.SetCold(stop, true);
        Return();
        _b.SealBlock(go);
        EnterBlock(go);
    }

    // Few enough statements for a loop that is unrolled.
    private void Small()
    {
        for (int i = _random.Next(3); i > 0; i--)
        {
            IrType type = AnyType();
            Variable variable = Var(type);
            switch (_random.Next(4))
            {
                case 0: Store(); break;
                case 1: _b.DefVar(variable, Load(type)); break;
                case 2 when type.IsInt(): _b.DefVar(variable, _b.Iadd(_b.UseVar(variable), Operand(type))); break;
                default: _b.DefVar(variable, Operand(type)); break;
            }
        }
    }

    private void Switch(int depth)
    {
        var cases = new Block[1 + _random.Next(4)];
        for (int i = 0; i < cases.Length; i++) cases[i] = _b.CreateBlock();
        Block join = _b.CreateBlock();
        var targets = new Block[_random.Next(5)];
        for (int i = 0; i < targets.Length; i++) targets[i] = cases[_random.Next(cases.Length)];
        _b.BrTable(Operand(IrType.I32), targets, cases[0]);
        foreach (Block one in cases)
        {
            _b.SealBlock(one);
            if (_b.PredecessorCount(one) == 0) continue;
            EnterBlock(one);
            Statements(depth + 1);
            if (!_b.IsTerminated) _b.Jump(join);
        }

        _b.SealBlock(join);
        if (_b.PredecessorCount(join) != 0) EnterBlock(join);
    }

    private void ConditionalTrap()
    {
        // Mostly conditions that seldom hold.
        Value condition = _random.Next(4) == 0 ? Condition() : _b.IcmpImm(IntCC.Eq, Operand(IrType.I32), 12345);
        if (_random.Next(2) == 0) _b.Trapnz(condition, new TrapCode(14));
        else _b.Trapz(_b.IcmpImm(IntCC.Eq, condition, 0), new TrapCode(14));
    }

    private Value Call()
    {
        Inst call = _b.Call(_callee, [Operand(IrType.I32), Operand(IrType.I64)]);
        return _b.Func.Dfg.FirstResult(call);
    }

    // Values.

    private IrType AnyType() => _allowFloats ? _types[_random.Next(_types.Length)] : _types[_random.Next(2)];

    private Variable Var(IrType type) => _variables[(int)type][_random.Next(_variables[(int)type].Count)];

    private Value Operand(IrType type)
    {
        List<Value> fresh = _fresh[(int)type];
        int choice = _random.Next(6);
        if (choice == 0) return Constant(type);
        if (choice < 3 && fresh.Count != 0) return fresh[_random.Next(fresh.Count)];
        return _b.UseVar(Var(type));
    }

    private Value Constant(IrType type) => type switch
    {
        IrType.I32 => _b.I32Const((int)Pick(_random)),
        IrType.I64 => _b.I64Const(Pick(_random)),
        IrType.F32 => _b.F32Const(BitConverter.SingleToUInt32Bits(Pick(_random) * (_random.Next(2) == 0 ? 1f : 0.125f))),
        IrType.F64 => _b.F64Const(BitConverter.DoubleToUInt64Bits(Pick(_random) * (_random.Next(2) == 0 ? 1.0 : 0.125))),
        _ => throw new InvalidOperationException(),
    };

    private Value Condition()
    {
        Value condition = _random.Next(4) switch
        {
            0 => Operand(IrType.I32),
            1 when _allowFloats => _b.Fcmp((FloatCC)_random.Next(6), Operand(IrType.F64), Operand(IrType.F64)),
            2 => _b.Icmp((IntCC)_random.Next(10), Operand(IrType.I64), Operand(IrType.I64)),
            _ => _b.Icmp((IntCC)_random.Next(10), Operand(IrType.I32), Operand(IrType.I32)),
        };
        for (int i = _random.Next(3); i > 0; i--) condition = _b.IcmpImm(_random.Next(2) == 0 ? IntCC.Eq : IntCC.Ne, condition, 0);
        return condition;
    }

    private Value Computation(IrType type)
    {
        if (_random.Next(5) == 0) return Load(type);
        if (type.IsInt() && _random.Next(2) == 0) return Tree(type, Operand(type), Operand(type), 1 + _random.Next(3));
        if (_random.Next(8) == 0) return _b.Select(Condition(), Operand(type), Operand(type));
        return type.IsInt() ? IntComputation(type) : FloatComputation(type);
    }

    private Value IntComputation(IrType type)
    {
        IrType other = type == IrType.I32 ? IrType.I64 : IrType.I32;
        switch (_random.Next(12))
        {
            case < 6:
                Opcode op = _intBinary[_random.Next(_intBinary.Length)];
                Value right = _random.Next(2) == 0 ? Constant(type) : Operand(type);
                if (op is Opcode.Udiv or Opcode.Sdiv or Opcode.Urem or Opcode.Srem && _random.Next(4) != 0) right = _b.Bor(right, _b.Iconst(type, 1));
                return _random.Next(8) == 0 ? _b.Binary(op, right, Operand(type)) : _b.Binary(op, Operand(type), right);
            case 6: return _b.Unary(_intUnary[_random.Next(_intUnary.Length)], Operand(type));
            case 7 when type == IrType.I64: return _b.Sextend32(Operand(type));
            case 7 or 8 when type == IrType.I64: return _random.Next(2) == 0 ? _b.Uextend(Operand(other)) : _b.Sextend(Operand(other));
            case 7 or 8: return _b.Ireduce(Operand(other));
            case 9 when type == IrType.I32: return Condition();
            case 10 when _allowFloats && _random.Next(2) == 0: return _b.Unary(_random.Next(2) == 0 ? Opcode.FcvtToSintSat : Opcode.FcvtToUintSat, type, Operand(AnyFloat()));
            case 10 when _allowFloats: return _b.Bitcast(Operand(type.BitcastPartner()));
            case 11 when _allowFloats && _random.Next(3) == 0: return _b.Unary(_random.Next(2) == 0 ? Opcode.FcvtToSint : Opcode.FcvtToUint, type, Operand(AnyFloat()));
            default: return _b.Isub(Operand(type), Operand(type));
        }
    }

    // An expression over two leaves and constants: what rewrite rules match.
    private Value Tree(IrType type, Value x, Value y, int depth)
    {
        if (depth == 0) return _random.Next(4) switch { 0 => Constant(type), 1 => y, _ => x };
        switch (_random.Next(16))
        {
            case 0: return _b.Unary(_intUnary[_random.Next(_intUnary.Length)], Tree(type, x, y, depth - 1));
            case 1 when type == IrType.I64: return _random.Next(2) == 0 ? _b.Uextend(_b.Ireduce(Tree(type, x, y, depth - 1))) : _b.Sextend32(Tree(type, x, y, depth - 1));
            case 1: return _b.Ireduce(Tree(IrType.I64, _random.Next(2) == 0 ? _b.Uextend(x) : _b.Sextend(x), _random.Next(2) == 0 ? _b.Uextend(y) : _b.Sextend(y), depth - 1));
            case 2:
                Value bit = _b.Icmp((IntCC)_random.Next(10), Tree(type, x, y, depth - 1), Tree(type, x, y, depth - 1));
                return type == IrType.I32 ? bit : _b.Uextend(bit);
            case 3: return _b.Select(_b.Icmp((IntCC)_random.Next(10), x, Tree(type, x, y, depth - 1)), Tree(type, x, y, depth - 1), Tree(type, x, y, depth - 1));
            case 4: return _b.Binary((Opcode)((int)Opcode.Ishl + _random.Next(5)), Tree(type, x, y, depth - 1), _b.Iconst(type, _random.Next(70)));
            default: return _b.Binary(_intBinary[_random.Next(11)], Tree(type, x, y, depth - 1), Tree(type, x, y, depth - 1));
        }
    }

    private Value FloatComputation(IrType type) => _random.Next(9) switch
    {
        < 4 => _b.Binary(_floatBinary[_random.Next(_floatBinary.Length)], Operand(type), Operand(type)),
        4 or 5 => _b.Unary(_floatUnary[_random.Next(_floatUnary.Length)], Operand(type)),
        6 => _b.Unary(_random.Next(2) == 0 ? Opcode.FcvtFromSint : Opcode.FcvtFromUint, type, Operand(_types[_random.Next(2)])),
        7 => type == IrType.F64 ? _b.Fpromote(Operand(IrType.F32)) : _b.Fdemote(Operand(IrType.F64)),
        _ => _b.Bitcast(Operand(type.BitcastPartner())),
    };

    private IrType AnyFloat() => _random.Next(2) == 0 ? IrType.F32 : IrType.F64;

    // Memory.

    // An address from which 8 bytes can be accessed in a region's range, and an offset.
    private Value Address(Region region, out int offset)
    {
        int start = region.Id == 9 ? 0 : region.Id == 2 ? 128 : 64;
        offset = _random.Next(4) * 8;
        if (_random.Next(2) == 0) return _b.IaddImm(_memory, start + (_random.Next(3) * 4));
        Value index = _b.Band(Operand(IrType.I32), _b.I32Const(24));
        return _b.IaddImm(_b.Iadd(_memory, _b.Uextend(index)), start);
    }

    private MemFlags Flags(out Region region, bool isStore)
    {
        region = new Region((uint)_random.Next(isStore ? 3 : 4));
        if (region.Id == 3)
        {
            region = new Region(9);
            return MemFlags.Trusted(region).WithReadOnly().WithCanMove();
        }

        return _random.Next(2) == 0 ? MemFlags.Guest(region) : MemFlags.Trusted(region);
    }

    private Value Load(IrType type)
    {
        MemFlags flags = Flags(out Region region, isStore: false);
        Value address = Address(region, out int offset);
        if (type.IsFloat() || _random.Next(2) == 0) return _b.Load(type, flags, address, offset);
        var op = (Opcode)((int)Opcode.Uload8 + _random.Next(type == IrType.I64 ? 6 : 4));
        return _b.Load(op, type, flags, address, offset);
    }

    private void Store()
    {
        MemFlags flags = Flags(out Region region, isStore: true);
        Value address = Address(region, out int offset);
        IrType type = AnyType();
        Opcode op = type.IsInt() && _random.Next(2) == 0 ? (Opcode)((int)Opcode.Istore8 + _random.Next(type == IrType.I64 ? 3 : 2)) : Opcode.Store;
        _b.Store(op, flags, Operand(type), address, offset);
        if (_random.Next(2) == 0 && type.IsInt() && op != Opcode.Store)
        {
            // Read back at the same width, to meet forwarding.
            var load = (Opcode)((int)Opcode.Uload8 + (((int)op - (int)Opcode.Istore8) * 2) + _random.Next(2));
            _b.DefVar(Var(type), _b.Load(load, type, flags, address, offset));
        }
    }
}
