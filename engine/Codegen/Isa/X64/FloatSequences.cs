// Float minimum, maximum and selection: pseudo-instructions that Emission writes as several instructions with branches.

using System;
using Kiln.Codegen.Machine;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Isa.X64;

/// <summary>The rest of a minimum or maximum, which stands behind the function: for equal and for unordered operands.</summary>
internal readonly struct ColdExtremum(X64Op op, int destination, int left, int right, MachLabel entry, MachLabel back, uint source)
{
    public readonly X64Op Op = op;
    public readonly byte Destination = (byte)destination;
    public readonly byte Left = (byte)left;
    public readonly byte Right = (byte)right;
    public readonly MachLabel Entry = entry;
    public readonly MachLabel Back = back;
    public readonly uint Source = source;
}

/// <summary>
/// Pseudo-instructions on floats that are a few instructions with branches inside: minimum and maximum as
/// WebAssembly wants them, and selection. The SSE rows overwrite their left operand, the VEX rows none.
/// </summary>
internal static class FloatSequences
{
    /// <summary>reg = rm if the condition holds.</summary>
    public static void Select(MachBuffer<X64LabelUses> buffer, X64Op op, Cc cc, int reg, in RegMem rm)
    {
        MachLabel keep = buffer.NewLabel();
        JumpIf(buffer, cc ^ (Cc)1, keep);
        Write(buffer, op == X64Op.VselectFloat ? X64Op.Vmovaps : X64Op.Movaps, reg, 0, rm);
        buffer.Bind(keep);
    }

    // The SSE instructions of each pseudo-instruction; what the VEX form adds; what joins the signs of equal operands.
    private readonly ref struct Parts
    {
        public readonly X64Op Compare, Extremum, Join, Sum;

        public Parts(X64Op op)
        {
            int number = op - X64Op.FloatMinSs;
            int vex = number & 1, wide = number & 2;
            bool maximum = number >= 4;
            if (number is < 0 or >= 8) EngineBug.Throw($"{op} is not a minimum or maximum");
            Compare = X64Op.Ucomiss + vex + wide;
            Extremum = (maximum ? X64Op.Maxss : X64Op.Minss) + vex + wide;
            Join = (maximum ? X64Op.Andps : X64Op.Orps) + vex;
            Sum = X64Op.Addss + vex + wide;
        }
    }

    /// <summary>
    /// Writes the part for operands that are different and ordered, for which the instruction alone is right, with a jump to
    /// the rest if they are not. That is to be written later by <see cref="Finish"/>.
    /// </summary>
    public static ColdExtremum Begin(MachBuffer<X64LabelUses> buffer, X64Op op, int destination, int left, int right, uint source)
    {
        var parts = new Parts(op);
        MachLabel entry = buffer.NewLabel(), back = buffer.NewLabel();
        Write(buffer, parts.Compare, left, 0, RegMem.Register(right));
        JumpIf(buffer, Cc.E, entry);
        Write(buffer, parts.Extremum, destination, left, RegMem.Register(right));
        buffer.Bind(back);
        return new ColdExtremum(op, destination, left, right, entry, back, source);
    }

    /// <summary>
    /// Equal: only zeros of different sign differ, and or (minimum) or and (maximum) joins their signs. Unordered, which
    /// sets the same flag and parity: the sum is a quiet NaN.
    /// </summary>
    public static void Finish(MachBuffer<X64LabelUses> buffer, in ColdExtremum cold)
    {
        var parts = new Parts(cold.Op);
        MachLabel unordered = buffer.NewLabel();
        buffer.Bind(cold.Entry);
        JumpIf(buffer, Cc.P, unordered);
        Write(buffer, parts.Join, cold.Destination, cold.Left, RegMem.Register(cold.Right));
        Jump(buffer, cold.Back);
        buffer.Bind(unordered);
        Write(buffer, parts.Sum, cold.Destination, cold.Left, RegMem.Register(cold.Right));
        Jump(buffer, cold.Back);
    }

    private static void Write(MachBuffer<X64LabelUses> buffer, X64Op op, int reg, int vvvv, in RegMem rm)
    {
        Span<byte> room = buffer.Claim(Encoder.MaxLength);
        buffer.Advance(Encoder.MaxLength, Encoder.Encode(room, X64Instructions.EncodingOf(op), 0, reg, vvvv, rm, 0));
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
