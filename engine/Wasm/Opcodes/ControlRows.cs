using System;
using Imm = Kiln.Wasm.Opcodes.ImmediateKind;

namespace Kiln.Wasm.Opcodes;

/// <summary>Rows of the opcode table: control flow, calls, exceptions, stack switching and the parametric instructions.</summary>
internal static class ControlRows
{
    /// <summary>The rows, in the order of <see cref="Opcode"/>.</summary>
    public static ReadOnlySpan<OpcodeRow> All => Rows;

    private static readonly OpcodeRow[] Rows =
    [
        // blocks and branches
        new(Opcode.Unreachable, "unreachable", 0x00, 0x00, Imm.None, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.Nop, "nop", 0x00, 0x01, Imm.None, "[] -> []", Feature.Mvp),
        new(Opcode.Block, "block", 0x00, 0x02, Imm.Block, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.Loop, "loop", 0x00, 0x03, Imm.Block, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.If, "if", 0x00, 0x04, Imm.Block, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.Else, "else", 0x00, 0x05, Imm.None, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.End, "end", 0x00, 0x0B, Imm.None, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.Br, "br", 0x00, 0x0C, Imm.Label, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.BrIf, "br_if", 0x00, 0x0D, Imm.Label, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.BrTable, "br_table", 0x00, 0x0E, Imm.LabelTable, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.Return, "return", 0x00, 0x0F, Imm.None, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.BrOnNull, "br_on_null", 0x00, 0xD5, Imm.Label, OpcodeRow.Special, Feature.TypedFunctionReferences),
        new(Opcode.BrOnNonNull, "br_on_non_null", 0x00, 0xD6, Imm.Label, OpcodeRow.Special, Feature.TypedFunctionReferences),

        // calls
        new(Opcode.Call, "call", 0x00, 0x10, Imm.Function, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.CallIndirect, "call_indirect", 0x00, 0x11, Imm.TypeTable, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.ReturnCall, "return_call", 0x00, 0x12, Imm.Function, OpcodeRow.Special, Feature.TailCalls),
        new(Opcode.ReturnCallIndirect, "return_call_indirect", 0x00, 0x13, Imm.TypeTable, OpcodeRow.Special, Feature.TailCalls),
        new(Opcode.CallRef, "call_ref", 0x00, 0x14, Imm.Type, OpcodeRow.Special, Feature.TypedFunctionReferences),
        new(Opcode.ReturnCallRef, "return_call_ref", 0x00, 0x15, Imm.Type, OpcodeRow.Special, Feature.TailCalls),

        // exceptions
        new(Opcode.Throw, "throw", 0x00, 0x08, Imm.Tag, OpcodeRow.Special, Feature.Exceptions),
        new(Opcode.ThrowRef, "throw_ref", 0x00, 0x0A, Imm.None, OpcodeRow.Special, Feature.Exceptions),
        new(Opcode.TryTable, "try_table", 0x00, 0x1F, Imm.TryTable, OpcodeRow.Special, Feature.Exceptions),

        // stack switching
        new(Opcode.ContNew, "cont.new", 0x00, 0xE0, Imm.Type, OpcodeRow.Special, Feature.StackSwitching),
        new(Opcode.ContBind, "cont.bind", 0x00, 0xE1, Imm.TypeType, OpcodeRow.Special, Feature.StackSwitching),
        new(Opcode.Suspend, "suspend", 0x00, 0xE2, Imm.Tag, OpcodeRow.Special, Feature.StackSwitching),
        new(Opcode.Resume, "resume", 0x00, 0xE3, Imm.TypeHandlers, OpcodeRow.Special, Feature.StackSwitching),
        new(Opcode.ResumeThrow, "resume_throw", 0x00, 0xE4, Imm.TypeTagHandlers, OpcodeRow.Special, Feature.StackSwitching),
        new(Opcode.ResumeThrowRef, "resume_throw_ref", 0x00, 0xE5, Imm.TypeHandlers, OpcodeRow.Special, Feature.StackSwitching),
        new(Opcode.Switch, "switch", 0x00, 0xE6, Imm.TypeTag, OpcodeRow.Special, Feature.StackSwitching),

        // parametric
        new(Opcode.Drop, "drop", 0x00, 0x1A, Imm.None, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.Select, "select", 0x00, 0x1B, Imm.None, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.SelectT, "select t", 0x00, 0x1C, Imm.SelectTypes, OpcodeRow.Special, Feature.ReferenceTypes),
    ];
}
