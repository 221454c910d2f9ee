// Everything of a plain (not structured) instruction after its mnemonic, by the immediate kinds of the opcode
// table. Text in, opcode and immediates in the binary format out. Where text and binary order differ, the remark
// in ImmediateKind says so.
using System;
using System.Numerics;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;
using Kiln.Text.Lexing;
using Kiln.Text.Literals;
using Kiln.Wasm.Opcodes;

namespace Kiln.Text.Parsing;

/// <summary>Parses plain instructions.</summary>
internal sealed class ImmediateParser(TokenCursor cursor, ModuleScope scope, ModuleSections sections, TypeParser types, IndexSpace locals, LabelStack labels)
{
    private readonly GrowList<uint> _indices = new();
    private readonly ByteWriter _scratch = new();

    /// <summary>Appends an opcode.</summary>
    public static void WriteOpcode(Opcode opcode, ByteWriter to)
    {
        OpcodeRow row = opcode.Row();
        if (row.Prefix == 0)
        {
            to.WriteByte((byte)row.Code);
            return;
        }

        to.WriteByte(row.Prefix);
        to.WriteUnsignedLeb(row.Code);
    }

    /// <summary>Parses the immediates of an instruction whose mnemonic has been taken, and appends the instruction.</summary>
    public void Parse(Opcode opcode, ByteWriter to)
    {
        switch (opcode)
        {
            case Opcode.Select: ParseSelect(to); return;
            case Opcode.RefTest: ParseCast(Opcode.RefTest, Opcode.RefTestNull, to); return;
            case Opcode.RefCast: ParseCast(Opcode.RefCast, Opcode.RefCastNull, to); return;
            default: break; // the others have one encoding each
        }

        WriteOpcode(opcode, to);
        OpcodeRow row = opcode.Row();
        switch (row.Immediate)
        {
            case ImmediateKind.None: break;
            case ImmediateKind.Block or ImmediateKind.TryTable: EngineBug.Throw($"{opcode} is a structured instruction"); break;
            case ImmediateKind.Label: WriteIndex(to, labels.Expect(cursor)); break;
            case ImmediateKind.LabelTable: ParseLabelTable(to); break;
            case ImmediateKind.Function: WriteIndex(to, scope.Functions.Expect(cursor)); break;
            case ImmediateKind.Type: WriteIndex(to, scope.Types.Expect(cursor)); break;
            case ImmediateKind.TypeTable: ParseIndirectCall(to); break;
            case ImmediateKind.TypeType: WriteIndices(to, scope.Types.Expect(cursor), scope.Types.Expect(cursor)); break;
            case ImmediateKind.TypeField: ParseField(to); break;
            case ImmediateKind.TypeCount: WriteIndices(to, scope.Types.Expect(cursor), cursor.ExpectU32()); break;
            case ImmediateKind.TypeData: WriteIndices(to, scope.Types.Expect(cursor), ExpectData()); break;
            case ImmediateKind.TypeElement: WriteIndices(to, scope.Types.Expect(cursor), scope.Elements.Expect(cursor)); break;
            case ImmediateKind.TypeTag: WriteIndices(to, scope.Types.Expect(cursor), scope.Tags.Expect(cursor)); break;
            case ImmediateKind.TypeHandlers:
                WriteIndex(to, scope.Types.Expect(cursor));
                ParseHandlers(to);
                break;
            case ImmediateKind.TypeTagHandlers:
                WriteIndices(to, scope.Types.Expect(cursor), scope.Tags.Expect(cursor));
                ParseHandlers(to);
                break;
            case ImmediateKind.Tag: WriteIndex(to, scope.Tags.Expect(cursor)); break;
            case ImmediateKind.Local: WriteIndex(to, locals.Expect(cursor)); break;
            case ImmediateKind.Global: WriteIndex(to, scope.Globals.Expect(cursor)); break;
            case ImmediateKind.Table: WriteIndex(to, OptionalIndex(scope.Tables)); break;
            case ImmediateKind.TableTable: ParseOptionalPair(to, scope.Tables); break;
            case ImmediateKind.ElementTable: ParseSegmentAndTarget(to, scope.Elements, scope.Tables); break;
            case ImmediateKind.Element: WriteIndex(to, scope.Elements.Expect(cursor)); break;
            case ImmediateKind.Memory: WriteIndex(to, OptionalIndex(scope.Memories)); break;
            case ImmediateKind.MemoryMemory: ParseOptionalPair(to, scope.Memories); break;
            case ImmediateKind.DataMemory:
                ParseSegmentAndTarget(to, scope.Data, scope.Memories);
                sections.NeedsDataCount = true;
                break;
            case ImmediateKind.Data: WriteIndex(to, ExpectData()); break;
            case ImmediateKind.MemArg: ParseMemArg(row, hasLane: false, to); break;
            case ImmediateKind.MemArgLane:
                ParseMemArg(row, hasLane: true, to);
                to.WriteByte(ExpectLane());
                break;
            case ImmediateKind.Lane: to.WriteByte(ExpectLane()); break;
            case ImmediateKind.Shuffle: ParseShuffle(to); break;
            case ImmediateKind.I32: to.WriteSignedLeb((int)cursor.ExpectInteger(32)); break;
            case ImmediateKind.I64: to.WriteSignedLeb((long)cursor.ExpectInteger(64)); break;
            case ImmediateKind.F32: to.WriteUInt32((uint)cursor.ExpectFloat(32)); break;
            case ImmediateKind.F64: to.WriteUInt64(cursor.ExpectFloat(64)); break;
            case ImmediateKind.V128:
                UInt128 vector = VectorLiteral.Parse(cursor);
                to.WriteUInt64((ulong)vector);
                to.WriteUInt64((ulong)(vector >> 64));
                break;
            case ImmediateKind.HeapType: to.WriteSignedLeb(types.ParseHeapType()); break;
            case ImmediateKind.SelectTypes: EngineBug.Throw("select t is parsed with select"); break;
            case ImmediateKind.CastLabel: ParseCastLabel(to); break;
            case ImmediateKind.Fence: to.WriteByte(0); break;
        }
    }

    private static void WriteIndex(ByteWriter to, uint index) => to.WriteUnsignedLeb(index);

    private static void WriteIndices(ByteWriter to, uint first, uint second)
    {
        to.WriteUnsignedLeb(first);
        to.WriteUnsignedLeb(second);
    }

    private bool AtIndex() => cursor.Next.Kind is TokenKind.Nat or TokenKind.Id;

    private uint OptionalIndex(IndexSpace space) => AtIndex() ? space.Expect(cursor) : 0;

    private uint ExpectData()
    {
        sections.NeedsDataCount = true;
        return scope.Data.Expect(cursor);
    }

    private void ParseOptionalPair(ByteWriter to, IndexSpace space)
    {
        if (!AtIndex()) WriteIndices(to, 0, 0);
        else WriteIndices(to, space.Expect(cursor), space.Expect(cursor));
    }

    // Text: (target)? segment. Binary: segment target.
    private void ParseSegmentAndTarget(ByteWriter to, IndexSpace segments, IndexSpace targets)
    {
        uint target = cursor.AfterNext.Kind is TokenKind.Nat or TokenKind.Id ? targets.Expect(cursor) : 0;
        WriteIndices(to, segments.Expect(cursor), target);
    }

    private void ParseSelect(ByteWriter to)
    {
        if (!cursor.AtForm(Word.Result))
        {
            WriteOpcode(Opcode.Select, to);
            return;
        }

        uint count = 0;
        _scratch.Clear();
        while (cursor.TryOpen(Word.Result))
        {
            for (; !cursor.TryTake(TokenKind.RightParen); count++) types.ParseValueType(_scratch);
        }

        WriteOpcode(Opcode.SelectT, to);
        to.WriteUnsignedLeb(count);
        to.WriteBytes(_scratch.Written);
    }

    private void ParseCast(Opcode ifNonNull, Opcode ifNull, ByteWriter to)
    {
        RefTypeCode type = types.ParseReferenceType();
        WriteOpcode(type.IsNullable ? ifNull : ifNonNull, to);
        to.WriteSignedLeb(type.Heap);
    }

    private void ParseCastLabel(ByteWriter to)
    {
        uint label = labels.Expect(cursor);
        RefTypeCode source = types.ParseReferenceType();
        RefTypeCode target = types.ParseReferenceType();
        to.WriteByte((byte)((source.IsNullable ? 1 : 0) | (target.IsNullable ? 2 : 0)));
        to.WriteUnsignedLeb(label);
        to.WriteSignedLeb(source.Heap);
        to.WriteSignedLeb(target.Heap);
    }

    private void ParseLabelTable(ByteWriter to)
    {
        _indices.Clear();
        do _indices.Add(labels.Expect(cursor));
        while (AtIndex());
        to.WriteUnsignedLeb((uint)_indices.Count - 1);
        foreach (uint label in _indices.Span) to.WriteUnsignedLeb(label);
    }

    private void ParseIndirectCall(ByteWriter to)
    {
        uint table = OptionalIndex(scope.Tables);
        WriteIndices(to, types.ParseTypeUse(null), table);
    }

    private void ParseField(ByteWriter to)
    {
        uint type = scope.Types.Expect(cursor);
        uint field = scope.Fields(type) is { } fields ? fields.Expect(cursor) : cursor.ExpectU32();
        WriteIndices(to, type, field);
    }

    private void ParseHandlers(ByteWriter to)
    {
        uint count = 0;
        _scratch.Clear();
        for (; cursor.TryOpen(Word.On); count++)
        {
            uint tag = scope.Tags.Expect(cursor);
            bool isSwitch = TokenCursor.IsMnemonic(cursor.Next, out Opcode opcode) && opcode == Opcode.Switch;
            _scratch.WriteByte(isSwitch ? (byte)1 : (byte)0);
            _scratch.WriteUnsignedLeb(tag);
            if (isSwitch) cursor.Position++;
            else _scratch.WriteUnsignedLeb(labels.Expect(cursor));
            cursor.ExpectClose();
        }

        to.WriteUnsignedLeb(count);
        to.WriteBytes(_scratch.Written);
    }

    private void ParseMemArg(OpcodeRow row, bool hasLane, ByteWriter to)
    {
        const uint HasMemory = 0x40;
        uint memory = 0;
        if (cursor.Next.Kind == TokenKind.Id || (cursor.Next.Kind == TokenKind.Nat && (!hasLane || cursor.AfterNext.Kind == TokenKind.Nat || AtAttribute(cursor.AfterNext))))
        {
            memory = scope.Memories.Expect(cursor);
        }

        ulong offset = 0;
        if (TryTakeAttribute("offset="u8, out ReadOnlySpan<byte> text) && !IntegerLiteral.TryParseMagnitude(text, out offset)) throw cursor.ErrorAt(cursor.Position - 1, "offset out of range");
        int alignLog2 = BitOperations.TrailingZeroCount((uint)row.AccessBytes);
        if (TryTakeAttribute("align="u8, out text))
        {
            if (!IntegerLiteral.TryParseMagnitude(text, out ulong align) || !BitOperations.IsPow2(align)) throw cursor.ErrorAt(cursor.Position - 1, "alignment must be a power of two");
            alignLog2 = BitOperations.TrailingZeroCount(align);
        }

        to.WriteUnsignedLeb((uint)alignLog2 | (memory != 0 ? HasMemory : 0));
        if (memory != 0) to.WriteUnsignedLeb(memory);
        to.WriteUnsignedLeb(offset);
    }

    private bool AtAttribute(in Token token) =>
        token.Kind == TokenKind.Keyword && (cursor.Buffer.TextOf(token).StartsWith("offset="u8) || cursor.Buffer.TextOf(token).StartsWith("align="u8));

    // Takes a keyword like offset=16 if its number is well formed.
    private bool TryTakeAttribute(ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> number)
    {
        number = default;
        if (cursor.Next.Kind != TokenKind.Keyword) return false;
        ReadOnlySpan<byte> text = cursor.Buffer.TextOf(cursor.Next);
        if (!text.StartsWith(prefix) || NumberLiteral.Classify(text[prefix.Length..]) != TokenKind.Nat) return false;
        number = text[prefix.Length..];
        cursor.Position++;
        return true;
    }

    private byte ExpectLane() => (byte)cursor.ExpectNat(8, "i8 constant out of range");

    private void ParseShuffle(ByteWriter to)
    {
        int count = 0;
        for (; cursor.Next.Kind is TokenKind.Nat or TokenKind.Int or TokenKind.Float; count++)
        {
            if (cursor.Next.Kind != TokenKind.Nat) throw cursor.Error("i8 constant out of range");
            to.WriteByte(ExpectLane());
        }

        if (count != 16) throw cursor.Error("invalid lane length");
    }
}
