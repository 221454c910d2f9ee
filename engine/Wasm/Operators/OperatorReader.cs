// In: the code of one function body or constant expression. Out: one Operator at a time, its immediates
// decoded and its proposal checked. The grammar of blocks is not checked here; FunctionValidator does it.
// Source: core spec, section 5.4. Immediate layouts come from the opcode table.

using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Operators;

/// <summary>Reads the instructions of one body, forward only, without allocating.</summary>
public ref struct OperatorReader
{
    private const uint MultiMemoryFlag = 0x40;

    private readonly OperatorBuffers _buffers;
    private readonly int _maxTargets;
    private readonly string _endMessage;
    private ByteReader _in;

    /// <summary>Reads instructions from <paramref name="code"/>.</summary>
    /// <param name="code">The instructions.</param>
    /// <param name="offset">Where they start in the module.</param>
    /// <param name="features">The proposals that are on.</param>
    /// <param name="buffers">Room for lists; not shared with another reader that is in use.</param>
    /// <param name="functionIndex">The function, for errors.</param>
    /// <param name="maxBranchTableTargets">Most labels of a <c>br_table</c>, and clauses or handlers of other lists.</param>
    public OperatorReader(
        ReadOnlySpan<byte> code, WasmOffset offset, FeatureSet features, OperatorBuffers buffers, uint? functionIndex = null,
        int maxBranchTableTargets = 65_520)
        : this(new ByteReader(code, offset.Value, features, functionIndex ?? -1L), buffers, maxBranchTableTargets,
            "unexpected end of section or function")
    {
    }

    internal OperatorReader(ByteReader input, OperatorBuffers buffers, int maxTargets, string endMessage)
    {
        _endMessage = endMessage;
        _in = input;
        _buffers = buffers;
        _maxTargets = maxTargets;
    }

    /// <summary>True if all instructions were read.</summary>
    public readonly bool IsAtEnd => _in.IsAtEnd;

    /// <summary>Where the next instruction starts.</summary>
    public readonly WasmOffset Offset => _in.Offset;

    /// <summary>Bytes read so far.</summary>
    internal readonly int Position => _in.Position;

    /// <summary>
    /// Reads the next instruction into <paramref name="op"/>. Fields that the opcode does not use keep what
    /// was in them.
    /// </summary>
    /// <exception cref="ModuleException">The bytes are not an instruction, or its proposal is switched off.</exception>
    public void Read(ref Operator op)
    {
        op.Offset = _in.Offset;
        if (_in.IsAtEnd) _in.Fail(_endMessage);
        byte first = _in.ReadByte();
        uint entry = DecodeTable.Single(first);
        if (DecodeTable.IsPrefix(entry))
        {
            uint code = _in.ReadU32();
            entry = DecodeTable.Prefixed(first, code);
            if (entry == DecodeTable.Illegal) FailIllegal(op.Offset, first, code);
        }
        else if (entry == DecodeTable.Illegal)
        {
            FailIllegal(op.Offset, first, null);
        }

        op.Opcode = DecodeTable.OpcodeOf(entry);
        if (!_in.Features.Contains(DecodeTable.FeatureOf(entry))) FailFeature(DecodeTable.FeatureOf(entry), in op);
        ReadImmediates(ref op, DecodeTable.ImmediateOf(entry));
    }

    /// <summary>What is wrong if a body ends without an <c>end</c>: a reader that runs on finds the next body, the next section, or nothing.</summary>
    internal static string EndMessage(int moduleLength, ByteRange codeSection, ByteRange body)
    {
        if (body.End < codeSection.End) return "END opcode expected: the function has no end";
        return body.End < moduleLength ? "section size mismatch: the function has no end" : "unexpected end of section or function";
    }

    private void ReadImmediates(ref Operator op, ImmediateKind kind)
    {
        switch (kind)
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.Label:
            case ImmediateKind.Function:
            case ImmediateKind.Type:
            case ImmediateKind.Tag:
            case ImmediateKind.Local:
            case ImmediateKind.Global:
            case ImmediateKind.Table:
            case ImmediateKind.Element:
            case ImmediateKind.Data:
                op.Index1 = _in.ReadU32();
                break;
            case ImmediateKind.MemArg:
                ReadMemArg(ref op);
                break;
            case ImmediateKind.I32:
                op.Low = unchecked((ulong)_in.ReadSigned(32));
                break;
            case ImmediateKind.I64:
                op.Low = unchecked((ulong)_in.ReadSigned(64));
                break;
            case ImmediateKind.Block:
                op.BlockType = ReadBlockType();
                break;
            default:
                ReadRareImmediates(ref op, kind);
                break;
        }
    }

    // Apart, so that the common kinds do not pay for the locals of the others.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadRareImmediates(ref Operator op, ImmediateKind kind)
    {
        switch (kind)
        {
            case ImmediateKind.F32:
                op.Low = _in.ReadFixed32();
                break;
            case ImmediateKind.F64:
                op.Low = _in.ReadFixed64();
                break;
            case ImmediateKind.TypeTable:
                op.Index1 = _in.ReadU32();
                op.Index2 = ReadIndexOrZero(Feature.ReferenceTypes);
                break;
            case ImmediateKind.TypeType:
            case ImmediateKind.TypeField:
            case ImmediateKind.TypeCount:
            case ImmediateKind.TypeData:
            case ImmediateKind.TypeElement:
            case ImmediateKind.TypeTag:
            case ImmediateKind.TableTable:
            case ImmediateKind.ElementTable:
                op.Index1 = _in.ReadU32();
                op.Index2 = _in.ReadU32();
                break;
            case ImmediateKind.Memory:
                op.Index1 = ReadIndexOrZero(Feature.MultiMemory);
                break;
            case ImmediateKind.MemoryMemory:
                op.Index1 = ReadIndexOrZero(Feature.MultiMemory);
                op.Index2 = ReadIndexOrZero(Feature.MultiMemory);
                break;
            case ImmediateKind.DataMemory:
                op.Index1 = _in.ReadU32();
                op.Index2 = ReadIndexOrZero(Feature.MultiMemory);
                break;
            case ImmediateKind.LabelTable:
                ReadLabelTable(ref op);
                break;
            case ImmediateKind.V128:
            case ImmediateKind.Shuffle:
                op.Low = _in.ReadFixed64();
                op.High = _in.ReadFixed64();
                break;
            case ImmediateKind.Lane:
                op.Index2 = _in.ReadByte();
                break;
            case ImmediateKind.MemArgLane:
                ReadMemArg(ref op);
                op.Index2 = _in.ReadByte();
                break;
            case ImmediateKind.HeapType:
                op.HeapType = _in.ReadHeapType();
                op.CastTarget = ValType.Ref(op.HeapType, op.Opcode is Opcode.RefTestNull or Opcode.RefCastNull or Opcode.RefNull);
                break;
            case ImmediateKind.SelectTypes:
                ReadSelectTypes(ref op);
                break;
            case ImmediateKind.CastLabel:
                ReadCastLabel(ref op);
                break;
            case ImmediateKind.TryTable:
                op.BlockType = ReadBlockType();
                ReadCatches(ref op);
                break;
            case ImmediateKind.TypeHandlers:
                op.Index1 = _in.ReadU32();
                ReadHandlers(ref op);
                break;
            case ImmediateKind.TypeTagHandlers:
                op.Index1 = _in.ReadU32();
                op.Index2 = _in.ReadU32();
                ReadHandlers(ref op);
                break;
            case ImmediateKind.Fence:
                if (_in.ReadByte() != 0) _in.Fail("zero byte expected", op.Offset);
                break;
            default:
                EngineBug.Throw($"immediate kind {kind} has no reader");
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadMemArg(ref Operator op)
    {
        WasmOffset at = _in.Offset;
        uint flags = _in.ReadU32();
        op.Index1 = 0;
        if (flags >= MultiMemoryFlag)
        {
            if (flags >= 2 * MultiMemoryFlag || !_in.Features.Contains(Feature.MultiMemory)) _in.Fail("malformed memop flags", at);
            op.Index1 = _in.ReadU32();
            flags -= MultiMemoryFlag;
        }

        op.AlignLog2 = (byte)flags;
        op.Low = _in.Features.Contains(Feature.Memory64) ? _in.ReadU64() : _in.ReadU32();
    }

    private uint ReadIndexOrZero(Feature feature)
    {
        if (_in.Features.Contains(feature)) return _in.ReadU32();
        WasmOffset at = _in.Offset;
        if (_in.ReadByte() != 0) _in.Fail("zero byte expected", at);
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private BlockType ReadBlockType()
    {
        WasmOffset at = _in.Offset;
        int next = _in.Peek();
        if (next == 0x40)
        {
            _in.ReadByte();
            return BlockType.Empty;
        }

        if (next is > 0x40 and < 0x80) return BlockType.FromResult(_in.ReadValType());
        long index = _in.ReadSigned(33);
        if (index < 0) _in.Fail("malformed block type", at);
        if (!_in.Features.Contains(Feature.MultiValue)) _in.FailFeature(Feature.MultiValue, "block type with a type index", at);
        return BlockType.FromTypeIndex((uint)index);
    }

    private void ReadLabelTable(ref Operator op)
    {
        int count = _in.ReadCount(_maxTargets, "br_table targets");
        _buffers.Targets.Clear();
        for (int i = 0; i < count; i++) _buffers.Targets.Add(_in.ReadU32());
        op.Index1 = _in.ReadU32();
        op.Buffers = _buffers;
    }

    private void ReadSelectTypes(ref Operator op)
    {
        op.Buffers = _buffers;
        int count = _in.ReadCount(_maxTargets, "select types");
        _buffers.SelectTypes.Clear();
        for (int i = 0; i < count; i++) _buffers.SelectTypes.Add(_in.ReadValType());
    }

    private void ReadCastLabel(ref Operator op)
    {
        WasmOffset at = _in.Offset;
        byte flags = _in.ReadByte();
        if (flags > 3) _in.Fail("malformed br_on_cast flags", at);
        op.Index1 = _in.ReadU32();
        op.CastSource = ValType.Ref(_in.ReadHeapType(), (flags & 1) != 0);
        op.CastTarget = ValType.Ref(_in.ReadHeapType(), (flags & 2) != 0);
    }

    private void ReadCatches(ref Operator op)
    {
        op.Buffers = _buffers;
        int count = _in.ReadCount(_maxTargets, "catch clauses");
        _buffers.Catches.Clear();
        for (int i = 0; i < count; i++)
        {
            WasmOffset at = _in.Offset;
            byte kind = _in.ReadByte();
            if (kind > (byte)CatchKind.CatchAllRef) _in.Fail("malformed catch clause", at);
            uint tag = kind < (byte)CatchKind.CatchAll ? _in.ReadU32() : 0;
            _buffers.Catches.Add(new CatchClause((CatchKind)kind, tag, _in.ReadU32()));
        }
    }

    private void ReadHandlers(ref Operator op)
    {
        op.Buffers = _buffers;
        int count = _in.ReadCount(_maxTargets, "handlers");
        _buffers.Handlers.Clear();
        for (int i = 0; i < count; i++)
        {
            WasmOffset at = _in.Offset;
            byte kind = _in.ReadByte();
            if (kind > 1) _in.Fail("malformed handler", at);
            uint tag = _in.ReadU32();
            _buffers.Handlers.Add(kind == 1 ? new ResumeHandler(tag, true, 0) : new ResumeHandler(tag, false, _in.ReadU32()));
        }
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void FailIllegal(WasmOffset at, byte first, uint? code) =>
        _in.Fail(code is { } rest ? $"illegal opcode {first:x2} {rest:x2}" : $"illegal opcode {first:x2}", at);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void FailFeature(Feature feature, in Operator op) => _in.FailFeature(feature, op.Opcode.Name(), op.Offset);
}
