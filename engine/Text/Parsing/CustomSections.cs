using System;
using System.Collections.Generic;
using Kiln.Foundation.Buffers;
using Kiln.Text.Lexing;

namespace Kiln.Text.Parsing;

/// <summary>Where a custom section goes: before or after a section, whether or not the module has that section.</summary>
internal readonly record struct CustomPlace(SectionId Section, bool IsAfter)
{
    /// <summary>Before every section.</summary>
    public static CustomPlace BeforeFirst => new(SectionId.Custom, IsAfter: false);

    /// <summary>After every section.</summary>
    public static CustomPlace AfterLast => new(SectionId.Custom, IsAfter: true);
}

/// <summary>
/// The custom sections that a module's annotations ask for (spec appendix "Custom Sections"):
/// <c>(@custom "name" ((before|after) section)? "bytes"*)</c>, after the last section if no place is given.
/// </summary>
internal sealed class CustomSections
{
    private readonly List<(CustomPlace Place, byte[] Name, byte[] Content)> _sections = [];

    /// <summary>Reads those of the annotations that stand directly between the fields of a module.</summary>
    /// <param name="buffer">The source.</param>
    /// <param name="first">Index of the first token of the first field.</param>
    /// <param name="end">Index of the token after the last field.</param>
    public static CustomSections Parse(TokenBuffer buffer, int first, int end)
    {
        var sections = new CustomSections();
        int field = first;
        foreach (ref readonly Annotation annotation in buffer.Annotations.Span)
        {
            while (field < annotation.Position && field < end) field = buffer.Tokens[field].Link + 1;
            if (annotation.Kind == AnnotationKind.Custom && annotation.Position == field) sections.Parse(buffer, annotation);
        }

        return sections;
    }

    /// <summary>Appends the sections that belong to a place.</summary>
    public void WriteAt(CustomPlace place, ByteWriter module)
    {
        foreach ((CustomPlace at, byte[] name, byte[] content) in _sections)
        {
            if (at == place) Write(module, name, content);
        }
    }

    /// <summary>Appends a custom section.</summary>
    public static void Write(ByteWriter module, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        var body = new ByteWriter(name.Length + content.Length + 8);
        body.WriteUnsignedLeb((uint)name.Length);
        body.WriteBytes(name);
        body.WriteBytes(content);
        module.WriteByte((byte)SectionId.Custom);
        module.WriteUnsignedLeb((uint)body.Length);
        module.WriteBytes(body.Written);
    }

    private void Parse(TokenBuffer buffer, in Annotation annotation)
    {
        int at = annotation.FirstToken;
        var name = new ByteWriter();
        var content = new ByteWriter();
        Expect(buffer, ref at, TokenKind.String, annotation);
        buffer.DecodeString(buffer.AnnotationTokens[at - 1], name);
        if (!System.Text.Unicode.Utf8.IsValid(name.Written)) throw buffer.ErrorAt(annotation.Start, "malformed UTF-8 encoding");
        CustomPlace place = CustomPlace.AfterLast;
        if (buffer.AnnotationTokens[at].Kind == TokenKind.LeftParen)
        {
            at++;
            place = ExpectPlace(buffer, ref at, annotation);
            Expect(buffer, ref at, TokenKind.RightParen, annotation);
        }

        while (buffer.AnnotationTokens[at].Kind == TokenKind.String) buffer.DecodeString(buffer.AnnotationTokens[at++], content);
        Expect(buffer, ref at, TokenKind.End, annotation);
        _sections.Add((place, name.ToArray(), content.ToArray()));
    }

    private static CustomPlace ExpectPlace(TokenBuffer buffer, ref int at, in Annotation annotation)
    {
        Word side = TokenCursor.WordOf(buffer.AnnotationTokens[at++]);
        Token section = buffer.AnnotationTokens[at++];
        if (side is Word.Before or Word.After)
        {
            Word word = TokenCursor.WordOf(section);
            if (side == Word.Before && word == Word.First) return CustomPlace.BeforeFirst;
            if (side == Word.After && word == Word.Last) return CustomPlace.AfterLast;
            if (SectionOf(word, buffer.TextOf(section)) is { } id) return new CustomPlace(id, side == Word.After);
        }

        throw buffer.ErrorAt(annotation.Start, "malformed custom annotation");
    }

    private static SectionId? SectionOf(Word word, ReadOnlySpan<byte> text) => word switch
    {
        Word.Type => SectionId.Type,
        Word.Import => SectionId.Import,
        Word.Func => SectionId.Function,
        Word.Table => SectionId.Table,
        Word.Memory => SectionId.Memory,
        Word.Tag => SectionId.Tag,
        Word.Global => SectionId.Global,
        Word.Export => SectionId.Export,
        Word.Start => SectionId.Start,
        Word.Elem => SectionId.Element,
        Word.Code => SectionId.Code,
        Word.Data => SectionId.Data,
        _ => text.SequenceEqual("datacount"u8) ? SectionId.DataCount : null, // the only place that is no keyword elsewhere
    };

    private static void Expect(TokenBuffer buffer, ref int at, TokenKind kind, in Annotation annotation)
    {
        if (buffer.AnnotationTokens[at++].Kind != kind) throw buffer.ErrorAt(annotation.Start, "malformed custom annotation");
    }
}
