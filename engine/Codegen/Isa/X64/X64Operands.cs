using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Machine;
using Kiln.Foundation.Diagnostics;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// Operand constraints of each form: what the register allocator sees. Emission reads the allocated locations in
/// the same order. As a rule: tied or second source, M (its base, then its index), extra sources, then what is written.
/// </summary>
internal static class X64Operands
{
    /// <summary>Adds the operands of all instructions to the sealed VCode.</summary>
    public static void Collect(VCode<X64Inst> code)
    {
        ReadOnlySpan<X64Inst> insts = code.Insts;
        for (int i = 0; i < insts.Length; i++)
        {
            code.BeginOperands();
            Collect(code, insts[i]);
        }
    }

    private static void Collect(VCode<X64Inst> code, in X64Inst inst)
    {
        ref readonly Encoding row = ref inst.Encoding;
        switch (row.Form)
        {
            case Form.Rm or Form.Rmi or Form.Vm or Form.Vmi:
                CollectRm(code, inst, row);
                code.AddOperand(Operand.Def(inst.R));
                break;
            case Form.RmTied or Form.RmiTied:
                code.AddOperand(Operand.Use(inst.V));
                CollectRm(code, inst, row);
                code.AddOperand(Operand.DefReuse(inst.R, 0));
                break;
            case Form.MrTied:
                code.AddOperand(Operand.Use(inst.V));
                CollectRm(code, inst, row);
                code.AddOperand(Operand.DefReuse(inst.R, 0));
                break;
            case Form.Cmpxchg:
                code.AddOperand(Operand.UseFixed(inst.V, X64Registers.Rax));
                code.AddOperand(Operand.Use(inst.Fourth));
                CollectRm(code, inst, row);
                code.AddOperand(Operand.DefFixed(inst.R, X64Registers.Rax));
                break;
            case Form.RmwLoop:
                // What is written is written before the last read of the rest: early defs share no register with it.
                code.AddOperand(Operand.Use(inst.V));
                CollectRm(code, inst, row);
                code.AddOperand(Operand.DefFixedEarly(inst.R, X64Registers.Rax));
                code.AddOperand(Operand.DefEarly(inst.Fourth));
                break;
            case Form.Rvm or Form.Rvmi:
                code.AddOperand(Operand.Use(inst.V));
                CollectRm(code, inst, row);
                code.AddOperand(Operand.Def(inst.R));
                break;
            case Form.Rmv:
                CollectRm(code, inst, row);
                code.AddOperand(Operand.Use(inst.V));
                code.AddOperand(Operand.Def(inst.R));
                break;
            case Form.Rvmr:
                code.AddOperand(Operand.Use(inst.V));
                CollectRm(code, inst, row);
                code.AddOperand(Operand.Use(inst.Fourth));
                code.AddOperand(Operand.Def(inst.R));
                break;
            case Form.RvmTied:
                code.AddOperand(Operand.Use(inst.Fourth));
                code.AddOperand(Operand.Use(inst.V));
                CollectRm(code, inst, row);
                code.AddOperand(Operand.DefReuse(inst.R, 0));
                break;
            case Form.RmMask:
                code.AddOperand(Operand.Use(inst.V));
                CollectRm(code, inst, row);
                code.AddOperand(Operand.UseFixed(inst.Fourth, X64Registers.Xmm0));
                code.AddOperand(Operand.DefReuse(inst.R, 0));
                break;
            case Form.RmUse or Form.MrMem or Form.MriMem:
                code.AddOperand(Operand.Use(inst.R));
                CollectRm(code, inst, row);
                break;
            case Form.MrDef or Form.MriDef:
                code.AddOperand(Operand.Use(inst.V));
                code.AddOperand(Operand.Def(inst.R));
                break;
            case Form.MiTied or Form.MTied or Form.OTied:
                code.AddOperand(Operand.Use(inst.V));
                code.AddOperand(Operand.DefReuse(inst.R, 0));
                break;
            case Form.McTied:
                code.AddOperand(Operand.Use(inst.V));
                code.AddOperand(Operand.UseFixed(inst.X, X64Registers.Rcx));
                code.AddOperand(Operand.DefReuse(inst.R, 0));
                break;
            case Form.MiMem or Form.MiUse or Form.MUse or Form.JumpTable:
                CollectRm(code, inst, row);
                break;
            case Form.MiDef or Form.MDef or Form.Oi or Form.Zero:
                code.AddOperand(Operand.Def(inst.R));
                break;
            case Form.MulWide:
                code.AddOperand(Operand.UseFixed(inst.V, X64Registers.Rax));
                code.AddOperand(Operand.UseAny(inst.M));
                code.AddOperand(Operand.DefFixed(inst.R, X64Registers.Rax));
                code.AddOperand(Operand.DefFixed(inst.X, X64Registers.Rdx));
                break;
            case Form.DivWide:
                code.AddOperand(Operand.UseFixed(inst.V, X64Registers.Rax));
                code.AddOperand(Operand.UseFixed(new VReg((uint)inst.Displacement), X64Registers.Rdx));
                code.AddOperand(Operand.UseAny(inst.M));
                code.AddOperand(Operand.DefFixed(inst.R, X64Registers.Rax));
                code.AddOperand(Operand.DefFixed(inst.X, X64Registers.Rdx));
                break;
            case Form.SignFill:
                code.AddOperand(Operand.UseFixed(inst.V, X64Registers.Rax));
                code.AddOperand(Operand.DefFixed(inst.R, X64Registers.Rdx));
                break;
            case Form.CallIndirect:
                if (inst.Kind == RmKind.Register) code.AddOperand(Operand.UseAny(inst.M));
                else CollectRm(code, inst, row);
                AddList(code, inst);
                break;
            case Form.TailCallIndirect:
                // Not in a spill slot: rsp moves before the jump.
                code.AddOperand(Operand.Use(inst.M));
                AddList(code, inst);
                break;
            case Form.Args or Form.Rets or Form.Call or Form.TailCall:
                AddList(code, inst);
                break;
            case Form.None or Form.Relative or Form.Nop or Form.Jump or Form.JumpIf or Form.Trap or Form.TrapIf:
                break;
            case Form.MulxWide:
                code.AddOperand(Operand.UseFixed(inst.Fourth, X64Registers.Rdx));
                CollectRm(code, inst, row);
                code.AddOperand(Operand.Def(inst.R));
                code.AddOperand(Operand.Def(inst.V));
                break;
            case Form.Exchange:
                EngineBug.Throw($"{inst.Op} is not an instruction of VCode");
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CollectRm(VCode<X64Inst> code, in X64Inst inst, in Encoding row)
    {
        if (inst.Kind == RmKind.Register)
        {
            // A spill slot has 8 bytes, or 16 if the register is wide; a wider operand must be in a register.
            bool slotAllowed = row.MemoryBytes is > 0 and <= 8 || (row.MemoryBytes == 16 && (code.FlagsOf(inst.M) & VRegFlags.Wide) != 0);
            code.AddOperand(slotAllowed ? Operand.UseAny(inst.M) : Operand.Use(inst.M));
        }
        else if (inst.Kind == RmKind.BaseIndex)
        {
            if (inst.M.Id != 0) code.AddOperand(Operand.Use(inst.M));
            if (inst.X.Id != 0) code.AddOperand(Operand.Use(inst.X));
        }
    }

    private static void AddList(VCode<X64Inst> code, in X64Inst inst)
    {
        foreach (Operand operand in code.OperandLists.Span.Slice(inst.Immediate, (int)inst.R.Id))
            code.AddOperand(operand);
    }
}

/// <summary>VCode as the register allocator sees it.</summary>
internal readonly struct X64Allocatable(VCode<X64Inst> code) : IAllocatable
{
    public int InstCount => code.InstCount;

    public int BlockCount => code.BlockCount;

    public int VRegLimit => code.VRegLimit;

    public InstIndex BlockStart(BlockIndex block) => new(code.BlockStart(block.Value));

    public ReadOnlySpan<BlockIndex> Successors(BlockIndex block) => code.Successors(block.Value);

    public ReadOnlySpan<BlockIndex> Predecessors(BlockIndex block) => code.Predecessors(block.Value);

    public ReadOnlySpan<VReg> BlockParams(BlockIndex block) => code.Params(block.Value);

    public ReadOnlySpan<VReg> BranchArgs(BlockIndex block, int successor) => code.Args(block.Value, successor);

    public int LoopDepth(BlockIndex block) => code.Order.Blocks[block.Value].LoopDepth;

    public bool IsCold(BlockIndex block) => code.Order.Blocks[block.Value].Cold;

    public ReadOnlySpan<Operand> Operands => code.Operands;

    public int OperandStart(InstIndex inst) => code.OperandStart(inst.Value);

    public PRegSet Clobbers(InstIndex inst) =>
        code.Insts[inst.Value].Op is X64Op.Call or X64Op.CallIndirect ? X64Registers.All : default;

    public RegClass ClassOf(VReg vreg) => (code.FlagsOf(vreg) & VRegFlags.Float) != 0 ? RegClass.Float : RegClass.Int;

    public int SlotUnits(VReg vreg) => (code.FlagsOf(vreg) & VRegFlags.Wide) != 0 ? 2 : 1;

    public bool IsRematerializable(VReg vreg) => (code.FlagsOf(vreg) & VRegFlags.Rematerializable) != 0;

    public bool HasReferences => code.HasReferences;

    public bool IsReference(VReg vreg) => (code.FlagsOf(vreg) & VRegFlags.Reference) != 0;

    public bool IsSafepoint(InstIndex inst) => code.Insts[inst.Value].Op is X64Op.Call or X64Op.CallIndirect;
}
