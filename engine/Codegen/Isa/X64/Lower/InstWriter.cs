using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Machine;
using Kiln.Foundation.Collections;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// Writes machine instructions: those of one IR instruction in their order, the IR instructions from last to first. New
/// registers, operand forms, and the choice between the SSE and the VEX form of instructions on xmm registers.
/// </summary>
internal abstract class InstWriter
{
    private readonly GrowList<X64Inst> _pending = new(64);
    private int _vex;

    /// <summary>What is written to.</summary>
    public VCode<X64Inst> Code { get; private set; } = new();

    /// <summary>Extensions that may be used.</summary>
    public CpuFeatures Features { get; private set; }

    /// <summary>Begins a function.</summary>
    protected void Begin(VCode<X64Inst> code, CpuFeatures features)
    {
        Code = code;
        Features = features;
        _vex = features.Avx ? 1 : 0;
    }

    /// <summary>Puts the instructions of the IR instruction that was lowered before all that were written so far.</summary>
    protected void Flush(SourceLoc source)
    {
        if (_pending.Count == 0) return;
        Code.Prepend(_pending.Span, source);
        _pending.Clear();
    }

    // Registers.

    /// <summary>A new register for a value of a type.</summary>
    public VReg NewReg(IrType type) => Code.NewVReg(type switch
    {
        IrType.I32 or IrType.I64 or IrType.None => VRegFlags.None,
        IrType.F32 or IrType.F64 => VRegFlags.Float,
        IrType.V128 => VRegFlags.Float | VRegFlags.Wide,
        IrType.Ref => VRegFlags.Reference,
    });

    /// <summary>A new integer register.</summary>
    public VReg NewInt() => Code.NewVReg(VRegFlags.None);

    /// <summary>A new float register.</summary>
    public VReg NewFloat() => Code.NewVReg(VRegFlags.Float);

    /// <summary>A new vector register.</summary>
    public VReg NewVector() => Code.NewVReg(VRegFlags.Float | VRegFlags.Wide);

    // Instructions.

    /// <summary>Appends an instruction to those of the IR instruction that is being lowered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Emit(in X64Inst inst) => _pending.Add(inst);

    /// <summary>Replaces the first of those instructions.</summary>
    public void SetFirst(in X64Inst inst) => _pending[0] = inst;

    /// <summary>R = op M, with an optional immediate.</summary>
    public void Rm(X64Op op, VReg dst, RmOperand source, int immediate = 0) =>
        Emit(new X64Inst { Op = op, R = dst, Rm = source, Immediate = immediate });

    /// <summary>R = V op M, by a two-operand instruction whose destination is V, or by a three-operand one.</summary>
    public void Rvm(X64Op op, VReg dst, VReg left, RmOperand right, int immediate = 0, Cc cc = default) =>
        Emit(new X64Inst { Op = op, R = dst, V = left, Rm = right, Immediate = immediate, Condition = (byte)cc });

    /// <summary>The row to use of an SSE row and its VEX form.</summary>
    public X64Op Vex(X64Op sse) => sse + _vex;

    /// <summary>R = op M on xmm registers, given the SSE row: its VEX form where the target has AVX.</summary>
    public void VectorRm(X64Op sse, VReg dst, RmOperand source, int immediate = 0) => Rm(sse + _vex, dst, source, immediate);

    /// <summary>R = V op M on xmm registers, given the SSE row: its three-operand VEX form where the target has AVX.</summary>
    public void Vector(X64Op sse, VReg dst, VReg left, RmOperand right, int immediate = 0) => Rvm(sse + _vex, dst, left, right, immediate);

    /// <summary>R = V op immediate, in the destination's own register.</summary>
    public void Mi(X64Op op, VReg dst, VReg source, int immediate) =>
        Emit(new X64Inst { Op = op, R = dst, V = source, Immediate = immediate });

    /// <summary>R = V op immediate on vectors, given the SSE row: the VEX form leaves its source alone.</summary>
    public void VectorMi(X64Op sse, VReg dst, VReg source, int immediate)
    {
        if (_vex == 0) Mi(sse, dst, source, immediate);
        else Rm(sse + 1, dst, source, immediate);
    }

    /// <summary>R, an integer register, = lane of a vector, given the SSE row.</summary>
    public void VectorMri(X64Op sse, VReg dst, VReg source, int immediate) =>
        Emit(new X64Inst { Op = sse + _vex, R = dst, V = source, Immediate = immediate });

    /// <summary>M op= R, or flags of M and R: R is read.</summary>
    public void Mr(X64Op op, RmOperand memory, VReg source) => Emit(new X64Inst { Op = op, R = source, Rm = memory });

    /// <summary>Stores R, an xmm register, to M, or flags of both, given the SSE row.</summary>
    public void VectorMr(X64Op sse, RmOperand memory, VReg source) => Mr(sse + _vex, memory, source);

    /// <summary>M op= immediate, or flags of M and the immediate.</summary>
    public void MemImm(X64Op op, RmOperand operand, int immediate) => Emit(new X64Inst { Op = op, Rm = operand, Immediate = immediate });

    /// <summary>The number of a pool constant as an M operand.</summary>
    public RmOperand PoolConstant(UInt128 bits, int size)
    {
        Code.Constants.Add((bits, size));
        return RmOperand.At(RmKind.Constant, Code.Constants.Count - 1);
    }
}
