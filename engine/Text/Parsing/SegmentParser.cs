using Kiln.Foundation.Buffers;
using Kiln.Text.Lexing;
using Kiln.Wasm.Opcodes;

namespace Kiln.Text.Parsing;

/// <summary>Parses element and data segments: fields of their own, and those inside of tables and memories.</summary>
internal sealed class SegmentParser(TokenCursor cursor, ModuleScope scope, ModuleSections sections, TypeParser types, InstructionParser instructions)
{
    private readonly ByteWriter _scratch = new();

    /// <summary>Parses <c>(elem ...)</c> after its keyword.</summary>
    public void ParseElement()
    {
        ByteWriter to = sections.Elements.AddEntry();
        cursor.TryTakeId(out _);
        bool isDeclarative = cursor.TryTake(Word.Declare);
        uint table = 0;
        bool namesTable = !isDeclarative && TryParseTarget(Word.Table, scope.Tables, out table);

        _scratch.Clear();
        bool isActive = !isDeclarative && cursor.Next.Kind == TokenKind.LeftParen && !types.AtReferenceType();
        if (isActive) ParseOffset(_scratch);
        else if (namesTable) throw cursor.Unexpected();

        // func x*, reftype item*, or, when there is an offset, x* alone.
        RefTypeCode type = RefTypeCode.FuncRef;
        bool asIndices = cursor.TryTake(Word.Func) || (isActive && !types.AtReferenceType());
        if (!asIndices) type = types.ParseReferenceType();

        bool hasTable = isActive && (table != 0 || (!asIndices && type != RefTypeCode.FuncRef));
        var head = new ElementHead(asIndices, !isActive, isActive ? hasTable : isDeclarative);
        to.WriteByte(head.Flags);
        if (hasTable) to.WriteUnsignedLeb(table);
        to.WriteBytes(_scratch.Written);
        head.WriteType(type, to);
        _scratch.Clear();
        uint count = ParseItems(asIndices, _scratch);
        to.WriteUnsignedLeb(count);
        to.WriteBytes(_scratch.Written);
    }

    /// <summary>Parses <c>(elem ...)</c> inside of a table: an active segment at 0. Returns its length.</summary>
    public uint ParseTableElements(uint table, bool is64, RefTypeCode type)
    {
        cursor.ExpectOpen(Word.Elem);
        _scratch.Clear();
        bool isFunctions = cursor.Next.Kind is TokenKind.Nat or TokenKind.Id;
        bool asIndices = type == RefTypeCode.FuncRef && (isFunctions || cursor.Next.Kind == TokenKind.RightParen);
        uint count = isFunctions && !asIndices ? ParseFunctionsAsExpressions(_scratch) : ParseItems(asIndices, _scratch);
        cursor.ExpectClose();

        ByteWriter to = sections.Elements.AddEntry();
        var head = new ElementHead(asIndices, IsPassiveOrDeclarative: false, HasTable: table != 0 || type != RefTypeCode.FuncRef);
        to.WriteByte(head.Flags);
        if (head.HasTable) to.WriteUnsignedLeb(table);
        WriteZero(is64, to);
        head.WriteType(type, to);
        to.WriteUnsignedLeb(count);
        to.WriteBytes(_scratch.Written);
        return count;
    }

    /// <summary>Parses <c>(data ...)</c> after its keyword.</summary>
    public void ParseData()
    {
        ByteWriter to = sections.Data.AddEntry();
        cursor.TryTakeId(out _);
        if (TryParseTarget(Word.Memory, scope.Memories, out uint memory) || cursor.Next.Kind == TokenKind.LeftParen)
        {
            WriteTarget(memory, to);
            ParseOffset(to);
        }
        else
        {
            to.WriteByte(1);
        }

        ParseStrings(to);
    }

    /// <summary>Parses the strings of <c>(data ...)</c> inside of a memory: an active segment at 0. Returns its length in bytes.</summary>
    public int ParseMemoryData(uint memory, bool is64)
    {
        ByteWriter to = sections.Data.AddEntry();
        WriteTarget(memory, to);
        WriteZero(is64, to);
        return ParseStrings(to);
    }

    private static void WriteTarget(uint memory, ByteWriter to)
    {
        to.WriteByte((byte)(memory == 0 ? 0 : 2));
        if (memory != 0) to.WriteUnsignedLeb(memory);
    }

    private int ParseStrings(ByteWriter to)
    {
        _scratch.Clear();
        while (cursor.Next.Kind != TokenKind.RightParen) cursor.ExpectString(_scratch);
        to.WriteUnsignedLeb((uint)_scratch.Length);
        to.WriteBytes(_scratch.Written);
        return _scratch.Length;
    }

    // Function indices or expressions, up to the closing parenthesis.
    private uint ParseItems(bool asIndices, ByteWriter to)
    {
        uint count = 0;
        for (; cursor.Next.Kind != TokenKind.RightParen; count++)
        {
            if (asIndices)
            {
                to.WriteUnsignedLeb(scope.Functions.Expect(cursor));
            }
            else if (cursor.TryOpen(Word.Item))
            {
                instructions.ParseConstant(to);
                cursor.ExpectClose();
            }
            else
            {
                instructions.ParseFoldedConstant(to);
            }
        }

        return count;
    }

    // Function indices in a table that is not of type funcref: the segment must have the table's type.
    private uint ParseFunctionsAsExpressions(ByteWriter to)
    {
        uint count = 0;
        for (; cursor.Next.Kind != TokenKind.RightParen; count++)
        {
            ImmediateParser.WriteOpcode(Opcode.RefFunc, to);
            to.WriteUnsignedLeb(scope.Functions.Expect(cursor));
            ImmediateParser.WriteOpcode(Opcode.End, to);
        }

        return count;
    }

    // (table x) or (memory x) of an active segment; WebAssembly 1.0 wrote the index alone.
    private bool TryParseTarget(Word word, IndexSpace space, out uint index)
    {
        index = 0;
        if (cursor.Next.Kind == TokenKind.Nat)
        {
            index = cursor.ExpectU32();
            return true;
        }

        if (!cursor.TryOpen(word)) return false;
        index = space.Expect(cursor);
        cursor.ExpectClose();
        return true;
    }

    // (offset instr*) or one folded instruction.
    private void ParseOffset(ByteWriter to)
    {
        if (!cursor.TryOpen(Word.Offset))
        {
            instructions.ParseFoldedConstant(to);
            return;
        }

        instructions.ParseConstant(to);
        cursor.ExpectClose();
    }

    private static void WriteZero(bool is64, ByteWriter to)
    {
        ImmediateParser.WriteOpcode(is64 ? Opcode.I64Const : Opcode.I32Const, to);
        to.WriteSignedLeb(0);
        ImmediateParser.WriteOpcode(Opcode.End, to);
    }

    /// <summary>What the flags of an element segment say (spec section 5.5.12).</summary>
    /// <param name="AsIndices">Function indices, not expressions: bit 2 is clear.</param>
    /// <param name="IsPassiveOrDeclarative">Bit 0.</param>
    /// <param name="HasTable">Bit 1: a table index follows, or the segment is declarative.</param>
    private readonly record struct ElementHead(bool AsIndices, bool IsPassiveOrDeclarative, bool HasTable)
    {
        public byte Flags => (byte)((IsPassiveOrDeclarative ? 1 : 0) | (HasTable ? 2 : 0) | (AsIndices ? 0 : 4));

        // The kind byte of function indices or the type of expressions; the short forms 0 and 4 have neither.
        public void WriteType(RefTypeCode type, ByteWriter to)
        {
            if (!IsPassiveOrDeclarative && !HasTable) return;
            if (AsIndices) to.WriteByte(0);
            else type.Write(to);
        }
    }
}
