// Types (spec section 6.4): text in, the binary format out. Nothing is built in between; what the parser needs
// to know of types later it notes in the ModuleScope.
using Kiln.Foundation.Buffers;
using Kiln.Text.Lexing;

namespace Kiln.Text.Parsing;

/// <summary>A reference type: its nullability and its heap type as the signed number of the binary format (negative for abstract ones).</summary>
internal readonly record struct RefTypeCode(bool IsNullable, long Heap)
{
    /// <summary>The code of <c>funcref</c>.</summary>
    public static RefTypeCode FuncRef => new(true, -0x10);

    /// <summary>Appends the reference type, in its shortest form.</summary>
    public void Write(ByteWriter to)
    {
        if (!IsNullable || Heap >= 0) to.WriteByte(IsNullable ? (byte)0x63 : (byte)0x64);
        to.WriteSignedLeb(Heap);
    }
}

/// <summary>Parses types and type uses into their binary form.</summary>
internal sealed class TypeParser(TokenCursor cursor, ModuleScope scope, VectorSection section)
{
    private readonly ByteWriter _parameters = new();
    private readonly ByteWriter _results = new();
    private readonly ByteWriter _signature = new();

    /// <summary>Parses the field <c>(type ...)</c> or <c>(rec (type ...)*)</c>; the cursor is at its parenthesis.</summary>
    public void ParseDefinition()
    {
        ByteWriter to = section.AddEntry();
        if (!cursor.TryOpen(Word.Rec))
        {
            ParseTypeDefinition(to, isAlone: true);
            return;
        }

        int start = cursor.Position;
        uint count = 0;
        for (int at = start; cursor.Buffer.Tokens[at].Kind == TokenKind.LeftParen; at = cursor.Buffer.Tokens[at].Link + 1) count++;
        if (count != 1)
        {
            to.WriteByte(0x4E);
            to.WriteUnsignedLeb(count);
        }

        while (cursor.AtForm(Word.Type)) ParseTypeDefinition(to, isAlone: count == 1);
        cursor.ExpectClose();
    }

    /// <summary>Parses a value type.</summary>
    public void ParseValueType(ByteWriter to)
    {
        byte code = cursor.NextWord switch
        {
            Word.I32 => 0x7F,
            Word.I64 => 0x7E,
            Word.F32 => 0x7D,
            Word.F64 => 0x7C,
            Word.V128 => 0x7B,
            _ => 0,
        };
        if (code == 0)
        {
            ParseReferenceType().Write(to);
            return;
        }

        cursor.Position++;
        to.WriteByte(code);
    }

    /// <summary>Whether a reference type is next.</summary>
    public bool AtReferenceType() => cursor.AtForm(Word.Ref) || cursor.NextWord is >= Word.FuncRef and <= Word.NullContRef;

    /// <summary>Parses a reference type, long or abbreviated.</summary>
    public RefTypeCode ParseReferenceType()
    {
        if (cursor.TryOpen(Word.Ref))
        {
            bool isNullable = cursor.TryTake(Word.Null);
            var type = new RefTypeCode(isNullable, ParseHeapType());
            cursor.ExpectClose();
            return type;
        }

        Word heap = cursor.NextWord switch
        {
            Word.FuncRef => Word.Func,
            Word.ExternRef => Word.Extern,
            Word.AnyRef => Word.Any,
            Word.EqRef => Word.Eq,
            Word.I31Ref => Word.I31,
            Word.StructRef => Word.Struct,
            Word.ArrayRef => Word.Array,
            Word.ExnRef => Word.Exn,
            Word.ContRef => Word.Cont,
            Word.NullRef => Word.None,
            Word.NullFuncRef => Word.NoFunc,
            Word.NullExternRef => Word.NoExtern,
            Word.NullExnRef => Word.NoExn,
            Word.NullContRef => Word.NoCont,
            _ => throw cursor.Unexpected(), // every other word is no reference type
        };
        cursor.Position++;
        return new RefTypeCode(true, AbstractHeapCode(heap));
    }

    /// <summary>Parses a heap type: an abstract one or a type index.</summary>
    public long ParseHeapType()
    {
        long code = AbstractHeapCode(cursor.NextWord);
        if (code == 0) return scope.Types.Expect(cursor);
        cursor.Position++;
        return code;
    }

    /// <summary>
    /// Parses <c>(type x)? (param ...)* (result ...)*</c> and returns the type index; without <c>(type x)</c> that of
    /// the first plain type with the signature, which is added if there is none. Binds parameters to
    /// <paramref name="locals"/>; if that is null they can have no identifiers.
    /// </summary>
    public uint ParseTypeUse(IndexSpace? locals)
    {
        int start = cursor.Position;
        bool isExplicit = TryParseTypeReference(out uint type);
        uint parameterCount = ParseSignature(locals, out _, out bool isEmpty);
        if (isExplicit)
        {
            if (isEmpty) locals?.DeclareAnonymous(scope.ParameterCount(type));
            else CheckSignature(start, type);
            return type;
        }

        return PlainType(parameterCount);
    }

    /// <summary>Parses the type of a block and appends it.</summary>
    public void ParseBlockType(ByteWriter to)
    {
        int start = cursor.Position;
        bool isExplicit = TryParseTypeReference(out uint type);
        uint parameterCount = ParseSignature(null, out uint resultCount, out bool isEmpty);
        if (isExplicit)
        {
            if (!isEmpty) CheckSignature(start, type);
            to.WriteSignedLeb(type);
        }
        else if (parameterCount == 0 && resultCount == 0)
        {
            to.WriteByte(0x40);
        }
        else if (parameterCount == 0 && resultCount == 1)
        {
            to.WriteBytes(_results.Written);
        }
        else
        {
            to.WriteSignedLeb(PlainType(parameterCount));
        }
    }

    /// <summary>Parses a global type: <c>t</c> or <c>(mut t)</c>.</summary>
    public void ParseGlobalType(ByteWriter to)
    {
        bool isMutable = cursor.TryOpen(Word.Mut);
        ParseValueType(to);
        if (isMutable) cursor.ExpectClose();
        to.WriteByte(isMutable ? (byte)1 : (byte)0);
    }

    private static long AbstractHeapCode(Word word) => word switch
    {
        Word.NoCont => -0x0B,
        Word.NoExn => -0x0C,
        Word.NoFunc => -0x0D,
        Word.NoExtern => -0x0E,
        Word.None => -0x0F,
        Word.Func => -0x10,
        Word.Extern => -0x11,
        Word.Any => -0x12,
        Word.Eq => -0x13,
        Word.I31 => -0x14,
        Word.Struct => -0x15,
        Word.Array => -0x16,
        Word.Exn => -0x17,
        Word.Cont => -0x18,
        _ => 0, // every other word is no heap type
    };

    // The identifier was bound when the index spaces were declared.
    private void ParseTypeDefinition(ByteWriter to, bool isAlone)
    {
        cursor.ExpectOpen(Word.Type);
        cursor.TryTakeId(out _);
        bool isPlain = isAlone;
        if (cursor.TryOpen(Word.Sub))
        {
            bool isFinal = cursor.TryTake(Word.Final);
            int start = cursor.Position;
            uint supertypes = 0;
            while (cursor.Next.Kind is TokenKind.Id or TokenKind.Nat)
            {
                scope.Types.Expect(cursor);
                supertypes++;
            }

            isPlain &= isFinal && supertypes == 0;
            if (!isFinal || supertypes > 0)
            {
                to.WriteByte(isFinal ? (byte)0x4F : (byte)0x50);
                to.WriteUnsignedLeb(supertypes);
                cursor.Position = start;
                for (uint i = 0; i < supertypes; i++) to.WriteUnsignedLeb(scope.Types.Expect(cursor));
            }

            ParseCompositeType(to, isPlain);
            cursor.ExpectClose();
        }
        else
        {
            ParseCompositeType(to, isPlain);
        }

        cursor.ExpectClose();
    }

    private void ParseCompositeType(ByteWriter to, bool isPlain)
    {
        if (cursor.TryOpen(Word.Func))
        {
            uint parameterCount = ParseSignature(new IndexSpace("param"), out _, out _);
            to.WriteByte(0x60);
            to.WriteBytes(_signature.Written);
            scope.DefineFunction(_signature.Written, parameterCount, isPlain);
        }
        else if (cursor.TryOpen(Word.Struct))
        {
            ParseStruct(to);
        }
        else if (cursor.TryOpen(Word.Array))
        {
            to.WriteByte(0x5E);
            ParseFieldType(to);
            scope.DefineOther(null);
        }
        else
        {
            cursor.ExpectOpen(Word.Cont);
            to.WriteByte(0x5D);
            to.WriteSignedLeb(scope.Types.Expect(cursor));
            scope.DefineOther(null);
        }

        cursor.ExpectClose();
    }

    private void ParseStruct(ByteWriter to)
    {
        var fields = new IndexSpace("field");
        _parameters.Clear();
        while (cursor.TryOpen(Word.Field))
        {
            if (cursor.Next.Kind == TokenKind.Id)
            {
                fields.Declare(cursor);
                ParseFieldType(_parameters);
            }
            else
            {
                while (cursor.Next.Kind != TokenKind.RightParen)
                {
                    fields.DeclareAnonymous(1);
                    ParseFieldType(_parameters);
                }
            }

            cursor.ExpectClose();
        }

        to.WriteByte(0x5F);
        to.WriteUnsignedLeb(fields.Count);
        to.WriteBytes(_parameters.Written);
        scope.DefineOther(fields);
    }

    private void ParseFieldType(ByteWriter to)
    {
        bool isMutable = cursor.TryOpen(Word.Mut);
        if (cursor.TryTake(Word.I8)) to.WriteByte(0x78);
        else if (cursor.TryTake(Word.I16)) to.WriteByte(0x77);
        else ParseValueType(to);
        if (isMutable) cursor.ExpectClose();
        to.WriteByte(isMutable ? (byte)1 : (byte)0);
    }

    private bool TryParseTypeReference(out uint type)
    {
        type = 0;
        if (!cursor.TryOpen(Word.Type)) return false;
        type = scope.Types.Expect(cursor);
        cursor.ExpectClose();
        return true;
    }

    // Parses (param ...)* (result ...)* into _parameters, _results and _signature and returns the number of parameters.
    private uint ParseSignature(IndexSpace? locals, out uint resultCount, out bool isEmpty)
    {
        uint parameterCount = 0;
        resultCount = 0;
        _parameters.Clear();
        _results.Clear();
        while (cursor.TryOpen(Word.Param))
        {
            if (locals is not null && cursor.Next.Kind == TokenKind.Id)
            {
                locals.Declare(cursor);
                ParseValueType(_parameters);
                parameterCount++;
                cursor.ExpectClose();
                continue;
            }

            while (!cursor.TryTake(TokenKind.RightParen))
            {
                locals?.DeclareAnonymous(1);
                ParseValueType(_parameters);
                parameterCount++;
            }
        }

        while (cursor.TryOpen(Word.Result))
        {
            while (!cursor.TryTake(TokenKind.RightParen))
            {
                ParseValueType(_results);
                resultCount++;
            }
        }

        isEmpty = parameterCount == 0 && resultCount == 0;
        EncodeSignature(parameterCount, resultCount);
        return parameterCount;
    }

    private void EncodeSignature(uint parameterCount, uint resultCount)
    {
        _signature.Clear();
        _signature.WriteUnsignedLeb(parameterCount);
        _signature.WriteBytes(_parameters.Written);
        _signature.WriteUnsignedLeb(resultCount);
        _signature.WriteBytes(_results.Written);
    }

    private void CheckSignature(int start, uint type)
    {
        if (cursor.AtForm(Word.Param) || cursor.AtForm(Word.Type))
        {
            cursor.Position++;
            throw cursor.Unexpected(); // after results: the order is wrong, whatever the types
        }

        if (type >= (uint)scope.DefinedTypes) throw cursor.ErrorAt(start, $"unknown type {type}");
        if (!scope.HasSignature(type, _signature.Written)) throw cursor.ErrorAt(start, "inline function type does not match its type use");
    }

    private uint PlainType(uint parameterCount)
    {
        if (scope.TryFindPlain(_signature.Written, out uint type)) return type;
        type = (uint)scope.DefinedTypes;
        ByteWriter to = section.AddEntry();
        to.WriteByte(0x60);
        to.WriteBytes(_signature.Written);
        scope.DefineFunction(_signature.Written, parameterCount, isPlain: true);
        return type;
    }
}
