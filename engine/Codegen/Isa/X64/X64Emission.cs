using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Machine;
using Kiln.Foundation.Collections;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// The last stage. Comes in: VCode and its allocation. Goes out: bytes with traps, address map and relocations.
/// Writes blocks in their order, the allocator's moves where they belong, the frame's set-up and removal, and behind
/// the code the rare parts of float minima and maxima and one trap stub (a one-byte hlt) for each trap code and source location.
/// </summary>
/// <remarks>
/// Frame, upward from rsp: outgoing area, stack slots, spill slots, padding, room for stack arguments of tail calls, return
/// address, incoming area. Its size is
/// fixed after the prologue, and 8 modulo 16, so that rsp is aligned at calls; a function that needs none has none. Blocks that
/// are nothing but a jump are skipped and jumps to them lead to their target. Operand locations are read in the order
/// in which <see cref="X64Operands"/> lists operands. One object serves many functions.
/// </remarks>
internal sealed class X64Emission
{
    private readonly struct Stub(int label, byte code, uint source)
    {
        public readonly int Label = label;
        public readonly byte Code = code;
        public readonly uint Source = source;
    }

    private readonly MachBuffer<X64LabelUses> _buffer = new();
    private readonly JumpThreading _threaded = new();
    private readonly BlockLayout _layout = new();
    private readonly GrowList<Stub> _stubs = new();
    private readonly GrowList<ColdExtremum> _extrema = new();
    private readonly GrowList<MachLabel> _constants = new();
    private VCode<X64Inst> _code = new();
    private IrFunction _function = new();
    private Allocation _allocation = new();
    private int _frame;
    private int _slotBase;
    private int _spillBase;
    private int _firstLabel;
    private uint _source;
    private int _vex;
    private CodeOffset _returnAddress; // of the last call
    private bool _keepBranchesInLine;
    private int _fusable;              // where an instruction begins that a conditional jump behind it may become one with
    private int _fusableEnd;

    /// <summary>Emits <paramref name="code"/> into <paramref name="output"/>, which is empty.</summary>
    public void Run(IrFunction function, VCode<X64Inst> code, Allocation allocation, CodegenOptions options, CompiledFunction output)
    {
        _function = function;
        _code = code;
        _allocation = allocation;
        _buffer.Clear();
        _stubs.Clear();
        _extrema.Clear();
        _source = 0;
        _vex = options.Features.Avx ? 1 : 0;
        LayOutFrame();
        CreateLabels();
        _threaded.Compute(code, allocation.Edits);
        _layout.Compute(code, _threaded);
        WritePrologue(options);
        output.FrameSize = _frame;
        output.ArgumentBytes = code.IncomingBytes;
        output.PrologueEnd = new CodeOffset((uint)_buffer.Offset);
        WriteBlocks(options);
        WriteStubs();
        _buffer.Finish(output);
    }

    private void LayOutFrame()
    {
        _slotBase = _code.OutgoingBytes;
        _spillBase = _slotBase + _code.StackSlotBytes;
        int size = _spillBase + _allocation.SpillAreaBytes + _code.TailBytes;
        _frame = size == 0 && !_code.HasCalls ? 0 : ((size + 7) & ~15) + 8;
    }

    private void CreateLabels()
    {
        _firstLabel = _buffer.NewLabels(_code.BlockCount);
        _constants.Clear();
        foreach ((UInt128 bits, int size) in _code.Constants.Span) _constants.Add(_buffer.Constant(bits, size));
    }

    private MachLabel LabelOf(int block) => new(_firstLabel + _threaded[block]);

    // Blocks.

    private void WriteBlocks(CodegenOptions options)
    {
        ReadOnlySpan<X64Inst> insts = _code.Insts;
        ReadOnlySpan<uint> sources = _code.Sources;
        ReadOnlySpan<Edit> edits = _allocation.Edits;
        ReadOnlySpan<Kiln.RegAlloc.StackMapEntry> references = _allocation.StackMap;
        ReadOnlySpan<int> order = _layout.Order;
        for (int at = 0; at < order.Length; at++)
        {
            int block = order[at];
            int next = at + 1 < order.Length ? order[at + 1] : _code.BlockCount;
            int end = _code.BlockEnd(block);
            int start = _code.BlockStart(block);
            if (options.LoopAlignment > 1 && IsLoopStart(block)) _buffer.Align(options.LoopAlignment);
            _buffer.ReserveReach((end - start + 4) * 32, reachable: true);
            _buffer.Bind(new MachLabel(_firstLabel + block));
            int edit = FirstEdit(edits, start);
            int reference = FirstReference(references, start);
            _keepBranchesInLine = options.KeepBranchesInLine && _code.Order.Blocks[block].LoopDepth > 0 && !_code.Order.Blocks[block].Cold;
            _fusableEnd = -1;
            for (int i = start; i < end; i++)
            {
                if (sources[i] != _source)
                {
                    _source = sources[i];
                    _buffer.SetSource(new SourceLoc(_source));
                }

                while (edit < edits.Length && edits[edit].Inst.Value == i) WriteEdit(edits[edit++]);
                WriteInst(insts[i], i, block, next);
                while (reference < references.Length && references[reference].Inst.Value == i)
                    _buffer.AddReference(_returnAddress, _spillBase + references[reference++].Slot.SlotByteOffset);
            }
        }
    }

    // The first block of an innermost loop that is not cold, as blocks are laid out.
    private bool IsLoopStart(int block)
    {
        if (_layout.IsBeforeHeader(block)) return IsInnermost(_threaded[_code.Successors(block)[0].Value]);
        return _code.Order.Blocks[block].LoopHeader && !_layout.HasBlockBefore(block) && IsInnermost(block);
    }

    private bool IsInnermost(int header)
    {
        ReadOnlySpan<LoweredBlock> blocks = _code.Order.Blocks.Span;
        int depth = blocks[header].LoopDepth;
        if (blocks[header].Cold) return false;
        for (int block = header + 1; block < blocks.Length && blocks[block].LoopDepth >= depth; block++)
        {
            if (blocks[block].LoopHeader) return blocks[block].LoopDepth == depth; // a loop of its own behind this one, or within
        }

        return true;
    }

    // The first edit at an instruction or behind it; edits are in the order of instructions.
    private static int FirstEdit(ReadOnlySpan<Edit> edits, int inst)
    {
        int first = 0, limit = edits.Length;
        while (first < limit)
        {
            int middle = (first + limit) >> 1;
            if (edits[middle].Inst.Value < inst) first = middle + 1;
            else limit = middle;
        }

        return first;
    }

    private static int FirstReference(ReadOnlySpan<Kiln.RegAlloc.StackMapEntry> references, int inst)
    {
        int first = 0, limit = references.Length;
        while (first < limit)
        {
            int middle = (first + limit) >> 1;
            if (references[middle].Inst.Value < inst) first = middle + 1;
            else limit = middle;
        }

        return first;
    }

    // Traps.

    private MachLabel StubFor(byte code)
    {
        ReadOnlySpan<Stub> stubs = _stubs.Span;
        for (int i = stubs.Length - 1; i >= 0 && i >= stubs.Length - 8; i--)
        {
            if (stubs[i].Code == code && stubs[i].Source == _source) return new MachLabel(stubs[i].Label);
        }

        MachLabel label = _buffer.NewLabel();
        _stubs.Add(new Stub(label.Index, code, _source));
        return label;
    }

    private void WriteStubs()
    {
        foreach (ref ColdExtremum extremum in _extrema.Span)
        {
            _buffer.SetSource(new SourceLoc(extremum.Source));
            FloatSequences.Finish(_buffer, extremum);
        }

        foreach (ref Stub stub in _stubs.Span)
        {
            _buffer.Bind(new MachLabel(stub.Label));
            _buffer.SetSource(new SourceLoc(stub.Source));
            WriteTrap(stub.Code);
        }
    }

    private void WriteTrap(byte code)
    {
        _buffer.AddTrap(new TrapCode(code));
        Write(X64Op.Hlt, 0, 0, 0, default, 0);
    }

    // Frame.

    private void WritePrologue(CodegenOptions options)
    {
        if (_frame == 0) return;
        if (_frame > options.ProbeThreshold)
        {
            // Touch every page from the top, so that the guard below the stack cannot be jumped over.
            const int Page = 4096;
            for (int depth = Page; depth <= _frame; depth += Page)
                Write(X64Op.Test8Mr, 0, 0, 0, RegMem.Memory(X64Registers.Rsp.Encoding, -depth), 0);
        }

        SubtractFromRsp(_frame);
    }

    private void WriteReturn()
    {
        AddToRsp(_frame);
        if (_code.IncomingBytes == 0) Write(X64Op.Ret, 0, 0, 0, default, 0);
        else Write(X64Op.RetPop, 0, 0, 0, default, _code.IncomingBytes);
    }

    private void AddToRsp(int bytes)
    {
        if (bytes < 0) SubtractFromRsp(-bytes);
        else if (bytes != 0) Write(bytes <= sbyte.MaxValue ? X64Op.Add64Mi8 : X64Op.Add64Mi32, 0, 0, 0, RegMem.Register(X64Registers.Rsp.Encoding), bytes);
    }

    private void SubtractFromRsp(int bytes) =>
        Write(bytes <= sbyte.MaxValue ? X64Op.Sub64Mi8 : X64Op.Sub64Mi32, 0, 0, 0, RegMem.Register(X64Registers.Rsp.Encoding), bytes);

    // Moves.

    private void WriteEdit(in Edit edit)
    {
        switch (edit.Kind)
        {
            case EditKind.Move:
                if (edit.Class == RegClass.Int) MoveInt(edit.From, edit.To);
                else MoveFloat(edit.From, edit.To, edit.Units);
                break;
            case EditKind.Exchange:
                Write(X64Op.Xchg64Rm, 0, edit.To.Register.Encoding, 0, RegMem.Register(edit.From.Register.Encoding), 0);
                break;
            case EditKind.Remat:
                X64Inst definition = _code.RematerializationOf(edit.VReg);
                var cursor = new Cursor([edit.To]);
                WriteEncoded(definition, ref cursor);
                break;
        }
    }

    private void MoveInt(Location from, Location to)
    {
        if (to.IsSlot) Write(X64Op.Mov64Mr, 0, from.Register.Encoding, 0, SlotMemory(to), 0);
        else Write(X64Op.Mov64Rm, 0, to.Register.Encoding, 0, RegisterOrSlot(from), 0);
    }

    private void MoveFloat(Location from, Location to, int units)
    {
        if (to.IsSlot) Write((units == 1 ? X64Op.MovsdStore : X64Op.MovapsStore) + _vex, 0, from.Register.Encoding, 0, SlotMemory(to), 0);
        else if (from.IsSlot) Write((units == 1 ? X64Op.MovsdLoad : X64Op.Movaps) + _vex, 0, to.Register.Encoding, 0, SlotMemory(from), 0);
        else Write(X64Op.Movaps + _vex, 0, to.Register.Encoding, 0, RegMem.Register(from.Register.Encoding), 0);
    }

    private RegMem SlotMemory(Location slot) => RegMem.Memory(X64Registers.Rsp.Encoding, _spillBase + slot.SlotByteOffset);

    private RegMem RegisterOrSlot(Location location) =>
        location.IsRegister ? RegMem.Register(location.Register.Encoding) : SlotMemory(location);

    // Instructions.

    private ref struct Cursor(ReadOnlySpan<Location> locations)
    {
        private readonly ReadOnlySpan<Location> _locations = locations;
        private int _next;

        public Location Next() => _locations[_next++];

        public int Register() => _locations[_next++].Register.Encoding;

        public readonly bool IsDead => !_locations.IsEmpty && _locations[^1].IsNone;
    }

    private void WriteInst(in X64Inst inst, int index, int block, int next)
    {
        switch (inst.Encoding.Form)
        {
            case Form.Nop or Form.Args:
                break;
            case Form.Rets:
                WriteReturn();
                break;
            case Form.Jump:
                JumpTo(_code.Successors(block)[0].Value, next);
                break;
            case Form.JumpIf:
                WriteBranch(inst, block, next);
                break;
            case Form.Trap:
                JumpToStub(inst.Trap);
                break;
            case Form.TrapIf:
                WriteTrapIf(inst);
                break;
            case Form.Call:
                WriteRelative(X64Op.CallRel, inst);
                FinishCall(inst);
                break;
            case Form.TailCall:
                AddToRsp(TailCallDistance(inst));
                WriteRelative(X64Op.JmpRel32, inst);
                break;
            default:
                int start = _code.OperandStart(index);
                var cursor = new Cursor(_allocation.Locations[start.._code.OperandStart(index + 1)]);
                if (cursor.IsDead) break;
                int at = _buffer.Offset;
                WriteEncoded(inst, ref cursor);
                if (_keepBranchesInLine && IsFusable(inst.Op)) (_fusable, _fusableEnd) = (at, _buffer.Offset);
                break;
        }
    }

    // A trap that ends a block needs no branch: the hlt stands in its place, blocks with traps being cold already.
    private void JumpToStub(byte code) => WriteTrap(code);

    // From rsp in the body to where a tail callee finds its return address, which Lowering put there: the end of the incoming
    // area stays where it is.
    private int TailCallDistance(in X64Inst inst) => _frame + _code.IncomingBytes - (int)inst.V.Id;

    // A callee pops its stack arguments. StackWalk knows by this instruction behind the call that it did.
    private void FinishCall(in X64Inst inst)
    {
        _returnAddress = new CodeOffset((uint)_buffer.Offset);
        if (inst.V.Id != 0) SubtractFromRsp((int)inst.V.Id);
    }

    private void WriteRelative(X64Op op, in X64Inst inst)
    {
        int at = _buffer.Offset;
        Write(op, 0, 0, 0, default, 0);
        ExternalName name = _function.Functions[new FuncRef((uint)inst.Displacement)].Name;
        _buffer.AddRelocation(at + 1, RelocationKind.CallRelative32, name, -4);
    }

    private void WriteEncoded(in X64Inst inst, ref Cursor cursor)
    {
        ref readonly Encoding row = ref inst.Encoding;
        int reg = 0, vvvv = 0;
        RegMem rm = default;
        // Only this form's immediate has 64 bits; the displacement is its high half.
        long immediate = inst.Op == X64Op.Mov64Oi ? (long)inst.Displacement << 32 | (uint)inst.Immediate : inst.Immediate;
        switch (row.Form)
        {
            case Form.Rm or Form.Rmi:
                rm = Resolve(inst, ref cursor);
                reg = cursor.Register();
                if (inst.Op is X64Op.Lea32 or X64Op.Lea64 && inst.Kind == RmKind.BaseIndex && TryAdd(inst.Op - X64Op.Lea32, reg, rm)) return;
                break;
            case Form.RmTied or Form.RmiTied:
                cursor.Next();
                rm = Resolve(inst, ref cursor);
                reg = cursor.Register();
                if (inst.Op is X64Op.SelectFloat or X64Op.VselectFloat)
                {
                    FloatSequences.Select(_buffer, inst.Op, inst.Cc, reg, rm);
                    return;
                }

                if (inst.Op is >= X64Op.FloatMinSs and <= X64Op.VfloatMaxSd)
                {
                    _extrema.Add(FloatSequences.Begin(_buffer, inst.Op, reg, reg, rm.Base, _source));
                    return;
                }

                break;
            case Form.MrTied:
                cursor.Next();
                rm = Resolve(inst, ref cursor);
                reg = cursor.Register();
                break;
            case Form.Cmpxchg:
                cursor.Next();
                reg = cursor.Register();
                rm = Resolve(inst, ref cursor);
                break;
            case Form.RmwLoop:
                vvvv = cursor.Register();
                rm = Resolve(inst, ref cursor);
                cursor.Next();
                WriteRmwLoop(inst, rm, vvvv, cursor.Register());
                return;
            case Form.Rvm or Form.Rvmi:
                vvvv = cursor.Register();
                rm = Resolve(inst, ref cursor);
                reg = cursor.Register();
                if (inst.Op is >= X64Op.FloatMinSs and <= X64Op.VfloatMaxSd)
                {
                    _extrema.Add(FloatSequences.Begin(_buffer, inst.Op, reg, vvvv, rm.Base, _source));
                    return;
                }

                break;
            case Form.Rvmr:
                vvvv = cursor.Register();
                rm = Resolve(inst, ref cursor);
                immediate = cursor.Register() << 4;
                reg = cursor.Register();
                break;
            case Form.RvmTied:
                cursor.Next();
                vvvv = cursor.Register();
                rm = Resolve(inst, ref cursor);
                reg = cursor.Register();
                break;
            case Form.RmMask:
                cursor.Next();
                rm = Resolve(inst, ref cursor);
                cursor.Next();
                reg = cursor.Register();
                break;
            case Form.Rmv:
                rm = Resolve(inst, ref cursor);
                vvvv = cursor.Register();
                reg = cursor.Register();
                break;
            case Form.Vm or Form.Vmi:
                rm = Resolve(inst, ref cursor);
                vvvv = cursor.Register();
                break;
            case Form.RmUse or Form.MrMem or Form.MriMem:
                reg = cursor.Register();
                rm = Resolve(inst, ref cursor);
                break;
            case Form.MrDef or Form.MriDef:
                reg = cursor.Register();
                rm = RegMem.Register(cursor.Register());
                break;
            case Form.MiTied or Form.MTied:
                cursor.Next();
                rm = RegMem.Register(cursor.Register());
                break;
            case Form.McTied:
                cursor.Next();
                cursor.Next();
                rm = RegMem.Register(cursor.Register());
                break;
            case Form.MiMem or Form.MiUse or Form.MUse:
                rm = Resolve(inst, ref cursor);
                break;
            case Form.MiDef or Form.MDef:
                rm = RegMem.Register(cursor.Register());
                break;
            case Form.Oi:
                reg = cursor.Register();
                break;
            case Form.OTied:
                cursor.Next();
                reg = cursor.Register();
                break;
            case Form.Zero:
                vvvv = reg = cursor.Register();
                rm = RegMem.Register(reg);
                break;
            case Form.MulWide:
                cursor.Next();
                rm = Resolve(inst, ref cursor);
                break;
            case Form.MulxWide:
                cursor.Next();
                rm = Resolve(inst, ref cursor);
                reg = cursor.Register();
                vvvv = cursor.Register();
                break;
            case Form.DivWide:
                cursor.Next();
                cursor.Next();
                rm = RegisterOrSlot(cursor.Next());
                break;
            case Form.SignFill:
                break;
            case Form.JumpTable:
                rm = Resolve(inst, ref cursor);
                Write(X64Op.JmpM, 0, 0, 0, rm, 0);
                return;
            case Form.CallIndirect:
                rm = Resolve(inst, ref cursor);
                WriteWithFixups(X64Op.CallM, inst, 0, 0, rm, 0);
                FinishCall(inst);
                return;
            case Form.TailCallIndirect:
                rm = Resolve(inst, ref cursor);
                AddToRsp(TailCallDistance(inst));
                Write(X64Op.JmpM, 0, 0, 0, rm, 0);
                return;
        }

        WriteWithFixups(inst.Op, inst, reg, vvvv, rm, immediate);
    }

    // lea r, [r + x] and lea r, [r + c] are additions: shorter, and more units of the processor do them. Nobody waits for flags
    // here (FlagsCheck).
    private bool TryAdd(int wide, int destination, in RegMem sum)
    {
        if (!sum.HasBase || sum.Shift != 0) return false;
        if (!sum.HasIndex)
        {
            int amount = sum.Displacement;
            if (sum.Base != destination || amount == 0) return false;
            Write((amount == (sbyte)amount ? X64Op.Add32Mi8 : X64Op.Add32Mi32) + wide, 0, 0, 0, RegMem.Register(destination), amount);
            return true;
        }

        if (sum.Displacement != 0 || (sum.Base != destination && sum.Index != destination)) return false;
        Write(X64Op.Add32Rm + wide, 0, destination, 0, RegMem.Register(sum.Base == destination ? sum.Index : sum.Base), 0);
        return true;
    }

    // rax = [m]; do { temporary = rax op operand; } while ([m] != rax, which becomes [m]; else [m] = temporary)
    private void WriteRmwLoop(in X64Inst inst, in RegMem memory, int operand, int temporary)
    {
        int width = (inst.Op - X64Op.AtomicAnd8) & 3;
        X64Op load = width switch { 0 => X64Op.Movzx32Rm8, 1 => X64Op.Movzx32Rm16, 2 => X64Op.Mov32Rm, _ => X64Op.Mov64Rm };
        X64Op operation = inst.Op < X64Op.AtomicOr8 ? X64Op.And64Rm : inst.Op < X64Op.AtomicXor8 ? X64Op.Or64Rm : X64Op.Xor64Rm;
        int rax = X64Registers.Rax.Encoding;
        MachLabel again = _buffer.NewLabel();
        if (inst.Trap != 0) _buffer.AddTrap(new TrapCode(inst.Trap));
        Write(load, 0, rax, 0, memory, 0);
        _buffer.Bind(again);
        Write(X64Op.Mov64Rm, 0, temporary, 0, RegMem.Register(rax), 0);
        Write(operation, 0, temporary, 0, RegMem.Register(operand), 0);
        if (inst.Trap != 0) _buffer.AddTrap(new TrapCode(inst.Trap));
        Write(X64Op.LockCmpxchg8Mr + width, 0, temporary, 0, memory, 0);
        JumpIf(Cc.Ne, again);
    }

    private RegMem Resolve(in X64Inst inst, ref Cursor cursor)
    {
        switch (inst.Kind)
        {
            case RmKind.Register: return RegisterOrSlot(cursor.Next());
            case RmKind.BaseIndex:
                if (inst.M.Id == 0) return RegMem.Scaled(inst.X.Id == 0 ? RegMem.NoIndex : cursor.Register(), inst.Shift, inst.Displacement);
                int baseRegister = cursor.Register();
                return inst.X.Id == 0
                    ? RegMem.Memory(baseRegister, inst.Displacement)
                    : RegMem.Memory(baseRegister, cursor.Register(), inst.Shift, inst.Displacement);
            case RmKind.Slot: return RegMem.Memory(X64Registers.Rsp.Encoding, _slotBase + inst.Displacement);
            case RmKind.Incoming: return RegMem.Memory(X64Registers.Rsp.Encoding, _frame + 8 + inst.Displacement);
            case RmKind.Outgoing: return RegMem.Memory(X64Registers.Rsp.Encoding, inst.Displacement);
            default: return RegMem.Rip(0); // constant, function, table: fixed up
        }
    }

    private void WriteWithFixups(X64Op op, in X64Inst inst, int reg, int vvvv, in RegMem rm, long immediate)
    {
        if (inst.Trap != 0 && inst.Kind != RmKind.Register) _buffer.AddTrap(new TrapCode(inst.Trap));
        Write(op, inst.Condition & 15, reg, vvvv, rm, immediate);
        if (inst.Kind < RmKind.Constant || inst.Kind is RmKind.Slot or RmKind.Incoming or RmKind.Outgoing) return;
        int immediateBytes = X64Instructions.EncodingOf(op).ImmediateBytes;
        int at = _buffer.Offset - immediateBytes - 4;
        byte kind = X64LabelUses.RipBefore(immediateBytes);
        switch (inst.Kind)
        {
            case RmKind.Constant:
                _buffer.UseLabel(at, _constants[inst.Displacement], kind);
                break;
            case RmKind.Table:
                MachLabel table = _buffer.BeginTable();
                foreach (int target in _code.Table(inst.Displacement)) _buffer.AddTableItem(LabelOf(target));
                _buffer.UseLabel(at, table, kind);
                break;
            case RmKind.Function:
                ExternalName name = _function.Functions[new FuncRef((uint)inst.Displacement)].Name;
                _buffer.AddRelocation(at, RelocationKind.AddressRelative32, name, -4 - immediateBytes);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(X64Op op, int condition, int reg, int vvvv, in RegMem rm, long immediate)
    {
        Span<byte> room = _buffer.Claim(Encoder.MaxLength);
        int length = Encoder.Encode(room, X64Instructions.EncodingOf(op), condition, reg, vvvv, rm, immediate);
        _buffer.Advance(Encoder.MaxLength, length);
    }

    // Branches.

    private void JumpTo(int block, int next)
    {
        if (_threaded[block] == next) return;
        Write(X64Op.JmpRel32, 0, 0, 0, default, 0);
        _buffer.UseLabel(_buffer.Offset - 4, LabelOf(block), X64LabelUses.Jump);
    }

    private void JumpIf(Cc cc, MachLabel target)
    {
        int start = _buffer.Offset == _fusableEnd ? _fusable : _buffer.Offset;
        Write(X64Op.JccRel32, (int)cc, 0, 0, default, 0);
        _buffer.UseLabel(_buffer.Offset - 4, target, X64LabelUses.JumpIf);
        if (_keepBranchesInLine) _buffer.KeepInLine(start);
    }

    // Intel, Optimization Reference Manual, "Macro-fusion".
    private static bool IsFusable(X64Op op) => op is
        >= X64Op.Cmp8Rm and <= X64Op.Test64Mi32 or >= X64Op.Add32Rm and <= X64Op.Add64Mi32
        or >= X64Op.Sub32Rm and <= X64Op.Sub64Mi32 or >= X64Op.And32Rm and <= X64Op.And64Mi32;

    private void WriteBranch(in X64Inst inst, int block, int next)
    {
        ReadOnlySpan<BlockIndex> successors = _code.Successors(block);
        int yes = successors[0].Value, no = successors[1].Value;
        Cc first = inst.Cc, second = inst.SecondCc;
        X64Op op = inst.Op;
        if (_threaded[yes] == _threaded[no])
        {
            JumpTo(no, next);
            return;
        }

        // Fall through to the next block if either target is it.
        if (_threaded[yes] == next)
        {
            (yes, no) = (no, yes);
            first ^= (Cc)1;
            second ^= (Cc)1;
            if (op == X64Op.JumpIfEither) op = X64Op.JumpIfBoth;
            else if (op == X64Op.JumpIfBoth) op = X64Op.JumpIfEither;
        }

        switch (op)
        {
            case X64Op.JumpIfEither:
                JumpIf(first, LabelOf(yes));
                JumpIf(second, LabelOf(yes));
                break;
            case X64Op.JumpIfBoth:
                JumpIf(first ^ (Cc)1, LabelOf(no));
                JumpIf(second, LabelOf(yes));
                break;
            default: // one condition
                JumpIf(first, LabelOf(yes));
                break;
        }

        JumpTo(no, next);
    }

    private void WriteTrapIf(in X64Inst inst)
    {
        MachLabel stub = StubFor(inst.Trap);
        switch (inst.Op)
        {
            case X64Op.TrapIfEither:
                JumpIf(inst.Cc, stub);
                JumpIf(inst.SecondCc, stub);
                break;
            case X64Op.TrapIfBoth:
                MachLabel over = _buffer.NewLabel();
                JumpIf(inst.Cc ^ (Cc)1, over);
                JumpIf(inst.SecondCc, stub);
                _buffer.Bind(over);
                break;
            default: // one condition
                JumpIf(inst.Cc, stub);
                break;
        }
    }
}
