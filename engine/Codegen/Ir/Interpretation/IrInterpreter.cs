// Executes IR over a byte memory. What it computes is what compiled and optimised code is compared with in tests.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Kiln.Codegen.Ir.Semantics;
using Kiln.Foundation.Diagnostics;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir.Interpretation;

/// <summary>How an interpreted call ended.</summary>
public enum InterpreterEnd : byte
{
    /// <summary>It returned; the results are valid.</summary>
    Returned,

    /// <summary>It trapped with <see cref="IrInterpreter.Trap"/>.</summary>
    Trapped,

    /// <summary>It used up its steps.</summary>
    OutOfSteps,

    /// <summary>It did what well-behaved IR never does: a notrap access outside of all memory, a call of what is no function.</summary>
    Misbehaved,
}

// In:  a well-formed function, optimised or not.
// Out: what it computes, by definition: this, ScalarSemantics and VectorSemantics are what the opcodes mean.
//
// Addresses are numbers in three ranges: the byte memory at MemoryBase, stack slots at StackBase, and
// functions, whose addresses are handed out by func_addr. Anything else faults. Written for clarity, not for
// speed: a dictionary-free loop over the instructions with one array of values for each activation.

/// <summary>Executes IR over a byte memory.</summary>
public sealed class IrInterpreter
{
    /// <summary>Address of the first byte of memory.</summary>
    public const long MemoryBase = 0x10000;

    private const long StackBase = 0x7000_0000_0000;
    private const long CodeBase = 0x4000_0000_0000;
    private const int MaxDepth = 200;

    private readonly IInterpreterHost? _host;
    private readonly byte[] _memory;
    private readonly List<ExternalName> _codeNames = [];
    private byte[] _stack = new byte[256];
    private int _stackEnd;
    private int _depth;
    private ExternalName _tailCallee;
    private IrValue[]? _tailArgs; // set by an activation that ended with a tail call

    /// <summary>Creates an interpreter over <paramref name="memory"/>, which functions read and write in place.</summary>
    public IrInterpreter(byte[] memory, IInterpreterHost? host = null)
    {
        _memory = memory;
        _host = host;
    }

    /// <summary>The trap that ended the last call.</summary>
    public TrapCode Trap { get; private set; }

    /// <summary>What a call that misbehaved did.</summary>
    public string Misbehaviour { get; private set; } = "";

    /// <summary>Instructions that may still be executed, over all calls.</summary>
    public long StepsLeft { get; set; } = 1_000_000;

    /// <summary>Calls a function. On a return <paramref name="results"/> holds its results.</summary>
    public InterpreterEnd Run(IrFunction func, ReadOnlySpan<IrValue> args, Span<IrValue> results)
    {
        if (_depth == MaxDepth)
        {
            Trap = TrapCode.StackOverflow;
            return InterpreterEnd.Trapped;
        }

        _depth++;
        int stackMark = _stackEnd;
        InterpreterEnd end = new Activation(this, func).Run(args, results);
        while (end == InterpreterEnd.Returned && _tailArgs is { } tailArgs)
        {
            _tailArgs = null;
            _stackEnd = stackMark;
            if (_host?.Find(_tailCallee) is { } callee) end = new Activation(this, callee).Run(tailArgs, results);
            else end = Call(_tailCallee, tailArgs, results);
        }

        _stackEnd = stackMark;
        _depth--;
        return end;
    }

    private InterpreterEnd Trapped(TrapCode code)
    {
        Trap = code;
        return InterpreterEnd.Trapped;
    }

    private InterpreterEnd Misbehave(string what)
    {
        Misbehaviour = what;
        return InterpreterEnd.Misbehaved;
    }

    // The bytes at an address, empty if they are not all there.
    private Span<byte> Access(long address, int byteCount)
    {
        if (address >= MemoryBase && address - MemoryBase <= _memory.Length - byteCount) return _memory.AsSpan((int)(address - MemoryBase), byteCount);
        if (address >= StackBase && address - StackBase <= _stackEnd - byteCount) return _stack.AsSpan((int)(address - StackBase), byteCount);
        return default;
    }

    private long ReserveStack(int byteCount)
    {
        int start = (_stackEnd + 15) & ~15;
        int end = start + byteCount;
        if (end > _stack.Length) Array.Resize(ref _stack, Math.Max(end, _stack.Length * 2));
        _stack.AsSpan(start, byteCount).Clear();
        _stackEnd = end;
        return StackBase + start;
    }

    private long AddressOf(ExternalName name)
    {
        int index = _codeNames.IndexOf(name);
        if (index < 0)
        {
            index = _codeNames.Count;
            _codeNames.Add(name);
        }

        return CodeBase + (index * 16L);
    }

    private bool TryFunctionAt(long address, out ExternalName name)
    {
        long index = (address - CodeBase) / 16;
        name = default;
        if (address < CodeBase || index >= _codeNames.Count || (address & 15) != 0) return false;
        name = _codeNames[(int)index];
        return true;
    }

    private InterpreterEnd Call(ExternalName name, ReadOnlySpan<IrValue> args, Span<IrValue> results)
    {
        if (_host is null) return Misbehave($"a call of {name} without a host");
        if (_host.Find(name) is { } callee) return Run(callee, args, results);
        _host.Call(name, args, results);
        return InterpreterEnd.Returned;
    }

    // One call of a function: its values and where it is.
    private ref struct Activation(IrInterpreter interpreter, IrFunction func)
    {
        private readonly IrValue[] _values = new IrValue[func.Dfg.Values.IdLimit];
        private readonly long[] _slots = new long[func.StackSlots.IdLimit];
        private readonly DataFlowGraph _dfg = func.Dfg;

        public readonly InterpreterEnd Run(ReadOnlySpan<IrValue> args, Span<IrValue> results)
        {
            foreach (StackSlot slot in func.StackSlots.Keys) _slots[slot.Id] = interpreter.ReserveStack(func.StackSlots[slot].ByteCount);
            Block block = func.Layout.EntryBlock;
            Assign(_dfg.Params(block), args);
            Inst inst = func.Layout.First(block);
            while (true)
            {
                if (interpreter.StepsLeft-- <= 0) return InterpreterEnd.OutOfSteps;
                Opcode op = _dfg.Op(inst);
                if (op == Opcode.Return)
                {
                    Values(_dfg.Operands(inst)).CopyTo(results);
                    return InterpreterEnd.Returned;
                }

                if (op.IsCall() && op.IsTerminator()) return TailCall(inst);
                if (op.IsBranch())
                {
                    inst = func.Layout.First(Branch(inst));
                    continue;
                }

                InterpreterEnd end = Execute(inst);
                if (end != InterpreterEnd.Returned) return end;
                inst = func.Layout.Next(inst);
            }
        }

        private readonly IrValue Get(Value value) => _values[_dfg.Resolve(value).Id];

        private readonly IrValue[] Values(ReadOnlySpan<Value> values)
        {
            var result = new IrValue[values.Length];
            for (int i = 0; i < values.Length; i++) result[i] = Get(values[i]);
            return result;
        }

        private readonly void Assign(ReadOnlySpan<Value> targets, ReadOnlySpan<IrValue> values)
        {
            for (int i = 0; i < targets.Length; i++) _values[targets[i].Id] = values[i];
        }

        private readonly Block Branch(Inst inst)
        {
            InstData data = _dfg.Insts[inst];
            Span<BlockCall> targets = _dfg.Targets(inst);
            int taken = 0;
            if (data.Op == Opcode.Brif) taken = Get(data.A).Imm != 0 ? 0 : 1;
            if (data.Op == Opcode.BrTable) taken = (int)Math.Min((uint)Get(data.A).Bits, (uint)targets.Length - 1);
            ref BlockCall call = ref targets[taken];

            // All arguments are read before any parameter is written.
            Assign(_dfg.Params(call.Target), Values(_dfg.Args(call)));
            return call.Target;
        }

        private readonly InterpreterEnd Execute(Inst inst)
        {
            InstData data = _dfg.Insts[inst];
            Effects effects = data.Op.Effects();
            if ((effects & Effects.Call) != 0) return ExecuteCall(inst);
            if ((effects & Effects.Barrier) != 0) return data.Op == Opcode.Fence ? InterpreterEnd.Returned : ExecuteAtomic(inst, data);
            if ((effects & Effects.Load) != 0) return ExecuteLoad(inst, data);
            if ((effects & Effects.Store) != 0) return ExecuteStore(data);
            switch (data.Op)
            {
                case Opcode.Trap:
                    return interpreter.Trapped(data.TrapCode);
                case Opcode.Trapz:
                    return Get(data.A).Imm == 0 ? interpreter.Trapped(data.TrapCode) : InterpreterEnd.Returned;
                case Opcode.Trapnz:
                    return Get(data.A).Imm != 0 ? interpreter.Trapped(data.TrapCode) : InterpreterEnd.Returned;
                case Opcode.StackAddr:
                    Set(inst, IrValue.I64(_slots[data.StackSlot.Id] + data.Offset));
                    return InterpreterEnd.Returned;
                case Opcode.FuncAddr:
                    Set(inst, IrValue.I64(interpreter.AddressOf(func.Functions[data.FuncRef].Name)));
                    return InterpreterEnd.Returned;
                case Opcode.Vconst:
                    Set(inst, new IrValue(IrType.V128, func.Constants[data.Constant]));
                    return InterpreterEnd.Returned;
                case Opcode.Select when data.Type == IrType.V128:
                    Set(inst, Get(data.A).Imm != 0 ? Get(data.B) : Get(data.C));
                    return InterpreterEnd.Returned;
                default: // computes a value from values
                    return VectorSemantics.Covers(data.Op) ? ExecuteVector(inst, data) : ExecuteScalar(inst, data);
            }
        }

        private readonly InterpreterEnd ExecuteScalar(Inst inst, in InstData data)
        {
            int count = data.Op.FixedOperandCount();
            long x = count > 0 ? Get(data.A).Imm : 0, y = count > 1 ? Get(data.B).Imm : 0, z = count > 2 ? Get(data.C).Imm : 0;
            IrType operandType = count > 0 ? _dfg.TypeOf(data.A) : IrType.None;
            long result = ScalarSemantics.Evaluate(data, operandType, x, y, z, out TrapCode trap);
            if (trap != default) return interpreter.Trapped(trap);
            Set(inst, IrValue.FromImm(data.ResultType, result));
            return InterpreterEnd.Returned;
        }

        private readonly InterpreterEnd ExecuteVector(Inst inst, in InstData data)
        {
            int count = data.Op.FixedOperandCount();
            UInt128 x = Get(data.A).Bits, y = count > 1 ? Get(data.B).Bits : 0, z = count > 2 ? Get(data.C).Bits : 0;
            if (data.Op == Opcode.Vshuffle) z = func.Constants[data.Constant];
            Set(inst, new IrValue(data.ResultType, VectorSemantics.Evaluate(data, x, y, z)));
            return InterpreterEnd.Returned;
        }

        private readonly void Set(Inst inst, IrValue value) => _values[_dfg.FirstResult(inst).Id] = value;

        private readonly InterpreterEnd Fault(in InstData data, long address)
        {
            if (data.MemFlags.Trap != default) return interpreter.Trapped(data.MemFlags.Trap);
            return interpreter.Misbehave($"{data.Op} at 0x{address:x} faults without a trap code");
        }

        private readonly InterpreterEnd ExecuteLoad(Inst inst, in InstData data)
        {
            long address = unchecked(Get(data.A).Imm + data.Offset);
            int byteCount = data.AccessByteCount;
            Span<byte> bytes = interpreter.Access(address, byteCount);
            if (bytes.IsEmpty) return Fault(data, address);
            Span<byte> padded = stackalloc byte[16];
            padded.Clear();
            bytes.CopyTo(padded);
            UInt128 raw = BinaryPrimitives.ReadUInt128LittleEndian(padded);
            switch (data.Op)
            {
                case Opcode.Sload8:
                    Set(inst, IrValue.FromImm(data.Type, (sbyte)raw));
                    break;
                case Opcode.Sload16:
                    Set(inst, IrValue.FromImm(data.Type, (short)raw));
                    break;
                case Opcode.Sload32:
                    Set(inst, IrValue.FromImm(data.Type, (int)raw));
                    break;
                case Opcode.VloadSplat or Opcode.VloadZero or Opcode.VloadSextend or Opcode.VloadUextend:
                    Set(inst, new IrValue(IrType.V128, VectorSemantics.Load(data, bytes)));
                    break;
                default: // load and the zero-extending ones
                    Set(inst, new IrValue(data.Type, raw));
                    break;
            }

            return InterpreterEnd.Returned;
        }

        private readonly InterpreterEnd ExecuteStore(in InstData data)
        {
            long address = unchecked(Get(data.A).Imm + data.Offset);
            Span<byte> bytes = interpreter.Access(address, data.AccessByteCount);
            if (bytes.IsEmpty) return Fault(data, address);
            Span<byte> raw = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128LittleEndian(raw, Get(data.B).Bits);
            raw[..bytes.Length].CopyTo(bytes);
            return InterpreterEnd.Returned;
        }

        // One thread interprets, so an access in one piece is an atomic one.
        private readonly InterpreterEnd ExecuteAtomic(Inst inst, in InstData data)
        {
            long address = unchecked(Get(data.A).Imm + data.Offset);
            Span<byte> bytes = interpreter.Access(address, data.AccessByteCount);
            if (bytes.IsEmpty) return Fault(data, address);
            if (address % bytes.Length != 0) return interpreter.Misbehave($"{data.Op} at 0x{address:x} is not aligned");
            Span<byte> raw = stackalloc byte[8];
            raw.Clear();
            bytes.CopyTo(raw);
            ulong before = BinaryPrimitives.ReadUInt64LittleEndian(raw);
            ulong mask = ulong.MaxValue >> (64 - 8 * bytes.Length);
            ulong after = data.Op.Format() switch
            {
                InstFormat.Store => (ulong)Get(data.B).Bits,
                InstFormat.AtomicRmw => data.AtomicOp.Apply(before, (ulong)Get(data.B).Bits),
                InstFormat.AtomicCas => before == ((ulong)Get(data.B).Bits & mask) ? (ulong)Get(data.C).Bits : before,
                _ => before, // a load
            };
            BinaryPrimitives.WriteUInt64LittleEndian(raw, after);
            raw[..bytes.Length].CopyTo(bytes);
            if (data.ResultType != IrType.None) Set(inst, new IrValue(data.Type, before));
            return InterpreterEnd.Returned;
        }

        private readonly InterpreterEnd FindCallee(Inst inst, out ExternalName name)
        {
            InstData data = _dfg.Insts[inst];
            if (data.Op.Format() == InstFormat.Call)
            {
                name = func.Functions[data.FuncRef].Name;
                return InterpreterEnd.Returned;
            }

            long address = Get(_dfg.Operands(inst)[0]).Imm;
            return interpreter.TryFunctionAt(address, out name) ? InterpreterEnd.Returned : interpreter.Misbehave($"a call of 0x{address:x}");
        }

        // The caller runs it, once this activation is gone.
        private readonly InterpreterEnd TailCall(Inst inst)
        {
            InterpreterEnd found = FindCallee(inst, out ExternalName name);
            if (found != InterpreterEnd.Returned) return found;
            interpreter._tailCallee = name;
            interpreter._tailArgs = Values(_dfg.CallArgs(inst));
            return InterpreterEnd.Returned;
        }

        private readonly InterpreterEnd ExecuteCall(Inst inst)
        {
            InterpreterEnd found = FindCallee(inst, out ExternalName name);
            if (found != InterpreterEnd.Returned) return found;
            IrValue[] args = Values(_dfg.CallArgs(inst));
            ReadOnlySpan<IrType> types = func.ResultTypes(func.CalleeSignature(inst));
            var results = new IrValue[types.Length];
            InterpreterEnd end = interpreter.Call(name, args, results);
            if (end != InterpreterEnd.Returned) return end;
            int next = 0;
            foreach (Value result in _dfg.Results(inst))
            {
                if (results[next].Type != types[next]) EngineBug.Throw($"{name} gave {results[next].Type}, {types[next]} was declared");
                _values[result.Id] = results[next++];
            }

            return InterpreterEnd.Returned;
        }
    }
}
