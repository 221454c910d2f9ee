using System.Collections.Generic;
using Kiln.Foundation.Buffers;
using Kiln.Text.Lexing;

namespace Kiln.Text.Scripts;

/// <summary>Parses the commands of a script.</summary>
internal sealed class CommandParser(TokenCursor cursor)
{
    private readonly ResultParser _results = new(cursor);

    /// <summary>Parses all commands up to the end.</summary>
    public List<WastCommand> ParseScript()
    {
        if (cursor.Next.Kind == TokenKind.LeftParen && IsField(TokenCursor.WordOf(cursor.AfterNext)))
        {
            return [new WastModuleCommand(cursor.Line, new WastTextModule(cursor.Line, null, cursor.Buffer, 0, isWholeScript: true))];
        }

        var commands = new List<WastCommand>();
        while (cursor.Next.Kind != TokenKind.End) commands.Add(ParseCommand());
        return commands;
    }

    private static bool IsField(Word word) => word is Word.Type or Word.Rec or Word.Import or Word.Func or Word.Table or Word.Memory or Word.Global
        or Word.Tag or Word.Export or Word.Start or Word.Elem or Word.Data;

    private WastCommand ParseCommand()
    {
        int line = cursor.Line;
        if (cursor.AtForm(Word.Module)) return ParseModuleCommand(line);
        if (cursor.AtForm(Word.Invoke) || cursor.AtForm(Word.Get)) return new WastActionCommand(line, ParseAction());
        if (!cursor.TryTake(TokenKind.LeftParen)) throw cursor.Unexpected();
        Word word = cursor.NextWord;
        int start = cursor.Position++;
        WastCommand command = word switch
        {
            Word.Register => ParseRegister(line),
            Word.AssertReturn => new WastAssertReturn(line, ParseAction(), _results.ParseAll()),
            Word.AssertTrap when cursor.AtForm(Word.Module) => new WastAssertModuleTrap(line, ParseModule(), cursor.ExpectName()),
            Word.AssertTrap => new WastAssertTrap(line, ParseAction(), cursor.ExpectName()),
            Word.AssertExhaustion => new WastAssertExhaustion(line, ParseAction(), cursor.ExpectName()),
            Word.AssertException => new WastAssertException(line, ParseAction()),
            Word.AssertSuspension => new WastAssertSuspension(line, ParseAction(), cursor.ExpectName()),
            Word.AssertMalformed => new WastAssertMalformed(line, ParseModule(), cursor.ExpectName(), IsCustom: false),
            Word.AssertMalformedCustom => new WastAssertMalformed(line, ParseModule(), cursor.ExpectName(), IsCustom: true),
            Word.AssertInvalid => new WastAssertInvalid(line, ParseModule(), cursor.ExpectName(), IsCustom: false),
            Word.AssertInvalidCustom => new WastAssertInvalid(line, ParseModule(), cursor.ExpectName(), IsCustom: true),
            Word.AssertUnlinkable => new WastAssertUnlinkable(line, ParseModule(), cursor.ExpectName()),
            Word.Thread => ParseThread(line),
            Word.Wait => new WastWait(line, ExpectId()),
            _ => throw UnexpectedAt(start), // every other word is no command
        };
        cursor.ExpectClose();
        return command;
    }

    private WastCommand ParseModuleCommand(int line)
    {
        int start = cursor.Position;
        cursor.Position += 2;
        if (cursor.TryTake(Word.Instance))
        {
            string? instance = OptionalId();
            string? module = OptionalId();
            cursor.ExpectClose();
            return new WastModuleInstance(line, instance, module);
        }

        bool isDefinition = cursor.NextWord == Word.Definition;
        cursor.Position = start;
        WastModule content = ParseModule();
        return isDefinition ? new WastModuleDefinition(line, content) : new WastModuleCommand(line, content);
    }

    private WastModule ParseModule()
    {
        int line = cursor.Line;
        int start = cursor.Position;
        int close = cursor.Next.Link;
        cursor.ExpectOpen(Word.Module);
        cursor.TryTake(Word.Definition);
        string? name = OptionalId();
        bool isBinary = cursor.TryTake(Word.Binary);
        if (isBinary || cursor.TryTake(Word.Quote))
        {
            var bytes = new ByteWriter();
            while (cursor.Next.Kind == TokenKind.String) cursor.ExpectString(bytes);
            cursor.ExpectClose();
            return isBinary ? new WastBinaryModule(line, name, bytes.ToArray()) : new WastQuotedModule(line, name, bytes.ToArray());
        }

        cursor.Position = close;
        cursor.ExpectClose();
        return new WastTextModule(line, name, cursor.Buffer, start, isWholeScript: false);
    }

    private WastRegister ParseRegister(int line)
    {
        string name = cursor.ExpectName();
        return new WastRegister(line, name, OptionalId());
    }

    private WastAction ParseAction()
    {
        int line = cursor.Line;
        bool isGet = cursor.TryOpen(Word.Get);
        if (!isGet) cursor.ExpectOpen(Word.Invoke);
        string? instance = OptionalId();
        string export = cursor.ExpectName();
        WastAction action = isGet ? new WastGet(line, instance, export) : new WastInvoke(line, instance, export, _results.ParseArguments());
        cursor.ExpectClose();
        return action;
    }

    private WastThread ParseThread(int line)
    {
        string name = ExpectId();
        var shared = new List<string>();
        while (cursor.TryOpen(Word.Shared))
        {
            cursor.ExpectOpen(Word.Module);
            shared.Add(ExpectId());
            cursor.ExpectClose();
            cursor.ExpectClose();
        }

        var commands = new List<WastCommand>();
        while (cursor.Next.Kind == TokenKind.LeftParen) commands.Add(ParseCommand());
        return new WastThread(line, name, shared, commands);
    }

    private string? OptionalId() => cursor.TryTakeId(out int symbol) ? cursor.Buffer.NameOf(symbol) : null;

    private string ExpectId() => OptionalId() ?? throw cursor.Unexpected();

    private TextException UnexpectedAt(int token)
    {
        cursor.Position = token;
        return cursor.Unexpected();
    }
}
