// Instructions (spec section 6.5), flat and folded in any mixture: text in, binary code out, in one pass.
//
// A folded instruction comes after its operands in the binary format, so its bytes wait: opcode and immediates
// are put on the stack of bytes _pending when its parenthesis opens and move to the code when it closes. What is
// open is kept on an explicit stack of frames, not on the call stack: nesting is limited by memory only, which
// matters since text comes from clients.
//
// INVARIANT: the bytes of _pending from a frame's mark on belong to it and to the frames above it; labels has one
// entry for each structured frame whose label is in scope.
using System;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Collections;
using Kiln.Text.Lexing;
using Kiln.Wasm.Opcodes;

namespace Kiln.Text.Parsing;

/// <summary>Parses sequences of instructions. One serves all bodies of a module.</summary>
internal sealed class InstructionParser
{
    private const byte EndByte = 0x0B;
    private const byte ElseByte = 0x05;

    private readonly TokenCursor _cursor;
    private readonly ModuleScope _scope;
    private readonly TypeParser _types;
    private readonly ImmediateParser _immediates;
    private readonly LabelStack _labels = new();
    private readonly GrowList<Frame> _frames = new();
    private readonly ByteWriter _pending = new();
    private readonly ByteWriter _clauses = new();

    /// <summary>Creates the parser of a module's instructions.</summary>
    public InstructionParser(TokenCursor cursor, ModuleScope scope, ModuleSections sections, TypeParser types)
    {
        _cursor = cursor;
        _scope = scope;
        _types = types;
        _immediates = new ImmediateParser(cursor, scope, sections, types, Locals, _labels);
    }

    private enum FrameKind : byte
    {
        FoldedPlain, // (i32.add operand*
        FoldedBlock, // (block instr*, likewise loop and try_table
        FoldedCondition, // (if condition*
        FoldedAfterThen, // (if condition* (then ...)
        FoldedAfterElse, // (if condition* (then ...) (else ...)
        FoldedBranch, // (then instr* or (else instr*, above one of the two frames before
        FlatBlock, // block instr*, likewise loop and try_table
        FlatIf, // if instr*
        FlatElse, // if instr* else instr*
    }

    /// <summary>The parameters and locals of the function; empty for constant expressions.</summary>
    public IndexSpace Locals { get; } = new("local");

    /// <summary>Parses instructions up to the closing parenthesis of the form they are in, which is left, and appends them with the final <c>end</c>.</summary>
    public void ParseExpression(ByteWriter code)
    {
        Begin();
        while (ParseStep(code))
        {
        }

        if (_frames.Count > 0) throw _cursor.Unexpected();
        code.WriteByte(EndByte);
    }

    /// <summary>Parses a constant expression like <see cref="ParseExpression"/>; there are no locals.</summary>
    public void ParseConstant(ByteWriter code)
    {
        Locals.Clear();
        ParseExpression(code);
    }

    /// <summary>Parses one folded instruction as a constant expression and appends it with the final <c>end</c>.</summary>
    public void ParseFoldedConstant(ByteWriter code)
    {
        Locals.Clear();
        if (_cursor.Next.Kind != TokenKind.LeftParen) throw _cursor.Unexpected();
        Begin();
        while (ParseStep(code) && _frames.Count > 0)
        {
        }

        code.WriteByte(EndByte);
    }

    private void Begin()
    {
        _frames.Clear();
        _pending.Clear();
        _labels.Clear();
    }

    // Takes what can be taken without knowing what follows; false at a token that ends the sequence.
    private bool ParseStep(ByteWriter code)
    {
        switch (_cursor.Next.Kind)
        {
            case TokenKind.LeftParen:
                Open(code);
                return true;
            case TokenKind.RightParen:
                if (_frames.Count == 0) return false;
                Close(code);
                return true;
            case TokenKind.Keyword when TokenCursor.IsMnemonic(_cursor.Next, out Opcode opcode):
                if (_frames.Count > 0 && _frames.Last.Kind <= FrameKind.FoldedAfterElse && _frames.Last.Kind != FrameKind.FoldedBlock) throw _cursor.Unexpected();
                _cursor.Position++;
                ParseFlat(opcode, code);
                return true;
            default:
                return _frames.Count > 0 || _cursor.Next.Kind != TokenKind.End ? throw _cursor.Unexpected() : false;
        }
    }

    private void Open(ByteWriter code)
    {
        if (_frames.Count > 0 && _frames.Last.Kind is FrameKind.FoldedCondition or FrameKind.FoldedAfterThen or FrameKind.FoldedAfterElse && TryOpenBranch(code)) return;
        _cursor.Position++;
        if (!TokenCursor.IsMnemonic(_cursor.Next, out Opcode opcode)) throw _cursor.Unexpected();
        int mark = _pending.Length;
        switch (opcode)
        {
            case Opcode.Else or Opcode.End:
                throw _cursor.Unexpected();
            case Opcode.Block or Opcode.Loop or Opcode.TryTable:
                _cursor.Position++;
                int label = ParseBlockStart(opcode, code);
                _labels.Push(label);
                _frames.Add(new Frame(FrameKind.FoldedBlock, mark, label));
                break;
            case Opcode.If:
                _cursor.Position++;
                _frames.Add(new Frame(FrameKind.FoldedCondition, mark, ParseBlockStart(opcode, _pending)));
                break;
            default:
                _cursor.Position++;
                _immediates.Parse(opcode, _pending);
                _frames.Add(new Frame(FrameKind.FoldedPlain, mark, -1));
                break;
        }
    }

    // In a folded if: takes (then or (else if it is next. After (then ...) nothing else can follow.
    private bool TryOpenBranch(ByteWriter code)
    {
        ref Frame frame = ref _frames.Last;
        if (frame.Kind == FrameKind.FoldedCondition)
        {
            if (!_cursor.TryOpen(Word.Then)) return false;
            MovePending(frame.Mark, code);
            _labels.Push(frame.Label);
            frame.Kind = FrameKind.FoldedAfterThen;
        }
        else
        {
            bool isElse = TokenCursor.IsMnemonic(_cursor.AfterNext, out Opcode opcode) && opcode == Opcode.Else;
            if (!isElse || frame.Kind == FrameKind.FoldedAfterElse)
            {
                _cursor.Position++;
                throw _cursor.Unexpected();
            }

            _cursor.Position += 2;
            code.WriteByte(ElseByte);
            frame.Kind = FrameKind.FoldedAfterElse;
        }

        _frames.Add(new Frame(FrameKind.FoldedBranch, _pending.Length, -1));
        return true;
    }

    private void Close(ByteWriter code)
    {
        Frame frame = _frames.Last;
        switch (frame.Kind)
        {
            case FrameKind.FoldedPlain:
                MovePending(frame.Mark, code);
                break;
            case FrameKind.FoldedBlock or FrameKind.FoldedAfterThen or FrameKind.FoldedAfterElse:
                code.WriteByte(EndByte);
                _labels.Pop();
                break;
            case FrameKind.FoldedBranch:
                break;
            case FrameKind.FoldedCondition or FrameKind.FlatBlock or FrameKind.FlatIf or FrameKind.FlatElse:
                throw _cursor.Unexpected(); // a then or an end is missing
        }

        _cursor.Position++;
        _frames.Pop();
    }

    private void ParseFlat(Opcode opcode, ByteWriter code)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.TryTable or Opcode.If:
                int label = ParseBlockStart(opcode, code);
                _labels.Push(label);
                _frames.Add(new Frame(opcode == Opcode.If ? FrameKind.FlatIf : FrameKind.FlatBlock, _pending.Length, label));
                break;
            case Opcode.Else:
                if (_frames.Count == 0 || _frames.Last.Kind != FrameKind.FlatIf) throw UnexpectedBefore();
                CheckLabel(_frames.Last.Label);
                _frames.Last.Kind = FrameKind.FlatElse;
                code.WriteByte(ElseByte);
                break;
            case Opcode.End:
                if (_frames.Count == 0 || _frames.Last.Kind < FrameKind.FlatBlock) throw UnexpectedBefore();
                CheckLabel(_frames.Pop().Label);
                _labels.Pop();
                code.WriteByte(EndByte);
                break;
            default:
                _immediates.Parse(opcode, code);
                break;
        }
    }

    // After the mnemonic of a structured instruction: appends opcode, block type and catch clauses, returns the label.
    private int ParseBlockStart(Opcode opcode, ByteWriter to)
    {
        if (!_cursor.TryTakeId(out int label)) label = -1;
        ImmediateParser.WriteOpcode(opcode, to);
        _types.ParseBlockType(to);
        if (opcode == Opcode.TryTable) ParseCatches(to);
        return label;
    }

    // Their labels count outside of the block.
    private void ParseCatches(ByteWriter to)
    {
        uint count = 0;
        _clauses.Clear();
        for (; _cursor.Next.Kind == TokenKind.LeftParen; count++)
        {
            Word kind = TokenCursor.WordOf(_cursor.AfterNext);
            if (kind is not (Word.Catch or Word.CatchRef or Word.CatchAll or Word.CatchAllRef)) break;
            _cursor.Position += 2;
            _clauses.WriteByte((byte)(kind - Word.Catch));
            if (kind is Word.Catch or Word.CatchRef) _clauses.WriteUnsignedLeb(_scope.Tags.Expect(_cursor));
            _clauses.WriteUnsignedLeb(_labels.Expect(_cursor));
            _cursor.ExpectClose();
        }

        to.WriteUnsignedLeb(count);
        to.WriteBytes(_clauses.Written);
    }

    // An identifier after else or end repeats the block's.
    private void CheckLabel(int label)
    {
        int at = _cursor.Position;
        if (_cursor.TryTakeId(out int symbol) && symbol != label) throw _cursor.ErrorAt(at, $"mismatching label {_cursor.Buffer.NameOf(symbol)}");
    }

    private void MovePending(int mark, ByteWriter code)
    {
        code.WriteBytes(_pending.Written[mark..]);
        _pending.Truncate(mark);
    }

    private TextException UnexpectedBefore()
    {
        _cursor.Position--;
        return _cursor.Unexpected();
    }

    private record struct Frame(FrameKind Kind, int Mark, int Label);
}
