using System;
using System.Buffers.Binary;
using Kiln.Contract;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Compiler.Modules;

/// <summary>
/// A veneer is a jump that a direct call goes through when its own displacement does not reach. It leaves all
/// registers and the stack alone.
/// </summary>
internal static class Veneers
{
    /// <summary>Bytes that are reserved for a veneer.</summary>
    public const int Stride = 16;

    /// <summary>What fills the gaps between pieces of code: instructions that stop, should control ever get there.</summary>
    public static byte Filler(TargetArchitecture architecture) => architecture switch
    {
        TargetArchitecture.X64 => 0xCC, // int3
        TargetArchitecture.Arm64 => 0x00, // udf #0
    };

    /// <summary>Writes a jump from <paramref name="at"/> to <paramref name="target"/>, both offsets in the text. Gives its length.</summary>
    public static int Write(TargetArchitecture architecture, Span<byte> text, int at, int target)
    {
        if (architecture != TargetArchitecture.X64) EngineBug.Throw($"no veneers for {architecture}");
        text[at] = 0xE9; // jmp rel32
        BinaryPrimitives.WriteInt32LittleEndian(text[(at + 1)..], target - (at + 5));
        return 5;
    }
}
