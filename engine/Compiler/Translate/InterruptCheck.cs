using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Contract.Layout;

namespace Kiln.Compiler.Translate;

/// <summary>
/// Tests of the store's interrupt flag, so that no guest runs for ever: at loop headers, and at the entry of functions
/// that call others. Between two tests a guest executes each instruction of a function at most as often as loops are unrolled
/// (<c>LoopUnrollPass</c>): four times.
/// </summary>
/// <remarks>
/// The flag is all ones or zero, so it is tested against the low half of its own address, which is in a register and is
/// not zero: processors join <c>test [m], r</c> and the branch to one operation, not so <c>cmp [m], 0</c>.
/// </remarks>
internal static class InterruptCheck
{
    // Another thread writes the flag: each test has to read it anew.
    private static MemFlags FlagFlags => MemFlags.Trusted(AliasRegions.StoreContext).WithPoll();

    /// <summary>Tests the flag at a loop header.</summary>
    public static void Emit(Translation t)
    {
        if (!t.Environment.Tunables.Interruption) return;
        FunctionBuilder b = t.Builder;
        Value context = t.LoadStoreContext();
        Value flag = b.Load(IrType.I32, FlagFlags, context, VmStoreContextLayout.Interrupt);
        t.Fuel.TrapIf(b.Band(b.Ireduce(context), flag), Trap.Interrupted);
    }

    /// <summary>
    /// Puts a test in front of the finished body. Known to be needed only at the end: a function that makes no calls
    /// cannot be part of a recursion.
    /// </summary>
    public static void InsertAtEntry(Translation t, IrFunction function)
    {
        if (!t.Environment.Tunables.Interruption || !t.MakesCalls) return;
        DataFlowGraph dfg = function.Dfg;
        Layout layout = function.Layout;
        Inst first = layout.First(layout.EntryBlock);
        MemFlags pointerFlags = MemFlags.Trusted(AliasRegions.VmContext).WithReadOnly().WithCanMove();
        Inst context = dfg.MakeInst(
            new InstData { Op = Opcode.Load, Type = IrType.I64, A = t.VmContext, MemFlags = pointerFlags, Offset = VmContextLayout.StoreContext }, IrType.I64);
        Inst flag = dfg.MakeInst(
            new InstData { Op = Opcode.Load, Type = IrType.I32, A = dfg.FirstResult(context), MemFlags = FlagFlags, Offset = VmStoreContextLayout.Interrupt }, IrType.I32);
        Inst low = dfg.MakeInst(new InstData { Op = Opcode.Ireduce, Type = IrType.I32, A = dfg.FirstResult(context) }, IrType.I32);
        Inst test = dfg.MakeInst(new InstData { Op = Opcode.Band, Type = IrType.I32, A = dfg.FirstResult(low), B = dfg.FirstResult(flag) }, IrType.I32);
        Inst trap = dfg.MakeInst(new InstData { Op = Opcode.Trapnz, A = dfg.FirstResult(test), TrapCode = Translation.Code(Trap.Interrupted) });
        SourceLoc loc = function.SourceLocOf(first);
        foreach (Inst inst in (System.ReadOnlySpan<Inst>)[context, flag, low, test, trap])
        {
            layout.InsertBefore(inst, first);
            function.SetSourceLoc(inst, loc);
        }
    }
}
