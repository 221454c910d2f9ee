using System;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Diagnostics;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir;

/// <summary>
/// A function in SSA form: the data flow graph, the layout of blocks and instructions, and what they refer
/// to. Made by the front end, rewritten by the optimisation pipeline, read by lowering.
/// </summary>
/// <remarks>
/// INVARIANTS (held between passes, checked by <see cref="IrVerifier"/>): the entry block is first, has the
/// signature's parameters and no predecessors; every block ends with its only terminator; every use is
/// dominated by its definition; branch arguments match block parameters. One object serves many functions:
/// <see cref="Clear"/> keeps the buffers. Not thread-safe.
/// </remarks>
public sealed class IrFunction
{
    private readonly ListPool<IrType> _types = new(64);
    private readonly SideMap<Inst, SourceLoc> _sourceLocs = new(512);

    /// <summary>What to call the function in dumps; no meaning otherwise.</summary>
    public string Name { get; set; } = "";

    /// <summary>The function's own signature.</summary>
    public SigRef Signature { get; set; }

    /// <summary>Instructions, values, parameters and arguments.</summary>
    public DataFlowGraph Dfg { get; } = new();

    /// <summary>Order of blocks and instructions.</summary>
    public Layout Layout { get; } = new();

    /// <summary>Signatures referred to.</summary>
    public EntityMap<SigRef, SignatureData> Signatures { get; } = new(16);

    /// <summary>Functions referred to.</summary>
    public EntityMap<FuncRef, ExternalFunc> Functions { get; } = new(16);

    /// <summary>Memory in the frame.</summary>
    public EntityMap<StackSlot, StackSlotData> StackSlots { get; } = new(4);

    /// <summary>128-bit constants.</summary>
    public ConstantPool Constants { get; } = new();

    /// <summary>Makes the object ready for the next function; keeps the buffers.</summary>
    public void Clear()
    {
        Layout.Clear(Dfg.Insts.IdLimit, Dfg.BlockParams.IdLimit);
        _sourceLocs.Clear(Dfg.Insts.IdLimit);
        Dfg.Clear();
        Signatures.Clear();
        Functions.Clear();
        StackSlots.Clear();
        Constants.Clear();
        _types.Clear();
        Name = "";
        Signature = default;
    }

    // What the function refers to.

    /// <summary>Declares a signature.</summary>
    public SigRef AddSignature(scoped ReadOnlySpan<IrType> parameters, scoped ReadOnlySpan<IrType> results, CallConv callConv = CallConv.Guest) =>
        Signatures.Add(new SignatureData(_types.Add(parameters), _types.Add(results), callConv));

    /// <summary>Parameter types of a signature. Invalid after the next <see cref="AddSignature"/>.</summary>
    public ReadOnlySpan<IrType> ParamTypes(SigRef sig) => _types.Get(Signatures[sig].Params);

    /// <summary>Result types of a signature. Invalid after the next <see cref="AddSignature"/>.</summary>
    public ReadOnlySpan<IrType> ResultTypes(SigRef sig) => _types.Get(Signatures[sig].Results);

    /// <summary>Declares a function outside of this one.</summary>
    public FuncRef AddFunction(SigRef sig, ExternalName name) => Functions.Add(new ExternalFunc(sig, name));

    /// <summary>Declares memory in the frame; <paramref name="alignment"/> in bytes is a power of two up to 16.</summary>
    public StackSlot AddStackSlot(int byteCount, int alignment) => StackSlots.Add(new StackSlotData(byteCount, alignment));

    /// <summary>The signature that a call instruction follows.</summary>
    public SigRef CalleeSignature(Inst call)
    {
        ref InstData data = ref Dfg.Insts[call];
        return data.Op.Format() == InstFormat.Call ? Functions[data.FuncRef].Sig : data.SigRef;
    }

    // Source locations.

    /// <summary>Where an instruction came from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SourceLoc SourceLocOf(Inst inst) => _sourceLocs.Get(inst);

    /// <summary>Says where an instruction came from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetSourceLoc(Inst inst, SourceLoc loc) => _sourceLocs[inst] = loc;

    // Shortcuts.

    /// <summary>The parameters of the function: those of the entry block.</summary>
    public Span<Value> Params => Dfg.Params(Layout.EntryBlock);

    /// <summary>The targets of a block's terminator: its successors, with the arguments passed to each.</summary>
    public Span<BlockCall> Successors(Block block) => Dfg.Targets(Layout.Last(block));

    /// <summary>Rewrites every operand to the value behind its alias, so that no alias is used any more.</summary>
    public void ResolveAliases()
    {
        foreach (Block block in Layout.Blocks)
        {
            foreach (Inst inst in Layout.Insts(block)) Dfg.ResolveOperands(inst);
        }
    }

    /// <summary>Takes an instruction out; its results must not be used any more.</summary>
    public void Remove(Inst inst) => Layout.Remove(inst);

    /// <summary>
    /// Counts the uses of each value in operands and branch arguments, by value id; uses by aliases count for
    /// the value behind. The span must be <c>Dfg.Values.IdLimit</c> long and zero.
    /// </summary>
    public void CountUses(Span<int> counts)
    {
        EngineBug.Check(counts.Length >= Dfg.Values.IdLimit);
        foreach (Block block in Layout.Blocks)
        {
            foreach (Inst inst in Layout.Insts(block))
            {
                foreach (Value value in Dfg.Operands(inst)) counts[(int)Dfg.Resolve(value).Id]++;
                foreach (ref BlockCall call in Dfg.Targets(inst))
                {
                    foreach (Value value in Dfg.Args(call)) counts[(int)Dfg.Resolve(value).Id]++;
                }
            }
        }
    }
}
