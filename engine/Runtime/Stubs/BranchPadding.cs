using System.Collections.Generic;
using System.IO;
using Iced.Intel;
using Kiln.Contract;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Runtime.Stubs;

/// <summary>
/// Assembles so that no jump or return, together with the comparison that becomes one operation with it, crosses or ends at a boundary
/// of 32 bytes: such code is decoded anew each time (Intel, "Mitigations for Jump Conditional Code Erratum", 2019). Done on every processor: it costs
/// a few bytes. Functions of guests have <see cref="Tunables.PadBranches"/>.
/// </summary>
internal static class BranchPadding
{
    /// <summary>Bytes between two boundaries.</summary>
    public const int Line = 32;

    /// <summary>The machine code, to run at <paramref name="address"/>, a multiple of 32.</summary>
    public static byte[] Assemble(Assembler assembler, ulong address)
    {
        EngineBug.Check(address % Line == 0);
        List<Instruction> instructions = [.. assembler.Instructions];
        byte[] code;
        uint[] starts;
        do
        {
            // Again after padding: a jump across it may have become longer. It never becomes shorter again, so this ends.
            using MemoryStream bytes = new();
            InstructionBlock block = new(new StreamCodeWriter(bytes), instructions, address);
            if (!BlockEncoder.TryEncode(64, block, out string? error, out BlockEncoderResult result, BlockEncoderOptions.ReturnNewInstructionOffsets))
                EngineBug.Throw($"stub does not assemble: {error}");
            code = bytes.ToArray();
            starts = result.NewInstructionOffsets;
        }
        while (Pad(instructions, starts, code.Length));

        return code;
    }

    // Puts nops in front of what lies wrong; false if nothing does. Labels stay with the instruction behind.
    private static bool Pad(List<Instruction> instructions, uint[] starts, int length)
    {
        List<Instruction> padded = new(instructions.Count + 16);
        int shift = 0;
        for (int i = 0; i < instructions.Count; i++)
        {
            int jump = i + 1 < instructions.Count && IsFusable(instructions[i]) && instructions[i + 1].FlowControl == FlowControl.ConditionalBranch ? i + 1 : i;
            if (instructions[jump].FlowControl is not (FlowControl.Next or FlowControl.Exception))
            {
                int start = (int)starts[i] + shift, end = (jump + 1 < starts.Length ? (int)starts[jump + 1] : length) + shift;
                if (start / Line != end / Line)
                {
                    int gap = Line - (start % Line);
                    shift += gap;
                    Assembler nops = new(64);
                    nops.nop(gap);
                    padded.AddRange(nops.Instructions);
                }
            }

            padded.Add(instructions[i]);
            if (jump != i) padded.Add(instructions[++i]);
        }

        if (shift == 0) return false;
        instructions.Clear();
        instructions.AddRange(padded);
        return true;
    }

    /// <summary>Whether a conditional jump behind the instruction may become one operation with it (Intel, Optimization Reference Manual, "Macro-fusion").</summary>
    public static bool IsFusable(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Add or Mnemonic.Sub or Mnemonic.And or Mnemonic.Inc or Mnemonic.Dec;
}
