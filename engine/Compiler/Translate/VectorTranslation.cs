using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Operators;
using WasmOp = Kiln.Wasm.Opcodes.Opcode;

namespace Kiln.Compiler.Translate;

/// <summary>Vector instructions but loads and stores of whole vectors, which are as scalar ones (<see cref="MemoryTable"/>).</summary>
internal static class VectorTranslation
{
    private static readonly UInt128 CanonicalNans32 = new(0x7FC0_0000_7FC0_0000, 0x7FC0_0000_7FC0_0000);
    private static readonly UInt128 CanonicalNans64 = new(0x7FF8_0000_0000_0000, 0x7FF8_0000_0000_0000);

    /// <summary>Translates an instruction of <see cref="VectorTable"/>.</summary>
    public static void Translate(Translation t, in VectorRow row, in Operator op)
    {
        FunctionBuilder b = t.Builder;
        Value y, z, result;
        switch (row.Shape)
        {
            case VectorShape.Unary:
                result = b.Vector(row.Ir, row.Lanes, t.Pop());
                break;
            case VectorShape.Binary:
                y = t.Pop();
                result = b.Vector(row.Ir, row.Lanes, t.Pop(), y);
                break;
            case VectorShape.Ternary:
                z = t.Pop();
                y = t.Pop();
                result = b.Vector(row.Ir, row.Lanes, t.Pop(), y, z);
                break;
            case VectorShape.IntCompare:
                y = t.Pop();
                result = b.Vicmp(row.Lanes, (IntCC)row.Condition, t.Pop(), y);
                break;
            case VectorShape.FloatCompare:
                y = t.Pop();
                result = b.Vfcmp(row.Lanes, (FloatCC)row.Condition, t.Pop(), y);
                break;
            case VectorShape.Extract when row.Ir == Opcode.VsextractLane:
                result = b.VsextractLane(row.Lanes, t.Pop(), op.Lane);
                break;
            case VectorShape.Extract:
                result = b.VextractLane(row.Lanes, t.Pop(), op.Lane);
                break;
            case VectorShape.Insert:
                y = t.Pop();
                result = b.VinsertLane(row.Lanes, t.Pop(), y, op.Lane);
                break;
            default:
                result = EngineBug.Throw<Value>($"no translation for the shape of {row.Wasm}");
                break;
        }

        if (row.MakesNan) result = Canonicalize(t, row.Lanes, result);
        t.Push(result);
    }

    /// <summary><c>i8x16.shuffle</c>.</summary>
    public static void Shuffle(Translation t, in Operator op)
    {
        Value y = t.Pop();
        t.Push(t.Builder.Vshuffle(t.Pop(), y, new UInt128(op.High, op.Low)));
    }

    /// <summary><c>v128.loadN_lane</c>: a scalar load into a lane.</summary>
    public static void LoadLane(Translation t, LaneShape lanes, in Operator op)
    {
        FunctionBuilder b = t.Builder;
        Value vector = t.Pop();
        Opcode load = lanes switch
        {
            LaneShape.I8x16 => Opcode.Uload8,
            LaneShape.I16x8 => Opcode.Uload16,
            _ => Opcode.Load, // i32x4 and i64x2, the others that there are
        };
        MemFlags flags = MemoryTranslation.AccessFlags(t, op.MemArg.MemoryIndex);
        (Value address, int offset) = MemoryTranslation.Address(t, op.MemArg, lanes.LaneBits() / 8);
        Value scalar = b.Load(load, lanes.ScalarType(), flags, address, offset);
        t.Push(b.VinsertLane(lanes, vector, scalar, op.Lane));
    }

    /// <summary><c>v128.storeN_lane</c>: a scalar store of a lane.</summary>
    public static void StoreLane(Translation t, LaneShape lanes, in Operator op)
    {
        FunctionBuilder b = t.Builder;
        Value vector = t.Pop();
        Opcode store = lanes switch
        {
            LaneShape.I8x16 => Opcode.Istore8,
            LaneShape.I16x8 => Opcode.Istore16,
            _ => Opcode.Store, // i32x4 and i64x2, the others that there are
        };
        MemFlags flags = MemoryTranslation.AccessFlags(t, op.MemArg.MemoryIndex);
        (Value address, int offset) = MemoryTranslation.Address(t, op.MemArg, lanes.LaneBits() / 8);
        b.Store(store, flags, b.VextractLane(lanes, vector, op.Lane), address, offset);
    }

    /// <summary>
    /// The lanes with every NaN replaced by the canonical one, if the tunables ask for it. The spec's deterministic
    /// profile has that too.
    /// </summary>
    public static Value Canonicalize(Translation t, LaneShape lanes, Value x)
    {
        if (!t.Environment.Tunables.CanonicalizeNans) return x;
        FunctionBuilder b = t.Builder;
        Value nans = b.Vconst(lanes == LaneShape.F32x4 ? CanonicalNans32 : CanonicalNans64);
        return b.Vector(Opcode.Vbitselect, LaneShape.None, x, nans, b.Vfcmp(lanes, FloatCC.Eq, x, x));
    }
}
