using System.IO;
using Iced.Intel;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Runtime.Stubs;

/// <summary>Iced's assembler to bytes.</summary>
internal static class StubEmitter
{
    /// <summary>The machine code of what was assembled, to run at <paramref name="address"/> (any address if it refers to nothing outside).</summary>
    public static byte[] Assemble(Assembler assembler, ulong address)
    {
        using MemoryStream bytes = new();
        if (!assembler.TryAssemble(new StreamCodeWriter(bytes), address, out string? error, out _)) EngineBug.Throw($"stub does not assemble: {error}");
        return bytes.ToArray();
    }

    /// <summary>As <see cref="Assemble(Assembler, ulong)"/>, with the offset of a label.</summary>
    public static byte[] Assemble(Assembler assembler, ulong address, Label label, out int offset)
    {
        using MemoryStream bytes = new();
        if (!assembler.TryAssemble(new StreamCodeWriter(bytes), address, out string? error, out AssemblerResult result, BlockEncoderOptions.ReturnNewInstructionOffsets))
            EngineBug.Throw($"stub does not assemble: {error}");
        offset = checked((int)(result.GetLabelRIP(label) - address));
        return bytes.ToArray();
    }
}
