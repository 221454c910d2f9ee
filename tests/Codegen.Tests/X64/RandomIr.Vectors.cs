using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Codegen.Ir.Semantics;

namespace Kiln.Codegen.Tests.X64;

// Statements on vectors. Lanes of float arithmetic are cleared of NaNs at once.
internal sealed partial class RandomIr
{
    private static readonly (Opcode Op, LaneShape Lanes)[] VectorOps = FindVectorOps();
    private static readonly UInt128[] Masks = [.. ShuffleMasks.All()];

    private static (Opcode, LaneShape)[] FindVectorOps()
    {
        var ops = new List<(Opcode, LaneShape)>();
        foreach (OpcodeRow row in OpcodeTable.Rows.ToArray())
        {
            // Not every machine fuses; the others have operands of their own.
            if (!VectorSemantics.Covers(row.Op) || row.Op is Opcode.Vffma or Opcode.Vffnma) continue;
            if (row.Format is not (InstFormat.Unary or InstFormat.Binary or InstFormat.Ternary)) continue;
            for (LaneShape lanes = LaneShape.None; lanes <= LaneShape.F64x2; lanes++)
            {
                if (row.Lanes == LaneSet.None ? lanes == LaneShape.None : row.Lanes.Contains(lanes)) ops.Add((row.Op, lanes));
            }
        }

        return ops.ToArray();
    }

    private UInt128 RandomBits()
    {
        List<UInt128> edges = LaneVectors.Of(Opcode.Viadd, LaneShape.I8x16);
        return _random.Next(4) switch
        {
            0 => new UInt128((ulong)_random.NextInt64(), (ulong)_random.NextInt64()),
            1 => UInt128.MaxValue * (uint)_random.Next(2),
            _ => edges[_random.Next(edges.Count)],
        };
    }

    private LaneShape RandomLanes(LaneShape last = LaneShape.F64x2) => (LaneShape)_random.Next(1, (int)last + 1);

    private Value Vector() => _random.Next(6) switch
    {
        0 => _b.Vconst(RandomBits()),
        1 => VectorLoad(),
        _ => Get(IrType.V128),
    };

    private Value VectorLoad()
    {
        Value address = Address(out int offset);
        (Opcode op, LaneShape lanes) = _random.Next(8) switch
        {
            0 => (Opcode.VloadSplat, RandomLanes(LaneShape.I64x2)),
            1 => (Opcode.VloadZero, _random.Next(2) == 0 ? LaneShape.I32x4 : LaneShape.I64x2),
            2 => (Opcode.VloadSextend, (LaneShape)_random.Next(2, 5)),
            3 => (Opcode.VloadUextend, (LaneShape)_random.Next(2, 5)),
            _ => (Opcode.Load, LaneShape.None),
        };
        return op == Opcode.Load ? _b.Load(IrType.V128, Flags(), address, offset) : _b.VectorLoad(op, lanes, Flags(), address, offset);
    }

    // A scalar for a lane; often just loaded.
    private Value LaneOperand(LaneShape lanes)
    {
        IrType type = lanes.ScalarType();
        if (_random.Next(3) != 0) return Clean(Operand(type));
        Value address = Address(out int offset);
        if (lanes == LaneShape.I8x16) return _b.Uload8(type, Flags(), address, offset);
        if (lanes == LaneShape.I16x8) return _b.Sload16(type, Flags(), address, offset);
        return Clean(_b.Load(type, Flags(), address, offset));
    }

    private void VectorStatement()
    {
        LaneShape lanes = RandomLanes();
        int lane = _random.Next(lanes.LaneCount());
        switch (_random.Next(13))
        {
            case 0: Set(VectorLoad()); break;
            case 1: VectorStore(lanes, lane); break;
            case 2: Set(_b.VinsertLane(lanes, Vector(), LaneOperand(lanes), lane)); break;
            case 3: Set(_b.VinsertLane(lanes, Vector(), CleanLane(_b.VextractLane(lanes, Vector(), _random.Next(lanes.LaneCount()))), lane)); break;
            case 4: Set(CleanLane(_b.VextractLane(lanes, Vector(), lane))); break;
            case 5 when lanes <= LaneShape.I16x8: Set(_b.VsextractLane(lanes, Vector(), lane)); break;
            case 5: Set(_b.Vector(Opcode.Vsplat, lanes, LaneOperand(lanes))); break;
            case 6 or 7: Set(_b.Vshuffle(Vector(), Vector(), Masks[_random.Next(Masks.Length)])); break;
            case 8: Set(_b.Vector(Opcode.Vbitselect, LaneShape.None, Vector(), Vector(), VectorCompare(lanes))); break;
            case 9: Set(VectorCompare(lanes)); break;
            case 10: Set(VectorIdiom(lanes)); break;
            default: VectorOperation(); break;
        }
    }

    // Several instructions that lowering may do by one.
    private Value VectorIdiom(LaneShape lanes)
    {
        Value a = Vector(), b = Vector();
        switch (_random.Next(4))
        {
            case 0:
                // rotation, or nearly one
                LaneShape shape = RandomLanes(LaneShape.I64x2);
                int width = shape.LaneBits(), count = _random.Next(2) == 0 ? 8 * _random.Next(8) : _random.Next(64);
                Value left = _b.Vector(Opcode.Vishl, shape, a, _b.I32Const(count)), right = _b.Vector(Opcode.Vushr, shape, a, _b.I32Const(width - count));
                return _random.Next(2) == 0 ? _b.Vector(Opcode.Vor, LaneShape.None, left, right) : _b.Vector(Opcode.Vxor, LaneShape.None, right, left);
            case 1:
                // selection by a mask and its complement
                Value mask = _random.Next(2) == 0 ? VectorCompare(lanes) : Vector();
                Value kept = _b.Vector(Opcode.Vand, LaneShape.None, mask, a), rest = _b.Vector(Opcode.Vandnot, LaneShape.None, b, mask);
                return _b.Vector(Opcode.Vor, LaneShape.None, kept, rest);
            case 2:
                // by two constants
                UInt128 bits = 0;
                for (int i = 0; i < 16; i += 2) bits |= (UInt128)(_random.Next(3) switch { 0 => 0u, 1 => 0xFFFFu, _ => 0xFF00u }) << (8 * i);
                Value one = _b.Vector(Opcode.Vand, LaneShape.None, a, _b.Vconst(bits)), two = _b.Vector(Opcode.Vand, LaneShape.None, b, _b.Vconst(~bits));
                return _b.Vector(Opcode.Vor, LaneShape.None, two, one);
            default:
                // a shuffle of a shuffle
                Value inner = _b.Vshuffle(a, _random.Next(2) == 0 ? a : b, Masks[_random.Next(Masks.Length)]);
                return _b.Vshuffle(inner, _random.Next(2) == 0 ? inner : b, Masks[_random.Next(Masks.Length)]);
        }
    }

    // A scalar float's NaN may lose its bits.
    private Value CleanLane(Value lane) => _random.Next(2) == 0 ? Clean(lane) : lane;

    private void VectorStore(LaneShape lanes, int lane)
    {
        Value vector = Vector();
        Value address = Address(out int offset);
        if (_random.Next(2) == 0)
        {
            _b.Store(Flags(), vector, address, offset);
            return;
        }

        Value scalar = _b.VextractLane(lanes, vector, lane);
        if (lanes == LaneShape.I8x16) _b.Istore8(Flags(), scalar, address, offset);
        else if (lanes == LaneShape.I16x8) _b.Istore16(Flags(), scalar, address, offset);
        else _b.Store(Flags(), scalar, address, offset);
    }

    private Value VectorCompare(LaneShape lanes) => lanes.IsFloat()
        ? _b.Vfcmp(lanes, (FloatCC)_random.Next(6), Vector(), Vector())
        : _b.Vicmp(lanes, (IntCC)_random.Next(lanes == LaneShape.I64x2 ? 6 : 10), Vector(), Vector());

    private Value VectorTest()
    {
        LaneShape lanes = RandomLanes(LaneShape.I64x2);
        Value vector = _random.Next(2) == 0 ? Vector() : VectorCompare(lanes);
        return _random.Next(2) == 0 ? _b.Vector(Opcode.VanyTrue, LaneShape.None, vector) : _b.Vector(Opcode.VallTrue, lanes, vector);
    }

    private void VectorOperation()
    {
        (Opcode op, LaneShape lanes) = VectorOps[_random.Next(VectorOps.Length)];
        OpcodeRow row = op.Row();
        Value a = VectorOperand(row.A, lanes);
        Value result = row.Format switch
        {
            InstFormat.Unary => _b.Vector(op, lanes, a),
            InstFormat.Binary => _b.Vector(op, lanes, a, VectorOperand(row.B, lanes)),
            _ => _b.Vector(op, lanes, a, VectorOperand(row.B, lanes), VectorOperand(row.C, lanes)),
        };
        bool mayBeNaN = lanes.IsFloat() && op is not (Opcode.Vsplat or Opcode.Vfabs or Opcode.Vfneg or Opcode.Vfpmin or Opcode.Vfpmax);
        if (mayBeNaN) result = _b.Vector(Opcode.Vbitselect, LaneShape.None, result, _b.Vconst(0), _b.Vfcmp(lanes, FloatCC.Eq, result, result));
        Set(result);
    }

    private Value VectorOperand(TypeRule rule, LaneShape lanes) => rule switch
    {
        TypeRule.Lane => LaneOperand(lanes),
        TypeRule.I32 => Operand(IrType.I32),
        _ => Vector(),
    };
}
