using System;
using Kiln.Codegen.Machine;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// Pseudo-instructions on floats that are a few instructions with branches inside: minimum and maximum as
/// WebAssembly wants them, and selection.
/// </summary>
internal static class FloatSequences
{
    /// <summary>Writes the sequence. <paramref name="reg"/> is the tied operand, <paramref name="rm"/> the other one.</summary>
    public static void Write(MachBuffer<X64LabelUses> buffer, X64Op op, Cc cc, int reg, in RegMem rm)
    {
        switch (op)
        {
            case X64Op.SelectFloat or X64Op.VselectFloat:
                MachLabel keep = buffer.NewLabel();
                JumpIf(buffer, cc ^ (Cc)1, keep);
                Write(buffer, op == X64Op.VselectFloat ? X64Op.Vmovaps : X64Op.Movaps, reg, rm);
                buffer.Bind(keep);
                break;
            case X64Op.FloatMinSs or X64Op.VfloatMinSs: Extremum(buffer, reg, rm, op - X64Op.FloatMinSs, X64Op.Ucomiss, X64Op.Minss, X64Op.Orps, X64Op.Addss); break;
            case X64Op.FloatMinSd or X64Op.VfloatMinSd: Extremum(buffer, reg, rm, op - X64Op.FloatMinSd, X64Op.Ucomisd, X64Op.Minsd, X64Op.Orps, X64Op.Addsd); break;
            case X64Op.FloatMaxSs or X64Op.VfloatMaxSs: Extremum(buffer, reg, rm, op - X64Op.FloatMaxSs, X64Op.Ucomiss, X64Op.Maxss, X64Op.Andps, X64Op.Addss); break;
            case X64Op.FloatMaxSd or X64Op.VfloatMaxSd: Extremum(buffer, reg, rm, op - X64Op.FloatMaxSd, X64Op.Ucomisd, X64Op.Maxsd, X64Op.Andps, X64Op.Addsd); break;
        }
    }

    // Different and ordered: the instruction is right. Equal: only zeros of different sign differ, and or (minimum) or and
    // (maximum) joins their signs. Unordered: the sum is a quiet NaN.
    private static void Extremum(MachBuffer<X64LabelUses> buffer, int reg, in RegMem rm, int vex, X64Op compare, X64Op extremum, X64Op join, X64Op sum)
    {
        MachLabel different = buffer.NewLabel(), unordered = buffer.NewLabel(), done = buffer.NewLabel();
        Write(buffer, compare + vex, reg, rm);
        JumpIf(buffer, Cc.Ne, different);
        JumpIf(buffer, Cc.P, unordered);
        Write(buffer, join + vex, reg, rm);
        Jump(buffer, done);
        buffer.Bind(unordered);
        Write(buffer, sum + vex, reg, rm);
        Jump(buffer, done);
        buffer.Bind(different);
        Write(buffer, extremum + vex, reg, rm);
        buffer.Bind(done);
    }

    private static void Write(MachBuffer<X64LabelUses> buffer, X64Op op, int reg, in RegMem rm)
    {
        Span<byte> room = buffer.Claim(Encoder.MaxLength);
        buffer.Advance(Encoder.MaxLength, Encoder.Encode(room, X64Instructions.EncodingOf(op), 0, reg, reg, rm, 0));
    }

    private static void JumpIf(MachBuffer<X64LabelUses> buffer, Cc cc, MachLabel target)
    {
        Span<byte> room = buffer.Claim(Encoder.MaxLength);
        buffer.Advance(Encoder.MaxLength, Encoder.Encode(room, X64Instructions.EncodingOf(X64Op.JccRel32), (int)cc, 0, 0, default, 0));
        buffer.UseLabel(buffer.Offset - 4, target, X64LabelUses.JumpIf);
    }

    private static void Jump(MachBuffer<X64LabelUses> buffer, MachLabel target)
    {
        Span<byte> room = buffer.Claim(Encoder.MaxLength);
        buffer.Advance(Encoder.MaxLength, Encoder.Encode(room, X64Instructions.EncodingOf(X64Op.JmpRel32), 0, 0, 0, default, 0));
        buffer.UseLabel(buffer.Offset - 4, target, X64LabelUses.Jump);
    }
}
