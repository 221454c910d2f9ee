using System;
using System.Buffers.Binary;
using Kiln.Codegen.Machine;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// The pc-relative references of x64. Distances count from the end of the instruction, which is the end of the 4 bytes
/// or, for memory operands, behind an immediate that follows them.
/// </summary>
internal readonly struct X64LabelUses : ILabelUses
{
    /// <summary>disp32 at the end of an instruction; disp32 followed by an imm8 or an imm32 are the next two kinds.</summary>
    public const byte Rip = 0;

    /// <summary>disp32 followed by an imm8.</summary>
    public const byte RipImmediate8 = 1;

    /// <summary>disp32 followed by an imm32.</summary>
    public const byte RipImmediate32 = 2;

    /// <summary>jmp rel32.</summary>
    public const byte Jump = 3;

    /// <summary>jcc rel32.</summary>
    public const byte JumpIf = 4;

    /// <summary>A rel8.</summary>
    public const byte Short = 5;

    /// <summary>The kind of a memory operand followed by an immediate of so many bytes.</summary>
    public static byte RipBefore(int immediateBytes) => immediateBytes switch
    {
        0 => Rip,
        1 => RipImmediate8,
        4 => RipImmediate32,
        _ => EngineBug.Throw<byte>($"a memory operand before {immediateBytes} bytes"),
    };

    public static int ForwardReach(byte kind) => kind == Short ? sbyte.MaxValue + 1 : int.MaxValue;

    public static void Patch(Span<byte> code, int offset, int target, byte kind)
    {
        if (kind == Short)
        {
            int distance = target - (offset + 1);
            EngineBug.Check(distance == (sbyte)distance);
            code[offset] = (byte)distance;
            return;
        }

        int end = offset + 4 + (kind == RipImmediate8 ? 1 : kind == RipImmediate32 ? 4 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(code[offset..], target - end);
    }

    public static int VeneerBytes(byte kind) => 0;

    public static (byte Kind, int Offset) WriteVeneer(Span<byte> code, byte kind) => EngineBug.Throw<(byte, int)>("x64 needs no veneers");

    public static (byte Kind, int Offset) WriteIslandJump(Span<byte> code)
    {
        code[0] = 0xE9;
        return (Jump, 1);
    }

    public static int IslandJumpBytes => 5;

    public static (int Long, int Short) BranchForms(byte kind) => kind switch
    {
        Jump => (5, 2),
        JumpIf => (6, 2),
        _ => (0, 0),
    };

    public static (int Backward, int Forward) ShortReach => (sbyte.MinValue, sbyte.MaxValue);

    public static (byte Kind, int Offset) WriteShort(ReadOnlySpan<byte> longForm, Span<byte> shortForm)
    {
        // E9 cd => EB cb; 0F 80+cc cd => 70+cc cb
        shortForm[0] = longForm[0] == 0xE9 ? (byte)0xEB : (byte)(longForm[1] - 0x10);
        return (Short, 1);
    }

    public static void WritePadding(Span<byte> code) => Encoder.WriteNops(code, code.Length);
}
