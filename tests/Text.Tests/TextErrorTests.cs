using System.Text;
using Xunit;

namespace Kiln.Text.Tests;

public sealed class TextErrorTests
{
    [Theory]
    [InlineData("(module", "unexpected token", 1, 8)]
    [InlineData("(module))", "unexpected token )", 1, 9)]
    [InlineData("(module\n  (func\n    i32.bogus))", "unknown operator i32.bogus", 3, 5)]
    [InlineData("(func\r\n\r\n  nop nop(nop nop))", "unexpected token nop", 3, 15)]
    [InlineData("(func\r  block)", "unexpected token )", 2, 8)]
    [InlineData("(func (i32.const 4294967296))", "constant out of range", 1, 18)]
    [InlineData("(func (i32.const -2147483649))", "constant out of range", 1, 18)]
    [InlineData("(func $f) (func $f)", "duplicate func $f", 1, 17)]
    [InlineData("(func (param $x i32) (local $x i32))", "duplicate local $x", 1, 29)]
    [InlineData("(type (struct (field $a i32) (field $a i32)))", "duplicate field $a", 1, 37)]
    [InlineData("(func) (import \"a\" \"b\" (func))", "import after function", 1, 16)]
    [InlineData("(memory 1) (table (import \"a\" \"b\") 1 funcref)", "import after memory", 1, 12)]
    [InlineData("(func call $g)", "unknown func $g", 1, 12)]
    [InlineData("(func (block $l) br $l)", "unknown label $l", 1, 21)]
    [InlineData("(func block $a end $b)", "mismatching label $b", 1, 20)]
    [InlineData("(func if (then nop) end)", "unexpected token then", 1, 11)]
    [InlineData("(func (if (i32.const 1)))", "unexpected token )", 1, 24)]
    [InlineData("(func (if (then) (then)))", "unexpected token then", 1, 19)]
    [InlineData("(func end)", "unexpected token end", 1, 7)]
    [InlineData("(func else)", "unexpected token else", 1, 7)]
    [InlineData("(func (then))", "unexpected token then", 1, 8)]
    [InlineData("(type $t (func)) (func (type $t) (param i32))", "inline function type", 1, 24)]
    [InlineData("(memory 1) (func (drop (i32.load align=3 (i32.const 0))))", "alignment must be a power of two", 1, 34)]
    [InlineData("(func (v128.const i32x4 1 2 3) drop)", "wrong number of lane literals", 1, 25)]
    [InlineData("(func $a) (start $a) (start $a)", "multiple start sections", 1, 23)]
    [InlineData("(memory 0 (pagesize 3))", "invalid custom page size", 1, 21)]
    [InlineData("\"", "unclosed string", 1, 1)]
    [InlineData("(data \"\\zz\")", "illegal escape", 1, 8)]
    [InlineData("(data \"\\u{d800}\")", "illegal escape", 1, 8)]
    [InlineData("(; (; ;)", "unclosed comment", 1, 1)]
    [InlineData("(func (@x)", "unexpected token: end of text", 1, 11)]
    [InlineData("(func $)", "empty identifier", 1, 7)]
    [InlineData("(func) \u00e9", "illegal character", 1, 8)]
    [InlineData("(@custom 5)", "malformed custom annotation", 1, 1)]
    public void Parse_Malformed_TellsWhatAndWhere(string text, string fault, int line, int column)
    {
        var error = Assert.Throws<TextException>(() => WatParser.ParseModule(text));
        Assert.StartsWith(fault, error.Message);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.EndsWith($" at {line}:{column}", error.Message);
    }

    [Fact]
    public void Parse_InvalidUtf8_IsRefusedWhereverItIs()
    {
        byte[] text = Encoding.Latin1.GetBytes("(module)\n;; caf\u00e9");
        var error = Assert.Throws<TextException>(() => WatParser.ParseModule(text));
        Assert.StartsWith("malformed UTF-8 encoding", error.Message);
        Assert.Equal((2, 7), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("(func (i32.add ", ")")]
    [InlineData("(func (block ", ")")]
    [InlineData("(func block ", "end ")]
    [InlineData("(func (if (nop) (then ", "))")]
    [InlineData("(func (if (if ", "))")]
    public void Parse_DeepNesting_NeedsNoCallStack(string open, string close)
    {
        const int Depth = 200_000;
        string repeated = open[6..];
        var text = new StringBuilder("(func ").Insert(6, repeated, Depth).Insert(6 + repeated.Length * Depth, close, Depth).Append(')');
        if (repeated.StartsWith("(if (if", System.StringComparison.Ordinal)) Assert.Throws<TextException>(() => WatParser.ParseModule(text.ToString()));
        else Assert.NotEmpty(WatParser.ParseModule(text.ToString()));
    }
}
