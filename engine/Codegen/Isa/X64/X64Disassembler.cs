using System;
using System.Collections.Generic;
using System.Text;
using Iced.Intel;
using Kiln.Codegen.Machine;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// Machine code as text, for <c>--stage asm</c> and golden files: Intel syntax, labels at branch targets, traps and
/// relocations as comments, but of branches as targets. Not for hot paths.
/// </summary>
public static class X64Disassembler
{
    /// <summary>Disassembles the instructions and lists the bytes of the constants behind them.</summary>
    public static string Print(CompiledFunction function)
    {
        byte[] code = function.Code.ToArray();
        var instructions = Decode(code, function.InstructionBytes);
        SortedDictionary<ulong, string> labels = FindLabels(function, instructions);
        var formatter = new IntelFormatter(new FormatterOptions
        {
            SpaceAfterOperandSeparator = true,
            HexPrefix = "0x",
            HexSuffix = "",
            UppercaseHex = false,
            RipRelativeAddresses = true,
            BranchLeadingZeros = false,
            SmallHexNumbersInDecimal = true,
            ShowBranchSize = false,
        }, new LabelResolver(function, labels));
        var text = new StringBuilder();
        var line = new StringOutput();
        foreach (Instruction instruction in instructions)
        {
            if (labels.TryGetValue(instruction.IP, out string? label)) text.Append(label).Append(":\n");
            formatter.Format(instruction, line);
            text.Append("    ").Append(line.ToStringAndReset());
            AppendComments(text, function, instruction);
            text.Append('\n');
        }

        AppendConstants(text, code, function.InstructionBytes);
        return text.ToString();
    }

    private static List<Instruction> Decode(byte[] code, int limit)
    {
        var decoder = Iced.Intel.Decoder.Create(64, code.AsSpan(0, limit).ToArray());
        var instructions = new List<Instruction>();
        while (decoder.IP < (ulong)limit) instructions.Add(decoder.Decode());
        return instructions;
    }

    // Not of branches that are relocated: their distance means nothing yet.
    private static SortedDictionary<ulong, string> FindLabels(CompiledFunction function, List<Instruction> instructions)
    {
        int limit = function.InstructionBytes;
        var labels = new SortedDictionary<ulong, string>();
        foreach (Instruction instruction in instructions)
        {
            if (instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch)
            {
                if (!TryRelocation(function, instruction, out _)) labels[instruction.NearBranchTarget] = "";
            }
            else if (instruction.IsIPRelativeMemoryOperand && instruction.IPRelativeMemoryAddress >= (ulong)limit)
                labels[instruction.IPRelativeMemoryAddress] = "";
        }

        int number = 0;
        foreach (ulong address in new List<ulong>(labels.Keys))
            labels[address] = address < (ulong)limit ? $"L{number++}" : $"const_{address - (ulong)limit:x}";
        return labels;
    }

    private static void AppendComments(StringBuilder text, CompiledFunction function, in Instruction instruction)
    {
        foreach (TrapRecord trap in function.Traps)
        {
            if (trap.Offset.Value == instruction.IP) text.Append("  ; ").Append(trap.Code);
        }

        foreach (StackMapEntry map in function.StackMaps)
        {
            if (map.Offset.Value != instruction.NextIP) continue;
            text.Append("  ; live");
            foreach (uint slot in function.StackMapSlots.Slice(map.FirstSlot, map.SlotCount)) text.Append(" [rsp+").Append(slot).Append(']');
        }

        if (!IsBranch(instruction) && TryRelocation(function, instruction, out Relocation relocation)) text.Append("  ; ").Append(relocation.Target);
    }

    private static bool TryRelocation(CompiledFunction function, in Instruction instruction, out Relocation found)
    {
        foreach (Relocation relocation in function.Relocations)
        {
            if (relocation.Offset.Value < instruction.IP || relocation.Offset.Value >= instruction.NextIP) continue;
            found = relocation;
            return true;
        }

        found = default;
        return false;
    }

    private static bool IsBranch(in Instruction instruction) => instruction.Op0Kind == OpKind.NearBranch64;

    private static void AppendConstants(StringBuilder text, byte[] code, int start)
    {
        for (int at = start; at < code.Length; at += 8)
        {
            text.Append("    .byte ");
            int end = Math.Min(at + 8, code.Length);
            for (int i = at; i < end; i++) text.Append(i == at ? "" : ", ").Append("0x").Append(code[i].ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
            text.Append('\n');
        }
    }

    // Branch targets: labels, or the names that relocations will fill in.
    private sealed class LabelResolver(CompiledFunction function, SortedDictionary<ulong, string> labels) : ISymbolResolver
    {
        public bool TryGetSymbol(in Instruction instruction, int operand, int instructionOperand, ulong address, int addressSize, out SymbolResult symbol)
        {
            if (IsBranch(instruction) && TryRelocation(function, instruction, out Relocation relocation))
            {
                symbol = new SymbolResult(address, relocation.Target.ToString());
                return true;
            }

            if (labels.TryGetValue(address, out string? label) && (instruction.IsIPRelativeMemoryOperand || IsBranch(instruction)))
            {
                symbol = new SymbolResult(address, label);
                return true;
            }

            symbol = default;
            return false;
        }
    }
}
