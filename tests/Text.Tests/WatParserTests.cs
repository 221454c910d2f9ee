using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using Kiln.Text.Printing;
using Kiln.Wasm;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;
using Kiln.Wasm.Validation;
using Xunit;

namespace Kiln.Text.Tests;

public sealed class WatParserTests
{
    [Fact]
    public void Parse_SmallModule_GivesTheBytesOfTheSpecification()
    {
        byte[] module = WatParser.ParseModule("(func (export \"add\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))");
        byte[] expected =
        [
            0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0,
            1, 7, 1, 0x60, 2, 0x7F, 0x7F, 1, 0x7F,
            3, 2, 1, 0,
            7, 7, 1, 3, (byte)'a', (byte)'d', (byte)'d', 0, 0,
            10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6A, 0x0B,
        ];
        Assert.Equal(expected, module);
    }

    [Theory]
    [InlineData("(func i32.const 1 i32.const 2 i32.add drop)", "(func (drop (i32.add (i32.const 1) (i32.const 2))))")]
    [InlineData("(func i32.const 1 if nop else unreachable end)", "(func (if (i32.const 1) (then nop) (else (unreachable))))")]
    [InlineData("(func block $a (result i32) i32.const 1 br $a end drop)", "(func (drop (block (result i32) (br 0 (i32.const 1)))))")]
    [InlineData("(import \"m\" \"f\" (func $f)) (func call $f)", "(func $f (import \"m\" \"f\")) (func (call 0))")]
    [InlineData("(table 2 2 funcref) (elem (i32.const 0) func 0 0) (func)", "(table funcref (elem $f $f)) (func $f)")]
    [InlineData("(table i64 1 1 funcref) (elem (offset i64.const 0) funcref (item ref.null func))", "(table i64 funcref (elem (ref.null func)))")]
    [InlineData("(memory 1 1) (data (i32.const 0) \"abc\")", "(memory (data \"a\" \"bc\"))")]
    [InlineData("(memory 3 3 (pagesize 1)) (data (i32.const 0) \"abc\")", "(memory (pagesize 1) (data \"abc\"))")]
    [InlineData("(func (local i32) (local i32) (local i64))", "(func (local i32 i32 i64))")]
    [InlineData("(memory 1) (memory 1) (func (memory.copy 0 0 (i32.const 0) (i32.const 0) (i32.const 0)))", "(memory 1) (memory 1) (func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))")]
    [InlineData("(func (param funcref externref))", "(func (param (ref null func) (ref null extern)))")]
    [InlineData("(type (sub final (func)))", "(rec (type (func)))")]
    [InlineData("(func (type 0)) (type (func (param i32)))", "(type $t (func (param i32))) (func (param i32))")]
    [InlineData("(global i32 i32.const 0xff)", "(global i32 (i32.const +2_55))")]
    [InlineData("(data \"\\t\\n\\r\\\"\\'\\\\\\41\\u{42}\\u{1F600}\")", "(data \"\\09\\0a\\0d\\22\\27\\5cAB\\f0\\9f\\98\\80\")")]
    [InlineData("(func $\"a b\") (export \"x\" (func $\"a\\20b\"))", "(func $\"a b\" (export \"x\"))")]
    [InlineData("(func) ;; a comment", "(; nested (; comment ;) ;) (func (@annotation (\")\") , [) )")]
    public void Parse_Abbreviation_MeansItsLongForm(string longForm, string abbreviation)
    {
        Assert.Equal(ModuleBytes.WithoutCustomSections(WatParser.ParseModule(longForm)), ModuleBytes.WithoutCustomSections(WatParser.ParseModule(abbreviation)));
    }

    [Fact]
    public void Parse_ImplicitTypes_AreAppendedInTheOrderOfTheText()
    {
        WasmModule module = Decode("""
            (func (param f64) (block (param i64) (drop)) (drop (local.get 0)))
            (type (func (param f32)))
            (import "a" "b" (func (param f32)))
            """.Replace("(import", ";;(import"));
        Assert.Equal(["[f32] -> []", "[f64] -> []", "[i64] -> []"], module.Types.Select(t => t.Composite.ToString()));
    }

    [Fact]
    public void Parse_InlineType_TakesNoMemberOfAGroup()
    {
        WasmModule module = Decode("(rec (type $a (func)) (type $b (func))) (type $s (sub (func))) (func $f)");
        Assert.Equal([3u], module.Functions.ToArray());
    }

    [Fact]
    public void Parse_Identifiers_BecomeTheNameSection()
    {
        WasmModule module = Decode("""
            (module $m
              (import "e" "f" (func $imported))
              (func (export "g"))
              (func $named (param $p i32) (local $q i64))
              (func $id (@name "a name, with spaces")))
            """);
        Assert.Equal("m", module.Names.Module);
        Assert.Equal("imported", module.Names.Function(0));
        Assert.Null(module.Names.Function(1));
        Assert.Equal("named", module.Names.Function(2));
        Assert.Equal("a name, with spaces", module.Names.Function(3));
        byte[] names = module.Slice(module.CustomSections.Single().Content).ToArray();
        Assert.Contains("\u0002\u0009\u0001\u0002\u0002\0\u0001p\u0001\u0001q", Encoding.Latin1.GetString(names));
    }

    [Fact]
    public void Parse_CustomAnnotations_BecomeSectionsInTheirPlaces()
    {
        byte[] bytes = WatParser.ParseModule("""
            (@custom "last" "z")
            (module (@custom "one" (before first) "1") (func) (@custom "two" (after func) "2" "3") (@custom "three" "4"))
            """);
        WasmModule module = ModuleDecoder.Decode(bytes, FeatureSet.All);
        Assert.Equal(["one", "two", "three"], module.CustomSections.Select(s => s.Name));
        Assert.Equal("23"u8.ToArray(), module.Slice(module.CustomSections[1].Content).ToArray());
        Assert.Equal(8 + 2 + 4, module.CustomSections[0].Content.Start);
        Assert.True(module.CustomSections[1].Content.Start < module.Bodies[0].Start);
        Assert.True(module.CustomSections[2].Content.Start > module.Bodies[0].Start);
    }

    [Fact]
    public void Parse_LaneAndMemoryIndices_AreToldApart()
    {
        const string Head = "(memory 1) (memory $m 1) (func (param i32 v128) (local.get 0) (local.get 1) ";
        string[] same = ["v128.store8_lane 1 3", "v128.store8_lane $m 3", "v128.store8_lane 1 align=1 3", "v128.store8_lane $m offset=0 3"];
        byte[][] bytes = [.. same.Select(i => WatParser.ParseModule(Head + i + ")"))];
        foreach (byte[] other in bytes) Assert.Equal(bytes[0], other);
        Assert.NotEqual(bytes[0], WatParser.ParseModule(Head + "v128.store8_lane 3)"));
        foreach (byte[] module in bytes) ModuleValidator.Validate(ModuleDecoder.Decode(module, FeatureSet.All)).ValidateBodies();
    }

    [Fact]
    public void Print_Function_ShowsNamesBlocksAndOffsets()
    {
        WasmModule module = Decode("(func $loop (param i32) (loop $l (br_if $l (local.get 0))) (call $loop (i32.const -1)))");
        string text = WatPrinter.PrintFunction(module, 0, new WatPrintOptions { Offsets = true });
        int code = module.Bodies[0].Start + 1;
        string[] lines =
        [
            "(func $loop (;0;) (type 0) (param i32)",
            $"  (;@{code:x6};) loop  ;; @1",
            $"    (;@{code + 2:x6};) local.get 0",
            $"    (;@{code + 4:x6};) br_if 0",
            $"  (;@{code + 6:x6};) end",
            $"  (;@{code + 7:x6};) i32.const -1",
            $"  (;@{code + 9:x6};) call $loop)",
        ];
        Assert.Equal(string.Join('\n', lines) + "\n", text);
        Assert.Equal("(func $loop (;0;) (type 0) (param i32))\n", WatPrinter.PrintFunction(module, 0, new WatPrintOptions { Bodies = false }));
    }

    [Fact]
    public void Print_CustomSections_SurviveAsAnnotations()
    {
        WasmModule module = Decode("(@custom \"a \\\"quote\\\"\" \"\\00\\ff\" \"x\")");
        WasmModule again = Decode(WatPrinter.Print(module));
        Assert.Equal("a \"quote\"", again.CustomSections[0].Name);
        Assert.Equal(new byte[] { 0, 0xFF, (byte)'x' }, again.Slice(again.CustomSections[0].Content).ToArray());
    }

    [Fact]
    public void Parse_LargeModule_TakesTimeInProportion()
    {
        var text = new StringBuilder("(module (memory 1)\n");
        for (int f = 0; text.Length < 5_000_000; f++)
        {
            text.Append($"  (func $function{f} (param $a i32) (param $b i32) (result i32) (local $c i32)\n");
            for (int i = 0; i < 20; i++)
            {
                text.Append($"    (local.set $c (i32.add (local.get $a) (i32.load offset={i * 4} (i32.and (local.get $b) (i32.const 0x{i * 977:x})))))\n");
                text.Append($"    local.get $c if $x (result i32) i32.const {i} else f64.const 1.5e{i} i32.trunc_f64_s end drop\n");
            }

            text.Append("    (local.get $c))\n");
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.Append(')').ToString());
        long start = Stopwatch.GetTimestamp();
        byte[] module = WatParser.ParseModule(bytes);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        ModuleValidator.Validate(ModuleDecoder.Decode(module, FeatureSet.All)).ValidateBodies();
        Assert.True(time < TimeSpan.FromSeconds(30), $"5 MB took {time}"); // a tenth of a second when nothing else runs; the limit is for what grows faster than the text
    }

    private static WasmModule Decode(string text) => ModuleDecoder.Decode(WatParser.ParseModule(text), FeatureSet.All);
}
