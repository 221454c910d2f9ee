using System;

namespace Kiln.Codegen.Ir.Builder;

/// <summary>
/// Appends vector instructions to the builder's current block: generic shapes, since the tables that translate
/// to vectors name opcode and lanes. Operand types follow the opcode table; the verifier checks them.
/// </summary>
public static class VectorEmitters
{
    /// <summary>Any vector opcode with one operand.</summary>
    public static Value Vector(this FunctionBuilder b, Opcode op, LaneShape lanes, Value x) =>
        b.AppendVector(new InstData { Op = op, Lanes = lanes, A = x });

    /// <summary>Any vector opcode with two operands.</summary>
    public static Value Vector(this FunctionBuilder b, Opcode op, LaneShape lanes, Value x, Value y) =>
        b.AppendVector(new InstData { Op = op, Lanes = lanes, A = x, B = y });

    /// <summary>Any vector opcode with three operands.</summary>
    public static Value Vector(this FunctionBuilder b, Opcode op, LaneShape lanes, Value x, Value y, Value z) =>
        b.AppendVector(new InstData { Op = op, Lanes = lanes, A = x, B = y, C = z });

    /// <summary>All ones in the integer lanes where the relation holds.</summary>
    public static Value Vicmp(this FunctionBuilder b, LaneShape lanes, IntCC condition, Value x, Value y) =>
        b.AppendVector(new InstData { Op = Opcode.Vicmp, Lanes = lanes, IntCC = condition, A = x, B = y });

    /// <summary>All ones in the float lanes where the relation holds.</summary>
    public static Value Vfcmp(this FunctionBuilder b, LaneShape lanes, FloatCC condition, Value x, Value y) =>
        b.AppendVector(new InstData { Op = Opcode.Vfcmp, Lanes = lanes, FloatCC = condition, A = x, B = y });

    /// <summary>A lane; narrow ones zero-extended.</summary>
    public static Value VextractLane(this FunctionBuilder b, LaneShape lanes, Value x, int lane) =>
        b.AppendVector(new InstData { Op = Opcode.VextractLane, Lanes = lanes, A = x, LaneIndex = lane });

    /// <summary>A narrow lane, sign-extended.</summary>
    public static Value VsextractLane(this FunctionBuilder b, LaneShape lanes, Value x, int lane) =>
        b.AppendVector(new InstData { Op = Opcode.VsextractLane, Lanes = lanes, A = x, LaneIndex = lane });

    /// <summary>x with a lane replaced.</summary>
    public static Value VinsertLane(this FunctionBuilder b, LaneShape lanes, Value x, Value y, int lane) =>
        b.AppendVector(new InstData { Op = Opcode.VinsertLane, Lanes = lanes, A = x, B = y, LaneIndex = lane });

    /// <summary>Bytes of x and y picked by a mask of 16 bytes below 32.</summary>
    public static Value Vshuffle(this FunctionBuilder b, Value x, Value y, UInt128 mask) =>
        b.AppendVector(new InstData { Op = Opcode.Vshuffle, A = x, B = y, Constant = b.Func.Constants.Add(mask) });

    /// <summary>A vector load opcode: vload_splat, vload_zero, vload_sextend, vload_uextend.</summary>
    public static Value VectorLoad(this FunctionBuilder b, Opcode op, LaneShape lanes, MemFlags flags, Value address, int offset) =>
        b.AppendVector(new InstData { Op = op, Lanes = lanes, A = address, MemFlags = flags, Offset = offset });

    private static Value AppendVector(this FunctionBuilder b, InstData data)
    {
        data.Type = IrType.V128;
        return b.Append(data, data.ResultType);
    }
}
