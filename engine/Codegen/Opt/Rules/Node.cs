using System;
using System.Numerics;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>
/// An instruction as the rules see it: its opcode, its operands, and the instructions that define those. A
/// value that no instruction defines (a parameter, a call's second result) has the opcode <see cref="Opaque"/>.
/// </summary>
/// <remarks>
/// Rules never write to instructions, so the reference held here stays right even when the instruction table
/// has grown meanwhile.
/// </remarks>
internal readonly ref struct Node
{
    /// <summary>What <see cref="Op"/> is for a value without an instruction of one result.</summary>
    public const Opcode Opaque = (Opcode)255;

    private static readonly InstData _opaqueData = new() { Op = Opaque };

    private readonly RuleContext _context;
    private readonly ref readonly InstData _data;

    /// <summary>The root: the instruction to be simplified, which may have no value yet.</summary>
    public Node(RuleContext context, ref readonly InstData data)
    {
        _context = context;
        _data = ref data;
    }

    private Node(RuleContext context, Value value)
    {
        _context = context;
        Value = value;
        Inst inst = context.Dfg.DefInst(value);
        if (inst == default || context.Dfg.ResultCount(inst) != 1) _data = ref _opaqueData;
        else _data = ref context.Dfg.Insts[inst];
    }

    /// <summary>The value; none for a root.</summary>
    public Value Value { get; }

    public Opcode Op => _data.Op;

    public IrType Type => _data.Type;

    public Value A => _context.Dfg.Resolve(_data.A);

    public Value B => _context.Dfg.Resolve(_data.B);

    public Value C => _context.Dfg.Resolve(_data.C);

    public long Imm => _data.Imm;

    public LaneShape Lanes => _data.Lanes;

    public int LaneIndex => _data.LaneIndex;

    public IntCC IntCC => _data.IntCC;

    public FloatCC FloatCC => _data.FloatCC;

    /// <summary>What defines the first operand.</summary>
    public Node X => new(_context, A);

    /// <summary>What defines the second operand.</summary>
    public Node Y => new(_context, B);

    /// <summary>What defines the third operand.</summary>
    public Node Z => new(_context, C);

    /// <summary>True for integer constants.</summary>
    public bool IsConst => _data.Op == Opcode.Iconst;

    /// <summary>True for vector constants; <see cref="Vector"/> is its value.</summary>
    public bool IsVector => _data.Op == Opcode.Vconst;

    /// <summary>The bits of a vector constant, or the mask of a shuffle.</summary>
    public UInt128 Vector => _context.Constants[_data.Constant];

    /// <summary>True for a vector constant of zeros.</summary>
    public bool IsZeros => IsVector && Vector == 0;

    /// <summary>True for a vector constant of ones.</summary>
    public bool IsOnes => IsVector && Vector == UInt128.MaxValue;

    /// <summary>The type of the value, which for comparisons is not <see cref="Type"/>.</summary>
    public IrType ValueType => _context.Dfg.TypeOf(Value);

    /// <summary>Width of <see cref="Type"/> in bits.</summary>
    public int Bits => _data.Type == IrType.I32 || _data.Type == IrType.F32 ? 32 : 64;

    /// <summary>True for comparisons: a value that is 0 or 1.</summary>
    public bool IsBool => Op is Opcode.Icmp or Opcode.Fcmp || MaxUnsigned() <= 1;

    /// <summary>True for a constant with one bit set; its number is <paramref name="k"/>.</summary>
    public bool IsPow2(out int k)
    {
        ulong imm = Type == IrType.I32 ? (uint)Imm : (ulong)Imm;
        k = BitOperations.TrailingZeroCount(imm);
        return IsConst && BitOperations.IsPow2(imm);
    }

    /// <summary>An upper bound of the integer value, unsigned in its type's width, as far as it is known.</summary>
    public ulong MaxUnsigned() => _context.Facts.Max(Value);

    /// <summary>All bits that the integer value may have, as far as it is known.</summary>
    public ulong PossibleOnes() => _context.Facts.Ones(Value);

    // What rules build. The result is of this node's type unless another is given.

    /// <summary>A constant of this node's type; only the type's width of it counts.</summary>
    public Value Const(long value) => _context.Build(ConstantData.Int(Type, value));

    /// <summary>A constant of a type.</summary>
    public Value Const(IrType type, long value) => _context.Build(ConstantData.Int(type, value));

    /// <summary>A float constant of this node's type by its bits.</summary>
    public Value ConstFloat(long bits) =>
        _context.Build(Type == IrType.F32 ? ConstantData.F32Bits((uint)bits) : ConstantData.F64Bits((ulong)bits));

    /// <summary>A binary instruction.</summary>
    public Value Emit(Opcode op, Value a, Value b) => _context.Build(new InstData { Op = op, Type = Type, A = a, B = b });

    /// <summary>A binary instruction of a type.</summary>
    public Value Emit(Opcode op, IrType type, Value a, Value b) => _context.Build(new InstData { Op = op, Type = type, A = a, B = b });

    /// <summary>A unary instruction.</summary>
    public Value Emit(Opcode op, Value a) => _context.Build(new InstData { Op = op, Type = Type, A = a });

    /// <summary>A unary instruction of a type.</summary>
    public Value Emit(Opcode op, IrType type, Value a) => _context.Build(new InstData { Op = op, Type = type, A = a });

    /// <summary>A comparison of operands of a type.</summary>
    public Value EmitIcmp(IntCC cc, IrType type, Value a, Value b) =>
        _context.Build(new InstData { Op = Opcode.Icmp, Type = type, IntCC = cc, A = a, B = b });

    /// <summary>A comparison of floats.</summary>
    public Value EmitFcmp(FloatCC cc, IrType type, Value a, Value b) =>
        _context.Build(new InstData { Op = Opcode.Fcmp, Type = type, FloatCC = cc, A = a, B = b });

    /// <summary>A vector constant.</summary>
    public Value ConstVector(UInt128 value) => _context.Build(new InstData { Op = Opcode.Vconst, Type = IrType.V128, Constant = _context.Constants.Add(value) });

    /// <summary>A vector instruction of this node's shape.</summary>
    public Value EmitLanes(Opcode op, Value a) => _context.Build(new InstData { Op = op, Type = IrType.V128, Lanes = Lanes, A = a });

    /// <summary>A vector instruction of this node's shape.</summary>
    public Value EmitLanes(Opcode op, Value a, Value b) => _context.Build(new InstData { Op = op, Type = IrType.V128, Lanes = Lanes, A = a, B = b });

    /// <summary>An instruction on whole vectors.</summary>
    public Value EmitVector(Opcode op, Value a, Value b = default, Value c = default) =>
        _context.Build(new InstData { Op = op, Type = IrType.V128, A = a, B = b, C = c });

    /// <summary>A shuffle.</summary>
    public Value EmitShuffle(Value a, Value b, UInt128 mask) =>
        _context.Build(new InstData { Op = Opcode.Vshuffle, Type = IrType.V128, A = a, B = b, Constant = _context.Constants.Add(mask) });

    /// <summary>This node's extraction or insertion with other operands.</summary>
    public Value EmitLane(Value a, Value b = default) =>
        _context.Build(new InstData { Op = Op, Type = IrType.V128, Lanes = Lanes, A = a, B = b, LaneIndex = LaneIndex });

    /// <summary>A comparison of integer lanes of a shape.</summary>
    public Value EmitVicmp(LaneShape lanes, IntCC cc, Value a, Value b) =>
        _context.Build(new InstData { Op = Opcode.Vicmp, Type = IrType.V128, Lanes = lanes, IntCC = cc, A = a, B = b });

    /// <summary>A comparison of float lanes of a shape.</summary>
    public Value EmitVfcmp(LaneShape lanes, FloatCC cc, Value a, Value b) =>
        _context.Build(new InstData { Op = Opcode.Vfcmp, Type = IrType.V128, Lanes = lanes, FloatCC = cc, A = a, B = b });

    /// <summary>A selection.</summary>
    public Value EmitSelect(Value condition, Value a, Value b) =>
        _context.Build(new InstData { Op = Opcode.Select, Type = Type, A = condition, B = a, C = b });
}
