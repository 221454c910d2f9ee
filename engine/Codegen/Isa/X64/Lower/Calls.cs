using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>Function entry, calls, tail calls and return under the guest calling convention.</summary>
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

        bool areaInRegister = convention.Next(IrType.I64, out PReg areaRegister, out int areaOffset);
        if (x.ResultArea.Id != 0)
        {
            if (areaInRegister) x.Code.OperandLists.Add(Operand.DefFixed(x.ResultArea, areaRegister));
            else Load(x, IrType.I64, x.ResultArea, RmOperand.At(RmKind.Incoming, areaOffset));
        }

        args.Immediate = start;
        args.R = new VReg((uint)(x.Code.OperandLists.Count - start));
        x.SetFirst(args);
    }

    public static void LowerCall(Lowering x, Inst inst, in InstData data)
    {
        SigRef signature = x.Function.CalleeSignature(inst);
        ReadOnlySpan<IrType> types = x.Function.ParamTypes(signature);
        ReadOnlySpan<IrType> resultTypes = x.Function.ResultTypes(signature);
        int argumentBytes = GuestConvention.ArgumentBytes(types, resultTypes);
        int resultBytes = GuestConvention.ResultBytes(resultTypes);
        x.Code.HasCalls = true;
        x.Code.OutgoingBytes = Math.Max(x.Code.OutgoingBytes, argumentBytes + resultBytes);

        var call = new X64Inst { Op = X64Op.Call, Displacement = (int)data.FuncRef.Id, V = new VReg((uint)argumentBytes) };
        if (data.Op == Opcode.CallIndirect)
        {
            call.Op = X64Op.CallIndirect;
            call.Rm = x.RegOf(x.Dfg.Operands(inst)[0]);
        }

        // The result area lies behind the stack arguments, where nothing of the callee can reach it.
        VReg area = default;
        if (resultBytes != 0)
        {
            area = x.NewInt();
            x.Rm(X64Op.Lea64, area, RmOperand.At(RmKind.Outgoing, argumentBytes));
        }

        Span<Value> arguments = x.Dfg.CallArgs(inst);
        StoreArguments(x, arguments, types, area, RmOperand.At(RmKind.Outgoing, 0));
        int start = x.Code.OperandLists.Count;
        AddRegisterArguments(x, arguments, types, area);
        GuestConvention convention = GuestConvention.ForResults();
        foreach (Value result in x.Dfg.Results(inst))
        {
            if (convention.Next(x.Dfg.TypeOf(result), out PReg register, out _))
                x.Code.OperandLists.Add(Operand.DefFixed(x.RegOf(result), register));
        }

        call.Immediate = start;
        call.R = new VReg((uint)(x.Code.OperandLists.Count - start));
        x.Emit(call);

        convention = GuestConvention.ForResults();
        foreach (Value result in x.Dfg.Results(inst))
        {
            IrType type = x.Dfg.TypeOf(result);
            if (!convention.Next(type, out _, out int offset) && x.IsDemanded(result))
                Load(x, type, x.RegOf(result), RmOperand.At(RmKind.Outgoing, argumentBytes + offset));
        }
    }

    /// <remarks>
    /// Stack arguments go to their final place, an area that ends where this function's own incoming area ends. It may
    /// cover that area, whose parameters were all read at the entry, the return address, which moves first, and the room that
    /// is kept for it at the top of the frame: so it never covers anything that is still needed. The return address has the
    /// lowest place: should the stack end there, nothing is overwritten yet.
    /// </remarks>
    public static void LowerTailCall(Lowering x, Inst inst, in InstData data)
    {
        const int ReturnAddress = -8;
        SigRef signature = x.Function.CalleeSignature(inst);
        ReadOnlySpan<IrType> types = x.Function.ParamTypes(signature);
        ReadOnlySpan<IrType> resultTypes = x.Function.ResultTypes(signature);
        int argumentBytes = GuestConvention.ArgumentBytes(types, resultTypes);
        int shift = x.Code.IncomingBytes - argumentBytes;
        x.Code.TailBytes = Math.Max(x.Code.TailBytes, -shift);

        var call = new X64Inst { Op = X64Op.TailCall, Displacement = (int)data.FuncRef.Id, V = new VReg((uint)argumentBytes) };
        if (data.Op == Opcode.ReturnCallIndirect)
        {
            call.Op = X64Op.TailCallIndirect;
            call.Rm = x.RegOf(x.Dfg.Operands(inst)[0]);
        }

        if (shift != 0)
        {
            VReg address = x.NewInt();
            x.Rm(X64Op.Mov64Rm, address, RmOperand.At(RmKind.Incoming, ReturnAddress));
            x.Mr(X64Op.Mov64Mr, RmOperand.At(RmKind.Incoming, shift + ReturnAddress), address);
        }

        Span<Value> arguments = x.Dfg.CallArgs(inst);
        VReg area = GuestConvention.ResultBytes(resultTypes) != 0 ? ResultArea(x) : default;
        StoreArguments(x, arguments, types, area, RmOperand.At(RmKind.Incoming, shift));
        call.Immediate = x.Code.OperandLists.Count;
        AddRegisterArguments(x, arguments, types, area);
        call.R = new VReg((uint)(x.Code.OperandLists.Count - call.Immediate));
        x.Emit(call);
    }

    public static void LowerReturn(Lowering x, Inst inst)
    {
        GuestConvention convention = GuestConvention.ForResults();
        Span<Value> results = x.Dfg.Operands(inst);
        foreach (Value result in results)
        {
            IrType type = x.Dfg.TypeOf(result);
            if (!convention.Next(type, out _, out int offset))
                Store(x, type, new RmOperand { Kind = RmKind.BaseIndex, Base = ResultArea(x), Displacement = offset }, x.RegOf(result));
        }

        int start = x.Code.OperandLists.Count;
        convention = GuestConvention.ForResults();
        foreach (Value result in results)
        {
            if (convention.Next(x.Dfg.TypeOf(result), out PReg register, out _))
                x.Code.OperandLists.Add(Operand.UseFixed(x.RegOf(result), register));
        }

        x.Emit(new X64Inst { Op = X64Op.Rets, Immediate = start, R = new VReg((uint)(x.Code.OperandLists.Count - start)) });
    }

    // Stores the stack arguments into the area at a place; before the register arguments, while registers are free.
    private static void StoreArguments(Lowering x, ReadOnlySpan<Value> arguments, ReadOnlySpan<IrType> types, VReg area, RmOperand place)
    {
        int start = place.Displacement;
        GuestConvention convention = GuestConvention.ForArguments();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (convention.Next(types[i], out _, out int offset)) continue;
            place.Displacement = start + offset;
            Store(x, types[i], place, x.RegOf(arguments[i]));
        }

        if (area.Id == 0 || convention.Next(IrType.I64, out _, out int areaOffset)) return;
        place.Displacement = start + areaOffset;
        Store(x, IrType.I64, place, area);
    }

    private static void AddRegisterArguments(Lowering x, ReadOnlySpan<Value> arguments, ReadOnlySpan<IrType> types, VReg area)
    {
        GuestConvention convention = GuestConvention.ForArguments();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (convention.Next(types[i], out PReg register, out _))
                x.Code.OperandLists.Add(Operand.UseFixed(x.RegOf(arguments[i]), register));
        }

        if (area.Id != 0 && convention.Next(IrType.I64, out PReg areaRegister, out _))
            x.Code.OperandLists.Add(Operand.UseFixed(area, areaRegister));
    }

    private static VReg ResultArea(Lowering x)
    {
        if (x.ResultArea.Id == 0) x.ResultArea = x.NewInt();
        return x.ResultArea;
    }
}
