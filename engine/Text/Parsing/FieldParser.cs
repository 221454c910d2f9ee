// Module fields (spec section 6.6) and their abbreviations: inline exports and imports, segments inside of tables
// and memories. Every field appends to its sections; the order of the fields decides the indices.
using System;
using System.Numerics;
using System.Text.Unicode;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Diagnostics;
using Kiln.Text.Lexing;
using Kiln.Wasm.Types;

namespace Kiln.Text.Parsing;

/// <summary>Parses one field after the other. Index spaces are declared and types are parsed before.</summary>
internal sealed class FieldParser
{
    private readonly TokenCursor _cursor;
    private readonly ModuleScope _scope;
    private readonly ModuleSections _sections;
    private readonly TypeParser _types;
    private readonly InstructionParser _instructions;
    private readonly SegmentParser _segments;
    private readonly LocalNames _localNames;
    private readonly ByteWriter _body = new(4096);
    private readonly ByteWriter _scratch = new();
    private uint _function;
    private uint _table;
    private uint _memory;
    private uint _global;
    private uint _tag;

    /// <summary>Creates the parser of a module's fields.</summary>
    public FieldParser(TokenCursor cursor, ModuleScope scope, ModuleSections sections, TypeParser types, LocalNames localNames)
    {
        _cursor = cursor;
        _scope = scope;
        _sections = sections;
        _types = types;
        _localNames = localNames;
        _instructions = new InstructionParser(cursor, scope, sections, types);
        _segments = new SegmentParser(cursor, scope, sections, types, _instructions);
    }

    /// <summary>Parses the field whose parenthesis is next.</summary>
    public void Parse()
    {
        _cursor.Position++;
        Word word = _cursor.NextWord;
        int start = _cursor.Position++;
        switch (word)
        {
            case Word.Import: ParseImport(); break;
            case Word.Export: ParseExport(); break;
            case Word.Func: ParseFunction(); break;
            case Word.Table: ParseTable(); break;
            case Word.Memory: ParseMemory(); break;
            case Word.Global: ParseGlobal(); break;
            case Word.Tag: ParseTag(); break;
            case Word.Elem: _segments.ParseElement(); break;
            case Word.Data: _segments.ParseData(); break;
            case Word.Start:
                if (_sections.Start is not null) throw _cursor.ErrorAt(start, "multiple start sections");
                _sections.Start = _scope.Functions.Expect(_cursor);
                break;
            default: EngineBug.Throw($"the declaration pass let {word} through"); break;
        }

        _cursor.ExpectClose();
    }

    private void ParseImport()
    {
        ByteWriter to = _sections.Imports.AddEntry();
        ParseName(to);
        ParseName(to);
        if (_cursor.Next.Kind != TokenKind.LeftParen) throw _cursor.Unexpected();
        _cursor.Position++;
        Word word = _cursor.NextWord;
        if (ExternKindOf(word) is not { } kind) throw _cursor.Unexpected();
        _cursor.Position++;
        _cursor.TryTakeId(out _);
        ParseImportType(kind, to);
        _cursor.ExpectClose();
    }

    // The kind and type of an import, whose entry is the next one of its index space.
    private void ParseImportType(ExternKind kind, ByteWriter to)
    {
        to.WriteByte((byte)kind);
        switch (kind)
        {
            case ExternKind.Function:
                _instructions.Locals.Clear();
                to.WriteUnsignedLeb(_types.ParseTypeUse(_instructions.Locals));
                _function++;
                break;
            case ExternKind.Table:
                ParseTableType(to);
                _table++;
                break;
            case ExternKind.Memory:
                ParseMemoryType(to);
                _memory++;
                break;
            case ExternKind.Global:
                _types.ParseGlobalType(to);
                _global++;
                break;
            case ExternKind.Tag:
                ParseTagType(to);
                _tag++;
                break;
        }
    }

    private void ParseExport()
    {
        ByteWriter to = _sections.Exports.AddEntry();
        ParseName(to);
        if (_cursor.Next.Kind != TokenKind.LeftParen) throw _cursor.Unexpected();
        _cursor.Position++;
        if (ExternKindOf(_cursor.NextWord) is not { } kind) throw _cursor.Unexpected();
        _cursor.Position++;
        to.WriteByte((byte)kind);
        IndexSpace space = kind switch
        {
            ExternKind.Function => _scope.Functions,
            ExternKind.Table => _scope.Tables,
            ExternKind.Memory => _scope.Memories,
            ExternKind.Global => _scope.Globals,
            ExternKind.Tag => _scope.Tags,
        };
        to.WriteUnsignedLeb(space.Expect(_cursor));
        _cursor.ExpectClose();
    }

    // After the keyword of a definition: takes its identifier, its inline exports and, if it has one, its inline
    // import; then the import is complete and true is returned.
    private bool ParseInlineExportsAndImport(ExternKind kind, uint index)
    {
        _cursor.TryTakeId(out _);
        while (_cursor.TryOpen(Word.Export))
        {
            ByteWriter export = _sections.Exports.AddEntry();
            ParseName(export);
            export.WriteByte((byte)kind);
            export.WriteUnsignedLeb(index);
            _cursor.ExpectClose();
        }

        if (!_cursor.TryOpen(Word.Import)) return false;
        ByteWriter import = _sections.Imports.AddEntry();
        ParseName(import);
        ParseName(import);
        _cursor.ExpectClose();
        ParseImportType(kind, import);
        return true;
    }

    private void ParseFunction()
    {
        if (ParseInlineExportsAndImport(ExternKind.Function, _function)) return;
        IndexSpace locals = _instructions.Locals;
        locals.Clear();
        _sections.Functions.AddEntry().WriteUnsignedLeb(_types.ParseTypeUse(locals));
        _body.Clear();
        ParseLocals(locals);
        _localNames.Note(_function, locals);
        _instructions.ParseExpression(_body);
        ByteWriter code = _sections.Code.AddEntry();
        code.WriteUnsignedLeb((uint)_body.Length);
        code.WriteBytes(_body.Written);
        _function++;
    }

    // Appends the declarations of locals to the body, equal neighbours as one.
    private void ParseLocals(IndexSpace locals)
    {
        var runs = new VectorSection();
        Span<byte> runType = stackalloc byte[8];
        int runTypeLength = 0;
        uint run = 0;
        while (_cursor.TryOpen(Word.Local))
        {
            bool isNamed = _cursor.Next.Kind == TokenKind.Id;
            while (isNamed || _cursor.Next.Kind != TokenKind.RightParen)
            {
                locals.Declare(_cursor);
                _scratch.Clear();
                _types.ParseValueType(_scratch);
                if (run > 0 && !_scratch.Written.SequenceEqual(runType[..runTypeLength]))
                {
                    WriteRun(runs, run, runType[..runTypeLength]);
                    run = 0;
                }

                _scratch.Written.CopyTo(runType);
                runTypeLength = _scratch.Length;
                run++;
                if (isNamed) break;
            }

            _cursor.ExpectClose();
        }

        if (run > 0) WriteRun(runs, run, runType[..runTypeLength]);
        _body.WriteUnsignedLeb(runs.Count);
        _body.WriteBytes(runs.Bytes.Written);
    }

    private static void WriteRun(VectorSection runs, uint length, ReadOnlySpan<byte> type)
    {
        ByteWriter to = runs.AddEntry();
        to.WriteUnsignedLeb(length);
        to.WriteBytes(type);
    }

    private void ParseTable()
    {
        if (ParseInlineExportsAndImport(ExternKind.Table, _table)) return;
        int start = _cursor.Position;
        bool is64 = ParseAddressType();
        if (_types.AtReferenceType())
        {
            // (table reftype (elem ...)): the table is as large as the segment that fills it.
            RefTypeCode type = _types.ParseReferenceType();
            uint count = _segments.ParseTableElements(_table, is64, type);
            ByteWriter to = _sections.Tables.AddEntry();
            type.Write(to);
            WriteLimits(to, is64, count, count, isShared: false, pageSizeLog2: null);
        }
        else
        {
            _cursor.Position = start;
            ByteWriter to = _sections.Tables.AddEntry();
            _scratch.Clear();
            ParseTableType(_scratch);
            bool hasInitializer = _cursor.Next.Kind != TokenKind.RightParen;
            if (hasInitializer) to.WriteBytes([0x40, 0x00]);
            to.WriteBytes(_scratch.Written);
            if (hasInitializer) _instructions.ParseConstant(to);
        }

        _table++;
    }

    private void ParseTableType(ByteWriter to)
    {
        bool is64 = ParseAddressType();
        ulong min = ExpectLimit();
        ulong? max = _cursor.Next.Kind == TokenKind.Nat ? ExpectLimit() : null;
        _types.ParseReferenceType().Write(to);
        WriteLimits(to, is64, min, max, isShared: false, pageSizeLog2: null);
    }

    private void ParseMemory()
    {
        if (ParseInlineExportsAndImport(ExternKind.Memory, _memory)) return;
        int start = _cursor.Position;
        bool is64 = ParseAddressType();
        byte? pageSizeLog2 = ParsePageSize();
        if (_cursor.TryOpen(Word.Data))
        {
            ulong length = (ulong)_segments.ParseMemoryData(_memory, is64);
            _cursor.ExpectClose();
            int log2 = pageSizeLog2 ?? MemoryType.DefaultPageSizeLog2;
            ulong pages = log2 < 32 ? (length + (1UL << log2) - 1) >> log2 : Math.Min(length, 1);
            WriteLimits(_sections.Memories.AddEntry(), is64, pages, pages, isShared: false, pageSizeLog2);
        }
        else
        {
            _cursor.Position = start;
            ParseMemoryType(_sections.Memories.AddEntry());
        }

        _memory++;
    }

    private void ParseMemoryType(ByteWriter to)
    {
        bool is64 = ParseAddressType();
        ulong min = ExpectLimit();
        ulong? max = _cursor.Next.Kind == TokenKind.Nat ? ExpectLimit() : null;
        bool isShared = _cursor.TryTake(Word.Shared);
        if (!isShared) _cursor.TryTake(Word.Unshared);
        WriteLimits(to, is64, min, max, isShared, ParsePageSize());
    }

    private void ParseGlobal()
    {
        if (ParseInlineExportsAndImport(ExternKind.Global, _global)) return;
        ByteWriter to = _sections.Globals.AddEntry();
        _types.ParseGlobalType(to);
        _instructions.ParseConstant(to);
        _global++;
    }

    private void ParseTag()
    {
        if (ParseInlineExportsAndImport(ExternKind.Tag, _tag)) return;
        ParseTagType(_sections.Tags.AddEntry());
        _tag++;
    }

    private void ParseTagType(ByteWriter to)
    {
        _instructions.Locals.Clear();
        to.WriteByte(0);
        to.WriteUnsignedLeb(_types.ParseTypeUse(_instructions.Locals));
    }

    private bool ParseAddressType()
    {
        if (_cursor.TryTake(Word.I64)) return true;
        _cursor.TryTake(Word.I32);
        return false;
    }

    private ulong ExpectLimit() => _cursor.ExpectNat(64, "i64 constant out of range");

    private byte? ParsePageSize()
    {
        if (!_cursor.TryOpen(Word.PageSize)) return null;
        int at = _cursor.Position;
        ulong size = _cursor.ExpectNat(64, "invalid custom page size");
        if (!BitOperations.IsPow2(size)) throw _cursor.ErrorAt(at, "invalid custom page size");
        _cursor.ExpectClose();
        return (byte)BitOperations.TrailingZeroCount(size);
    }

    private static void WriteLimits(ByteWriter to, bool is64, ulong min, ulong? max, bool isShared, byte? pageSizeLog2)
    {
        to.WriteByte((byte)((max is null ? 0 : 1) | (isShared ? 2 : 0) | (is64 ? 4 : 0) | (pageSizeLog2 is null ? 0 : 8)));
        to.WriteUnsignedLeb(min);
        if (max is { } limit) to.WriteUnsignedLeb(limit);
        if (pageSizeLog2 is { } log2) to.WriteUnsignedLeb(log2);
    }

    private void ParseName(ByteWriter to)
    {
        int at = _cursor.Position;
        var name = new ByteWriter(64);
        _cursor.ExpectString(name);
        if (!Utf8.IsValid(name.Written)) throw _cursor.ErrorAt(at, "malformed UTF-8 encoding");
        to.WriteUnsignedLeb((uint)name.Length);
        to.WriteBytes(name.Written);
    }

    private static ExternKind? ExternKindOf(Word word) => word switch
    {
        Word.Func => ExternKind.Function,
        Word.Table => ExternKind.Table,
        Word.Memory => ExternKind.Memory,
        Word.Global => ExternKind.Global,
        Word.Tag => ExternKind.Tag,
        _ => null, // every other word is no external type
    };
}
