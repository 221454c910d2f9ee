using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;

namespace Kiln.Codegen.Tests.X64;

/// <summary>
/// A random function that ends: arithmetic on variables of each type, vectors included, memory accesses inside a buffer, ifs, bounded loops,
/// br_tables, traps and calls. Equal seeds give equal functions. Floats are cleared of NaNs before their bits are
/// seen, because several are right.
/// </summary>
internal sealed partial class RandomIr
{
    public const int MemoryBytes = 8192;

    private static readonly IrType[] Types = [IrType.I32, IrType.I64, IrType.F32, IrType.F64, IrType.V128, IrType.Ref];

    private readonly Random _random;
    private readonly FunctionBuilder _b = new();
    private readonly IrFunction _function = new();
    private readonly Dictionary<IrType, Variable[]> _variables = [];
    private readonly FuncRef _callee;
    private readonly SigRef _calleeSig;
    private readonly IrType[] _calleeParams = [];
    private Value _memory;
    private int _budget;

    private RandomIr(int seed, IrFunction? callee)
    {
        _random = new Random(seed);
        _budget = _random.Next(5, 60);
        IrType[] parameters = RandomTypes(_random.Next(4, 28), first: IrType.I64);
        IrType[] results = RandomTypes(_random.Next(1, 14), first: IrType.I64);
        _function.Name = $"seed{seed}";
        _function.Signature = _function.AddSignature(parameters, results);
        if (callee is not null)
        {
            _calleeParams = callee.ParamTypes(callee.Signature).ToArray();
            _calleeSig = _function.AddSignature(_calleeParams, callee.ResultTypes(callee.Signature).ToArray());
            _callee = _function.AddFunction(_calleeSig, new ExternalName(0, 0));
        }
    }

    /// <summary>Builds a function; with a callee it calls u0:0, which has that function's signature.</summary>
    public static IrFunction Build(int seed, IrFunction? callee = null) => new RandomIr(seed, callee).Build();

    private IrType[] RandomTypes(int count, IrType first)
    {
        var types = new IrType[count];
        types[0] = first;
        for (int i = 1; i < count; i++) types[i] = Types[_random.Next(6)];
        return types;
    }

    private IrFunction Build()
    {
        _b.Begin(_function);
        Block entry = _b.CreateEntryBlock();
        Value[] parameters = _b.BlockParams(entry).ToArray();
        _memory = parameters[0];
        int count = _random.Next(2, 10);
        foreach (IrType type in Types)
        {
            var variables = new Variable[count];
            for (int i = 0; i < count; i++)
            {
                variables[i] = _b.DeclareVariable(type);
                _b.DefVar(variables[i], Constant(type));
            }

            _variables[type] = variables;
        }

        for (int i = 1; i < parameters.Length; i++) Set(parameters[i]);
        Statements(4);
        IrType[] resultTypes = _function.ResultTypes(_function.Signature).ToArray();
        var results = new Value[resultTypes.Length];
        for (int i = 0; i < results.Length; i++) results[i] = Clean(Get(resultTypes[i]));
        _b.Return(results);
        return _b.Finish();
    }

    private Value Get(IrType type) => _b.UseVar(_variables[type][_random.Next(_variables[type].Length)]);

    private void Set(Value value)
    {
        Variable[] variables = _variables[_b.TypeOf(value)];
        _b.DefVar(variables[_random.Next(variables.Length)], value);
    }

    private Value Operand(IrType type) => _random.Next(4) == 0 ? Constant(type) : Get(type);

    private Value Constant(IrType type)
    {
        if (type == IrType.V128) return _b.Vconst(RandomBits());
        if (type == IrType.Ref) return _b.Iconst(type, 0);
        long[] edges = EdgeValues.Of(type);
        long bits = _random.Next(3) == 0 ? _random.NextInt64() : edges[_random.Next(edges.Length)];
        return type switch
        {
            IrType.I32 => _b.I32Const((int)bits),
            IrType.I64 => _b.I64Const(bits),
            IrType.F32 => _b.F32Const((uint)bits),
            _ => _b.F64Const((ulong)bits),
        };
    }

    private Value Clean(Value value)
    {
        IrType type = _b.TypeOf(value);
        if (type is not (IrType.F32 or IrType.F64)) return value;
        return _b.Select(_b.Fcmp(FloatCC.Eq, value, value), value, type == IrType.F32 ? _b.F32Const(0x3F800000) : _b.F64Const(0x3FF0000000000000));
    }

    private void Statements(int depth)
    {
        int count = _random.Next(1, 8);
        for (int i = 0; i < count && _budget > 0; i++)
        {
            _budget--;
            _b.SourceLoc = new SourceLoc((uint)(1000 - _budget));
            switch (_random.Next(26))
            {
                case 0 when depth > 0: If(depth); break;
                case 1 when depth > 0: Loop(depth); break;
                case 2 when depth > 0: Table(depth); break;
                case 3 or 4: Load(); break;
                case 5 or 6: Store(); break;
                case 7: ReadModifyWrite(); break;
                case 8 when _callee.Id != 0: Call(); break;
                case 9: Trap(); break;
                case 10: Set(_b.Select(Condition(), Operand(IrType.I64), Operand(IrType.I64))); break;
                case 11: SelectAny(); break;
                case 12: Set(Condition()); break;
                case 13: Convert(); break;
                case >= 20: VectorStatement(); break;
                default: Arithmetic(); break;
            }
        }
    }

    private void SelectAny()
    {
        IrType type = Types[_random.Next(6)];
        Set(_b.Select(Condition(), Operand(type), Operand(type)));
    }

    private static readonly Opcode[] IntOps =
    [
        Opcode.Iadd, Opcode.Iadd, Opcode.Isub, Opcode.Imul, Opcode.Band, Opcode.Bor, Opcode.Bxor,
        Opcode.Ishl, Opcode.Ushr, Opcode.Sshr, Opcode.Rotl, Opcode.Rotr, Opcode.Udiv, Opcode.Sdiv, Opcode.Urem, Opcode.Srem,
    ];

    private static readonly Opcode[] FloatOps = [Opcode.Fadd, Opcode.Fsub, Opcode.Fmul, Opcode.Fdiv, Opcode.Fmin, Opcode.Fmax, Opcode.Fcopysign];
    private static readonly Opcode[] IntUnary = [Opcode.Clz, Opcode.Ctz, Opcode.Popcnt, Opcode.Bswap, Opcode.Sextend8, Opcode.Sextend16];
    private static readonly Opcode[] FloatUnary = [Opcode.Fabs, Opcode.Fneg, Opcode.Fsqrt, Opcode.Fceil, Opcode.Ffloor, Opcode.Ftrunc, Opcode.Fnearest];

    private void Arithmetic()
    {
        IrType type = Types[_random.Next(4)];
        bool isInt = type is IrType.I32 or IrType.I64;
        if (_random.Next(5) == 0)
        {
            Opcode[] unary = isInt ? IntUnary : FloatUnary;
            Set(_b.Unary(unary[_random.Next(unary.Length)], Operand(type)));
            return;
        }

        Opcode[] ops = isInt ? IntOps : FloatOps;
        Opcode op = ops[_random.Next(ops.Length)];
        Value x = Operand(type), y = Operand(type);
        // Most divisions shall not trap.
        if (op is >= Opcode.Udiv and <= Opcode.Srem && _random.Next(20) != 0)
        {
            if (op == Opcode.Sdiv) x = _b.Ushr(x, _b.Iconst(type, 1));
            y = _b.Bor(y, _b.Iconst(type, 1));
        }

        // Only the sign of a NaN would be seen.
        if (op == Opcode.Fcopysign) y = Clean(y);
        Set(_b.Binary(op, x, y));
    }

    private void Convert()
    {
        switch (_random.Next(14))
        {
            case 0: Set(_b.Uextend(Get(IrType.I32))); break;
            case 1: Set(_b.Sextend(Get(IrType.I32))); break;
            case 2: Set(_b.Ireduce(Get(IrType.I64))); break;
            case 3: Set(_b.Fpromote(Get(IrType.F32))); break;
            case 4: Set(_b.Fdemote(Get(IrType.F64))); break;
            case 5: Set(_b.Bitcast(Clean(Get(IrType.F64)))); break;
            case 6: Set(_b.Bitcast(Get(IrType.I64))); break;
            case 7: Set(_b.Bitcast(Clean(Get(IrType.F32)))); break;
            case 8: Set(_b.Bitcast(Get(IrType.I32))); break;
            case 9: Set(_b.FcvtToSintSat(Types[_random.Next(2)], Get(Types[2 + _random.Next(2)]))); break;
            case 10: Set(_b.FcvtToUintSat(Types[_random.Next(2)], Get(Types[2 + _random.Next(2)]))); break;
            case 11: Set(_b.FcvtFromSint(Types[2 + _random.Next(2)], Get(Types[_random.Next(2)]))); break;
            case 12: Set(_b.FcvtFromUint(Types[2 + _random.Next(2)], Get(Types[_random.Next(2)]))); break;
            default: Set(_b.Sextend32(Get(IrType.I64))); break;
        }
    }

    private Value Condition()
    {
        IrType type = Types[_random.Next(4)];
        Value condition = _random.Next(5) == 0 ? Get(IrType.I32)
            : _random.Next(8) == 0 ? VectorTest()
            : _random.Next(8) == 0 ? _b.Icmp(_random.Next(2) == 0 ? IntCC.Eq : IntCC.Ne, Operand(IrType.Ref), Operand(IrType.Ref))
            : _random.Next(6) == 0 ? _b.Band(Get(IrType.I32), Operand(IrType.I32))
            : type is IrType.I32 or IrType.I64 ? _b.Icmp((IntCC)_random.Next(10), Operand(type), Operand(type))
            : _b.Fcmp((FloatCC)_random.Next(6), Operand(type), Operand(type));
        return _random.Next(4) == 0 ? _b.IcmpImm(IntCC.Eq, condition, 0) : condition;
    }

    // Memory: base + (index & mask), sometimes scaled, plus a small offset; always inside the buffer.
    private Value Address(out int offset)
    {
        offset = _random.Next(0, 64);
        Value index = _b.Uextend(_b.Band(Get(IrType.I32), _b.I32Const(0x3FF)));
        int shift = _random.Next(4);
        if (shift != 0 && _random.Next(2) == 0) index = _b.Ishl(index, _b.I64Const(shift > 2 ? 2 : shift));
        return _random.Next(4) == 0 ? _b.IaddImm(_memory, 8 * _random.Next(32)) : _b.Iadd(_memory, index);
    }

    private MemFlags Flags() => _random.Next(3) switch
    {
        0 => MemFlags.Guest(new Region(1)),
        1 => MemFlags.Trusted(default),
        _ => MemFlags.Guest(default),
    };

    private static readonly (Opcode Op, IrType Type)[] Loads =
    [
        (Opcode.Load, IrType.I32), (Opcode.Load, IrType.I64), (Opcode.Load, IrType.I32), (Opcode.Load, IrType.I64),
        (Opcode.Uload8, IrType.I32), (Opcode.Sload8, IrType.I32), (Opcode.Uload8, IrType.I64), (Opcode.Sload8, IrType.I64),
        (Opcode.Uload16, IrType.I32), (Opcode.Sload16, IrType.I32), (Opcode.Uload16, IrType.I64), (Opcode.Sload16, IrType.I64),
        (Opcode.Uload32, IrType.I64), (Opcode.Sload32, IrType.I64), (Opcode.Load, IrType.F32), (Opcode.Load, IrType.F64),
    ];

    private void Load()
    {
        Value address = Address(out int offset);
        if (_random.Next(10) == 0)
        {
            Set(_b.Load(IrType.Ref, Flags(), address, offset));
            return;
        }

        (Opcode op, IrType type) = Loads[_random.Next(Loads.Length)];
        Value loaded = _b.Load(op, type, Flags(), address, offset);
        switch (_random.Next(4))
        {
            case 0:
                Set(loaded);
                break;
            case 1 when type is IrType.I32 or IrType.I64:
                Set(_b.Icmp((IntCC)_random.Next(10), loaded, Operand(type)));
                break;
            default:
                Opcode[] ops = type is IrType.I32 or IrType.I64 ? IntOps[..12] : FloatOps;
                Set(_b.Binary(ops[_random.Next(ops.Length)], Operand(type), loaded));
                break;
        }
    }

    private void Store()
    {
        Value address = Address(out int offset);
        switch (_random.Next(7))
        {
            case 6: _b.Store(Flags(), Operand(IrType.Ref), address, offset); break;
            case 0: _b.Istore8(Flags(), Operand(Types[_random.Next(2)]), address, offset); break;
            case 1: _b.Istore16(Flags(), Operand(Types[_random.Next(2)]), address, offset); break;
            case 2: _b.Istore32(Flags(), Operand(IrType.I64), address, offset); break;
            default: _b.Store(Flags(), Clean(Operand(Types[_random.Next(4)])), address, offset); break;
        }
    }

    private void ReadModifyWrite()
    {
        Value address = Address(out int offset);
        IrType type = Types[_random.Next(2)];
        Opcode op = IntOps[_random.Next(7)];
        MemFlags flags = Flags();
        switch (_random.Next(3))
        {
            case 0:
                _b.Istore8(flags, _b.Binary(op, _b.Uload8(type, flags, address, offset), Operand(type)), address, offset);
                break;
            case 1:
                _b.Istore16(flags, _b.Binary(op, Operand(type), _b.Sload16(type, flags, address, offset)), address, offset);
                break;
            default:
                _b.Store(flags, _b.Binary(op, _b.Load(type, flags, address, offset), Operand(type)), address, offset);
                break;
        }
    }

    private void Trap()
    {
        // Seldom true.
        Value rare = _b.IcmpImm(IntCC.Eq, _b.Band(Get(IrType.I32), _b.I32Const(0x7F)), 77);
        if (_random.Next(2) == 0) _b.Trapnz(rare, new TrapCode(11));
        else _b.Trapz(_b.IcmpImm(IntCC.Eq, rare, 0), new TrapCode(12));
    }

    private void Call()
    {
        var args = new Value[_calleeParams.Length];
        args[0] = _memory;
        for (int i = 1; i < args.Length; i++) args[i] = Clean(Operand(_calleeParams[i]));
        Inst call = _random.Next(2) == 0 ? _b.Call(_callee, args) : _b.CallIndirect(_calleeSig, _b.FuncAddr(_callee), args);
        foreach (Value result in _function.Dfg.Results(call))
        {
            if (_random.Next(4) != 0) Set(result);
        }
    }

    private void If(int depth)
    {
        Block then = _b.CreateBlock(), otherwise = _b.CreateBlock(), join = _b.CreateBlock();
        bool hasElse = _random.Next(2) == 0;
        _b.Brif(Condition(), then, hasElse ? otherwise : join);
        _b.SwitchToBlock(then);
        _b.SealBlock(then);
        if (_random.Next(8) == 0) _b.SetCold(then);
        Statements(depth - 1);
        _b.Jump(join);
        if (hasElse)
        {
            _b.SwitchToBlock(otherwise);
            _b.SealBlock(otherwise);
            Statements(depth - 1);
            _b.Jump(join);
        }

        _b.SwitchToBlock(join);
        _b.SealBlock(join);
    }

    private void Loop(int depth)
    {
        Variable counter = _b.DeclareVariable(IrType.I32);
        _b.DefVar(counter, _b.I32Const(_random.Next(1, 7)));
        Block header = _b.CreateBlock(), exit = _b.CreateBlock();
        _b.Jump(header);
        _b.SwitchToBlock(header);
        Statements(depth - 1);
        if (_random.Next(3) == 0)
        {
            Block go = _b.CreateBlock();
            _b.Brif(Condition(), exit, go);
            _b.SwitchToBlock(go);
            _b.SealBlock(go);
            Statements(depth - 1);
        }

        Value left = _b.Isub(_b.UseVar(counter), _b.I32Const(1));
        _b.DefVar(counter, left);
        _b.Brif(_random.Next(2) == 0 ? left : _b.IcmpImm(IntCC.Sgt, left, 0), header, exit);
        _b.SealBlock(header);
        _b.SwitchToBlock(exit);
        _b.SealBlock(exit);
    }

    private void Table(int depth)
    {
        int arms = _random.Next(1, 5);
        var blocks = new Block[arms];
        for (int i = 0; i < arms; i++) blocks[i] = _b.CreateBlock();
        Block join = _b.CreateBlock();
        var targets = new Block[_random.Next(1, 9)];
        for (int i = 0; i < targets.Length; i++) targets[i] = _random.Next(6) == 0 ? join : blocks[_random.Next(arms)];
        Value index = _random.Next(3) == 0 ? Get(IrType.I32) : _b.Band(Get(IrType.I32), _b.I32Const(7));
        _b.BrTable(index, targets, blocks[0]);
        foreach (Block block in blocks)
        {
            _b.SwitchToBlock(block);
            _b.SealBlock(block);
            Statements(depth - 1);
            _b.Jump(join);
        }

        _b.SwitchToBlock(join);
        _b.SealBlock(join);
    }
}
