// Fuel. What goes in: the cost of each operator as it is translated. What goes out: code that keeps the store's
// FuelLeft exact wherever anybody else can see it.
//
// Costs are Wasmtime's: 1 for an operator, 0 for nop, drop, block, loop, unreachable, return, else and end; bulk
// operations cost 1 more for each byte or element. Costs of a straight line are added up while translating and
// subtracted at its end from an SSA variable; the variable is stored before calls, returns and explicit traps and
// loaded again after calls. It is tested (negative means used up) at function entries, loop headers and before
// bulk operations. All of this depends on the Wasm code alone, so fuel is the same on every machine and tier.

using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Opcode = Kiln.Wasm.Opcodes.Opcode;

namespace Kiln.Compiler.Translate;

/// <summary>Counts fuel in one function; does nothing if the tunables do not ask for it.</summary>
internal sealed class FuelMeter
{
    private const long LargestBulk = 1L << 62; // larger sizes cost this: the variable cannot overflow

    private Translation? _translation;
    private Variable _variable;
    private long _pending;
    private Block _reloadedIn; // the store is up to date as long as this is the current block and nothing was charged

    /// <summary>True if code counts fuel.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Starts a function, after its locals were declared: loads the fuel left and tests it.</summary>
    public void Begin(Translation translation)
    {
        _translation = translation;
        IsOn = translation.Environment.Tunables.Fuel;
        _pending = 0;
        if (!IsOn) return;
        _variable = translation.Builder.DeclareVariable(IrType.I64);
        Reload();
        FunctionBuilder b = translation.Builder;
        b.Trapnz(b.IcmpImm(IntCC.Slt, b.UseVar(_variable), 0), Translation.Code(Trap.OutOfFuel));
    }

    /// <summary>Adds the cost of an operator in reachable code.</summary>
    public void Charge(Opcode opcode)
    {
        if (!IsFree(opcode)) _pending++;
    }

    /// <summary>Ends a straight line: brings the variable up to date.</summary>
    public void EndLine()
    {
        if (!IsOn || _pending == 0) return;
        FunctionBuilder b = _translation!.Builder;
        b.DefVar(_variable, b.IaddImm(b.UseVar(_variable), -_pending));
        _pending = 0;
        _reloadedIn = default;
    }

    /// <summary>Brings the store up to date, before a call, return or trap.</summary>
    public void Flush()
    {
        if (!IsOn) return;
        EndLine();
        if (_translation!.Builder.CurrentBlock != _reloadedIn) StoreVariable();
    }

    /// <summary>Takes over what a call left.</summary>
    public void Reload()
    {
        if (!IsOn) return;
        FunctionBuilder b = _translation!.Builder;
        b.DefVar(_variable, b.Load(IrType.I64, Flags, _translation.LoadStoreContext(), VmStoreContextLayout.FuelLeft));
        _reloadedIn = b.CurrentBlock;
    }

    /// <summary>Subtracts the cost of a bulk operation over <paramref name="size"/> (i64, unsigned) bytes or elements, and tests what is left.</summary>
    public void ChargeBulk(Value size)
    {
        if (!IsOn) return;
        EndLine();
        FunctionBuilder b = _translation!.Builder;
        Value most = b.I64Const(LargestBulk);
        Value cost = b.Select(b.Icmp(IntCC.Ugt, size, most), most, size);
        b.DefVar(_variable, b.Isub(b.UseVar(_variable), cost));
        _reloadedIn = default;
        Test();
    }

    /// <summary>Traps if the fuel is used up, with the store up to date.</summary>
    public void Test()
    {
        if (!IsOn) return;
        EndLine();
        FunctionBuilder b = _translation!.Builder;
        TrapIf(b.IcmpImm(IntCC.Slt, b.UseVar(_variable), 0), Trap.OutOfFuel);
    }

    /// <summary>Traps if <paramref name="condition"/> is not zero, where fuel is counted with the store up to date.</summary>
    public void TrapIf(Value condition, Trap trap)
    {
        FunctionBuilder b = _translation!.Builder;
        if (!IsOn)
        {
            b.Trapnz(condition, Translation.Code(trap));
            return;
        }

        EndLine();
        Block stop = b.CreateBlock();
        Block goOn = b.CreateBlock();
        b.SetCold(stop);
        b.Brif(condition, stop, goOn);
        b.SealBlock(stop);
        b.SealBlock(goOn);
        b.SwitchToBlock(stop);
        StoreVariable();
        b.Trap(Translation.Code(trap));
        b.SwitchToBlock(goOn);
    }

    private static MemFlags Flags => MemFlags.Trusted(AliasRegions.StoreContext);

    private static bool IsFree(Opcode opcode) =>
        opcode is Opcode.Nop or Opcode.Drop or Opcode.Block or Opcode.Loop or Opcode.Unreachable or Opcode.Return or Opcode.Else or Opcode.End;

    private void StoreVariable()
    {
        FunctionBuilder b = _translation!.Builder;
        b.Store(Flags, b.UseVar(_variable), _translation.LoadStoreContext(), VmStoreContextLayout.FuelLeft);
    }
}
