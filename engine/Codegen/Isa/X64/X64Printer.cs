using System;
using System.Globalization;
using System.Text;
using Kiln.Codegen.Machine;
using Kiln.Foundation.Collections;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// VCode as text, before allocation (virtual registers) or after (locations and inserted moves). One line an
/// instruction: mnemonic, then operands as they are written; <c>d = mnemonic s, m</c> for those that define.
/// </summary>
internal static class X64Printer
{
    /// <summary>Prints the function; with an allocation, with locations in place of registers.</summary>
    public static string Print(VCode<X64Inst> code, Allocation? allocation)
    {
        var text = new StringBuilder();
        int edit = 0;
        for (int block = 0; block < code.BlockCount; block++)
        {
            PrintHeader(text, code, block);
            for (int i = code.BlockStart(block); i < code.BlockEnd(block); i++)
            {
                while (allocation is not null && edit < allocation.Edits.Length && allocation.Edits[edit].Inst.Value <= i)
                    text.Append("    ; ").Append(EditText(allocation.Edits[edit++])).Append('\n');
                PrintInst(text.Append("    "), code, i, allocation);
                text.Append('\n');
            }

            PrintEdges(text, code, block);
        }

        return text.ToString();
    }

    private static void PrintHeader(StringBuilder text, VCode<X64Inst> code, int block)
    {
        LoweredBlock data = code.Order.Blocks[block];
        text.Append('b').Append(block);
        AppendList(text, code.Params(block));
        text.Append(':');
        if (data.Ir.Id != 0) text.Append("  ; ").Append(data.Ir);
        else text.Append("  ; edge");
        if (data.LoopDepth != 0) text.Append(", loop depth ").Append(data.LoopDepth);
        if (data.Cold) text.Append(", cold");
        text.Append('\n');
    }

    private static void PrintEdges(StringBuilder text, VCode<X64Inst> code, int block)
    {
        ReadOnlySpan<BlockIndex> successors = code.Successors(block);
        for (int i = 0; i < successors.Length; i++)
        {
            text.Append("    -> b").Append(successors[i].Value);
            AppendList(text, code.Args(block, i));
            text.Append('\n');
        }
    }

    private static void AppendList(StringBuilder text, ReadOnlySpan<VReg> registers)
    {
        if (registers.IsEmpty) return;
        text.Append('(');
        for (int i = 0; i < registers.Length; i++) text.Append(i == 0 ? "" : ", ").Append(registers[i]);
        text.Append(')');
    }

    private static string EditText(in Edit edit)
    {
        string to = LocationText(edit.To);
        return edit.Kind switch
        {
            EditKind.Move => $"{to} = {LocationText(edit.From)}",
            EditKind.Exchange => $"{to} <-> {LocationText(edit.From)}",
            EditKind.Remat => $"{to} = remat {edit.VReg}",
        };
    }

    private static string LocationText(Location location) =>
        location.IsRegister ? X64Registers.Name(location.Register) : location.ToString();

    private static void PrintInst(StringBuilder text, VCode<X64Inst> code, int index, Allocation? allocation)
    {
        X64Inst inst = code.Insts[index];
        EncodingRow row = X64Instructions.Row(inst.Op);
        int start = code.OperandStart(index), end = code.OperandStart(index + 1);
        ReadOnlySpan<Operand> operands = code.Operands[start..end];
        string mnemonic = row.Mnemonic.Replace("{cc}", inst.Cc.ToString().ToLowerInvariant(), StringComparison.Ordinal);
        bool any = false;
        for (int i = 0; i < operands.Length; i++)
        {
            if (!operands[i].IsDef) continue;
            text.Append(any ? ", " : "").Append(OperandText(operands[i], start + i, allocation));
            any = true;
        }

        if (any) text.Append(" = ");
        if (row.Encoding.Is(EncodingFlags.Lock)) text.Append("lock ");
        text.Append(mnemonic.Length == 0 ? "nop" : mnemonic);
        string width = Width(row);
        if (width.Length != 0) text.Append('.').Append(width);
        if (row.Notation.Length == 0 && inst.Encoding.Form is Form.JumpIf or Form.TrapIf)
            text.Append(' ').Append(inst.Cc.ToString().ToLowerInvariant()).Append(inst.Cc != inst.SecondCc && inst.Op is not (X64Op.JumpIf or X64Op.TrapIf) ? "," + inst.SecondCc.ToString().ToLowerInvariant() : "");
        if (inst.Op is X64Op.SelectFloat or X64Op.VselectFloat) text.Append(' ').Append(inst.Cc.ToString().ToLowerInvariant());
        AppendUses(text, inst, row, operands, start, allocation);
        if (inst.Trap != 0) text.Append("  ; trap").Append(inst.Trap);
    }

    // The operand width in bits, from the first operand; extensions have the source's too: movzx.32.8.
    private static string Width(in EncodingRow row)
    {
        if (row.Notation.Length == 0 || row.Syntax.Contains("xmm", StringComparison.Ordinal)) return "";
        string[] operands = row.Syntax[row.Mnemonic.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (operands.Length == 0) return "";
        string width = Digits(operands[0]);
        bool extends = row.Mnemonic.StartsWith("movzx", StringComparison.Ordinal) || row.Mnemonic.StartsWith("movsx", StringComparison.Ordinal);
        return extends ? width + "." + Digits(operands[1]) : width;
    }

    private static string Digits(string operand) => operand[(operand.LastIndexOfAny(['r', 'm']) + 1)..];

    private static void AppendUses(StringBuilder text, in X64Inst inst, in EncodingRow row, ReadOnlySpan<Operand> operands, int start, Allocation? allocation)
    {
        bool list = inst.Encoding.Form is Form.Call or Form.TailCall or Form.Args or Form.Rets;
        bool fourth = inst.Encoding.Form is Form.Rvmr or Form.RvmTied or Form.RmMask or Form.Cmpxchg or Form.RmwLoop or Form.MulxWide;
        bool memory = !list && inst.Kind != RmKind.Register && row.Encoding.Form is not (Form.Oi or Form.DivWide);
        int addressParts = memory && inst.Kind == RmKind.BaseIndex ? (inst.M.Id != 0 ? 1 : 0) + (inst.X.Id != 0 ? 1 : 0) : 0;
        bool first = true;
        bool written = !memory;
        if (inst.Op is X64Op.Call or X64Op.TailCall)
        {
            text.Append(" fn").Append(inst.Displacement);
            first = false;
        }

        // Memory operands stand behind a register that comes first, before the rest.
        int before = row.Encoding.Form is Form.Rm or Form.Rmi or Form.Rmv or Form.Vm or Form.MiMem or Form.MiUse or Form.MUse or Form.JumpTable or Form.CallIndirect or Form.TailCallIndirect ? 0
            : row.Encoding.Form is Form.RvmTied or Form.Cmpxchg ? 2 : 1;
        int seen = 0;
        for (int i = 0; i < operands.Length; i++)
        {
            if (operands[i].IsDef) continue;
            if (!written && seen == before)
            {
                AppendMemory(text.Append(first ? " " : ", "), inst, operands, start, i, allocation);
                first = false;
                written = true;
                i += addressParts - 1;
                addressParts = 0;
                seen++;
                continue;
            }

            text.Append(first ? " " : ", ").Append(OperandText(operands[i], start + i, allocation));
            first = false;
            seen++;
        }

        if (!written) AppendMemory(text.Append(first ? " " : ", "), inst, operands, start, operands.Length, allocation);
        if (row.Encoding.ImmediateBytes != 0 && !list && !fourth)
        {
            long immediate = inst.Op == X64Op.Mov64Oi ? (long)inst.Displacement << 32 | (uint)inst.Immediate : inst.Immediate;
            text.Append(first && written && operands.Length <= 1 && !HasUse(operands) && !memory ? " " : ", ").Append(immediate.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static bool HasUse(ReadOnlySpan<Operand> operands)
    {
        foreach (Operand operand in operands)
        {
            if (!operand.IsDef) return true;
        }

        return false;
    }

    private static void AppendMemory(StringBuilder text, in X64Inst inst, ReadOnlySpan<Operand> operands, int start, int at, Allocation? allocation)
    {
        if (inst.Kind != RmKind.BaseIndex)
        {
            string name = inst.Kind.ToString().ToLowerInvariant();
            text.Append('[').Append(name).Append(inst.Displacement >= 0 ? "+" : "").Append(inst.Displacement).Append(']');
            return;
        }

        text.Append('[');
        bool any = false;
        if (inst.M.Id != 0)
        {
            text.Append(OperandText(operands[at], start + at, allocation));
            at++;
            any = true;
        }

        if (inst.X.Id != 0)
        {
            text.Append(any ? "+" : "").Append(OperandText(operands[at], start + at, allocation));
            if (inst.Shift != 0) text.Append('*').Append(1 << inst.Shift);
            any = true;
        }

        if (inst.Displacement != 0 || !any) text.Append(inst.Displacement >= 0 && any ? "+" : "").Append(inst.Displacement);
        text.Append(']');
    }

    private static string OperandText(in Operand operand, int index, Allocation? allocation)
    {
        if (allocation is not null) return LocationText(allocation.Locations[index]);
        return operand.Constraint == OperandConstraint.Fixed ? $"{operand.VReg}:{X64Registers.Name(operand.FixedRegister)}" : operand.VReg.ToString();
    }
}
