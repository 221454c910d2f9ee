using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>Function entry, call, call_indirect and return under the guest calling convention.</summary>
internal static class CallRules
{
    private static void Load(Lowering x, IrType type, VReg dst, RmOperand place)
    {
        if (type.IsGeneral()) x.Rm(type == IrType.I32 ? X64Op.Mov32Rm : X64Op.Mov64Rm, dst, place);
        else x.VectorRm(MemoryRules.FloatLoad(type), dst, place);
    }

    // An i32 is stored with its zero upper half, so that whoever reads the slot as 64 bits may.
    private static void Store(Lowering x, IrType type, RmOperand place, VReg value)
    {
        if (type.IsGeneral()) x.Mr(X64Op.Mov64Mr, place, value);
        else x.VectorMr(MemoryRules.FloatStore(type), place, value);
    }

    /// <summary>Defines the parameters that are used.</summary>
    public static void LowerEntry(Lowering x)
    {
        int start = x.Code.OperandLists.Count;
        x.Emit(default); // the Args instruction, filled in below
        X64Inst args = default;
        args.Op = X64Op.Args;
        GuestConvention convention = GuestConvention.ForArguments();
        foreach (Value value in x.Function.Params)
        {
            IrType type = x.Dfg.TypeOf(value);
            bool inRegister = convention.Next(type, out PReg register, out int offset);
            if (!x.IsDemanded(value)) continue;
            if (inRegister) x.Code.OperandLists.Add(Operand.DefFixed(x.RegOf(value), register));
            else Load(x, type, x.RegOf(value), RmOperand.At(RmKind.Incoming, offset));
        }

        args.Immediate = start;
        args.R = new VReg((uint)(x.Code.OperandLists.Count - start));
        x.SetFirst(args);
    }

    public static void LowerCall(Lowering x, Inst inst, in InstData data)
    {
        SigRef signature = x.Function.CalleeSignature(inst);
        ReadOnlySpan<IrType> types = x.Function.ParamTypes(signature);
        Span<Value> arguments = x.Dfg.CallArgs(inst);
        x.Code.HasCalls = true;

        var call = new X64Inst { Op = X64Op.Call, Displacement = (int)data.FuncRef.Id };
        if (data.Op == Opcode.CallIndirect)
        {
            call.Op = X64Op.CallIndirect;
            call.Rm = x.RegOf(x.Dfg.Operands(inst)[0]);
        }

        // Stack arguments first, while registers are free.
        GuestConvention convention = GuestConvention.ForArguments();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!convention.Next(types[i], out _, out int offset))
                Store(x, types[i], RmOperand.At(RmKind.Outgoing, offset), x.RegOf(arguments[i]));
        }

        int start = x.Code.OperandLists.Count;
        int argumentBytes = convention.StackBytes;
        convention = GuestConvention.ForArguments();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (convention.Next(types[i], out PReg register, out _))
                x.Code.OperandLists.Add(Operand.UseFixed(x.RegOf(arguments[i]), register));
        }

        convention = GuestConvention.ForResults(argumentBytes);
        foreach (Value result in x.Dfg.Results(inst))
        {
            if (convention.Next(x.Dfg.TypeOf(result), out PReg register, out _))
                x.Code.OperandLists.Add(Operand.DefFixed(x.RegOf(result), register));
        }

        call.Immediate = start;
        call.R = new VReg((uint)(x.Code.OperandLists.Count - start));
        x.Emit(call);
        x.Code.OutgoingBytes = Math.Max(x.Code.OutgoingBytes, (convention.StackBytes + 15) & ~15);

        convention = GuestConvention.ForResults(argumentBytes);
        foreach (Value result in x.Dfg.Results(inst))
        {
            IrType type = x.Dfg.TypeOf(result);
            if (!convention.Next(type, out _, out int offset) && x.IsDemanded(result))
                Load(x, type, x.RegOf(result), RmOperand.At(RmKind.Outgoing, offset));
        }
    }

    public static void LowerReturn(Lowering x, Inst inst)
    {
        GuestConvention convention = GuestConvention.ForResults(x.IncomingArgumentBytes);
        Span<Value> results = x.Dfg.Operands(inst);
        foreach (Value result in results)
        {
            IrType type = x.Dfg.TypeOf(result);
            if (!convention.Next(type, out _, out int offset))
                Store(x, type, RmOperand.At(RmKind.Incoming, offset), x.RegOf(result));
        }

        int start = x.Code.OperandLists.Count;
        convention = GuestConvention.ForResults(x.IncomingArgumentBytes);
        foreach (Value result in results)
        {
            if (convention.Next(x.Dfg.TypeOf(result), out PReg register, out _))
                x.Code.OperandLists.Add(Operand.UseFixed(x.RegOf(result), register));
        }

        x.Emit(new X64Inst { Op = X64Op.Rets, Immediate = start, R = new VReg((uint)(x.Code.OperandLists.Count - start)) });
    }
}
