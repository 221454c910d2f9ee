// A module's fields in three passes over its tokens, since text may use what it declares later:
//   1. declarations: every field gets its index and identifier; imports come before definitions of their kind;
//   2. type definitions, so that signatures and field names are known;
//   3. everything else, in the order of the text; implicit types are appended as they are met.
using Kiln.Foundation.Collections;
using Kiln.Text.Lexing;

namespace Kiln.Text.Parsing;

/// <summary>Parses a sequence of module fields into a binary module.</summary>
internal sealed class ModuleParser
{
    private readonly TokenCursor _cursor;
    private readonly ModuleScope _scope = new();
    private readonly ModuleSections _sections = new();
    private readonly GrowList<int> _typeFields = new();
    private readonly GrowList<int> _otherFields = new();
    private string? _definedBeforeImport;

    private ModuleParser(TokenBuffer buffer) => _cursor = new TokenCursor(buffer, 0);

    /// <summary>The module whose fields are the tokens from <paramref name="first"/> to <paramref name="end"/> (exclusive, the closing parenthesis or the end).</summary>
    public static byte[] Parse(TokenBuffer buffer, int moduleSymbol, int first, int end)
    {
        var parser = new ModuleParser(buffer);
        parser.Declare(first, end);
        var types = new TypeParser(parser._cursor, parser._scope, parser._sections.Types);
        foreach (int field in parser._typeFields)
        {
            parser._cursor.Position = field;
            types.ParseDefinition();
        }

        var locals = new LocalNames(buffer);
        var fields = new FieldParser(parser._cursor, parser._scope, parser._sections, types, locals);
        foreach (int field in parser._otherFields)
        {
            parser._cursor.Position = field;
            fields.Parse();
        }

        return parser._sections.Assemble(
            CustomSections.Parse(buffer, first, end), NameSectionWriter.Write(buffer, moduleSymbol, parser._scope, locals).Written);
    }

    private void Declare(int first, int end)
    {
        for (int field = first; field < end;)
        {
            _cursor.Position = field;
            if (_cursor.Next.Kind != TokenKind.LeftParen) throw _cursor.Unexpected();
            int close = _cursor.Next.Link;
            if (_cursor.Buffer.Tokens[close].Kind == TokenKind.End)
            {
                _cursor.Position = close;
                throw _cursor.Unexpected();
            }

            _cursor.Position++;
            DeclareField(field, _cursor.NextWord);
            field = close + 1;
        }
    }

    private void DeclareField(int field, Word word)
    {
        _cursor.Position++;
        if (word is Word.Type or Word.Rec) _typeFields.Add(field);
        else _otherFields.Add(field);
        switch (word)
        {
            case Word.Type:
                _scope.Types.Declare(_cursor);
                break;
            case Word.Rec:
                DeclareGroup();
                break;
            case Word.Import:
                DeclareImport();
                break;
            case Word.Func or Word.Table or Word.Memory or Word.Global or Word.Tag:
                DeclareDefinition(field, word);
                break;
            case Word.Elem:
                _scope.Elements.Declare(_cursor);
                break;
            case Word.Data:
                _scope.Data.Declare(_cursor);
                break;
            case Word.Export or Word.Start:
                break;
            default:
                _cursor.Position--;
                throw _cursor.Unexpected();
        }
    }

    private void DeclareGroup()
    {
        while (_cursor.AtForm(Word.Type))
        {
            int close = _cursor.Next.Link;
            _cursor.Position += 2;
            _scope.Types.Declare(_cursor);
            _cursor.Position = close + 1;
        }
    }

    // (import "module" "name" (kind id? ...)). What has another shape is refused by the last pass.
    private void DeclareImport()
    {
        CheckImportOrder();
        if (!_cursor.TryTake(TokenKind.String) || !_cursor.TryTake(TokenKind.String) || !_cursor.TryTake(TokenKind.LeftParen)) return;
        IndexSpace? space = SpaceOf(_cursor.NextWord);
        _cursor.Position++;
        space?.Declare(_cursor);
    }

    private void DeclareDefinition(int field, Word word)
    {
        SpaceOf(word)!.Declare(_cursor);
        while (_cursor.AtForm(Word.Export)) _cursor.Position = _cursor.Next.Link + 1;
        if (_cursor.AtForm(Word.Import))
        {
            _cursor.Position = field;
            CheckImportOrder();
            return;
        }

        _definedBeforeImport ??= word switch
        {
            Word.Func => "function",
            Word.Table => "table",
            Word.Memory => "memory",
            Word.Global => "global",
            _ => "tag", // the caller lets no other word through
        };

        // A table or memory may hold a segment, which is one of the segments.
        if (word is not (Word.Table or Word.Memory)) return;
        int close = _cursor.Buffer.Tokens[field].Link;
        for (; _cursor.Position < close; _cursor.Position = _cursor.Next.Kind == TokenKind.LeftParen ? _cursor.Next.Link + 1 : _cursor.Position + 1)
        {
            if (word == Word.Table && _cursor.AtForm(Word.Elem)) _scope.Elements.DeclareAnonymous(1);
            if (word == Word.Memory && _cursor.AtForm(Word.Data)) _scope.Data.DeclareAnonymous(1);
        }
    }

    private void CheckImportOrder()
    {
        if (_definedBeforeImport is not null) throw _cursor.Error($"import after {_definedBeforeImport}");
    }

    private IndexSpace? SpaceOf(Word word) => word switch
    {
        Word.Func => _scope.Functions,
        Word.Table => _scope.Tables,
        Word.Memory => _scope.Memories,
        Word.Global => _scope.Globals,
        Word.Tag => _scope.Tags,
        _ => null, // every other word has no index space of its own
    };
}
