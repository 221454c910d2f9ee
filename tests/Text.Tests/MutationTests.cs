using System;
using System.Collections.Generic;
using System.Diagnostics;
using Kiln.Text.Printing;
using Kiln.Text.Scripts;
using Kiln.Wasm;
using Kiln.Wasm.Decoding;
using Xunit;

namespace Kiln.Text.Tests;

/// <summary>Damaged input of every kind ends in a typed error: one second of random damage to small modules.</summary>
public sealed class MutationTests
{
    private const string Seed = """
        (module $m
          (rec (type $s (sub (struct (field $f (mut i32)) (field i8)))) (type $a (array (mut (ref null $s)))))
          (type $k (cont $ft)) (type $ft (func (param i32) (result i32)))
          (import "env" "f" (func $imported (param i32) (result i32)))
          (import "env" "t" (table $it i64 1 2 externref))
          (memory $mem (pagesize 1) (data "abc\t\u{41}" "\ff"))
          (memory $shared 1 2 shared)
          (table $t funcref (elem $imported $g))
          (table $tt 3 (ref null $s) (ref.null $s))
          (tag $e (param i32))
          (global $gl (mut i64) (i64.add (i64.const -0x1_0) (i64.const 7)))
          (elem $el declare func $g) (elem (table $t) (offset i32.const 0) funcref (item ref.func $g) (ref.null func))
          (data $d "passive") (data (memory $shared) (i32.const 0) "active")
          (@custom "c" (after data) "bytes")
          (start $main)
          (func $main (export "main") (local $x i32) (local f64 v128)
            (block $b (result i32)
              (try_table (catch $e $b) (catch_all 0) (throw $e (i32.const 1))) (i32.const 2))
            (if $i (then (nop)) (else nop))
            loop $l local.get $x br_if $l br_table 0 $l 0 end $l)
          (func $g (type $ft) (param $p i32) (result i32)
            (drop (v128.const f32x4 1 nan:0x1 -inf 0x1.8p3)) (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
            (v128.store16_lane $mem offset=4 align=1 3) (struct.set $s $f) (array.new_fixed $a 2) (br_on_cast 0 anyref (ref i31))
            (memory.init $mem $d) (table.init $t $el) (call_indirect $t (param i32) (result i32)) (select (result i32))
            (resume $k (on $e 0) (on $e switch)) (ref.test (ref null $s)) (memory.atomic.notify $shared offset=8)
            (f64.const -0x1.fffp-1030)))
        """;

    private static readonly string[] s_pieces =
    [
        "(", ")", "(func", "(type 0)", "(param i32)", "(result i64)", "$x", "$\"q q\"", "\"s\"", "\"", "-1", "0x7fffffff", "99999999999999999999", "nan:0x0",
        "1e999", "block", "end", "else", "(then", "(else", "if", "(if", "(elem", "(data", "offset=1", "align=3", "(ref", "null", "(@custom", "(@name \"n\")",
        ";;", "(;", ";)", "\\", "\u00e9", "\0", "i32.const", "(local", "(import", "(export", "(rec", "(sub", "(table", "(memory", "(module", "i64", "shared",
    ];

    [Fact]
    public void ParseModule_DamagedText_ThrowsTextExceptionOrParses()
    {
        WatParser.ParseModule(Seed);
        var random = new Random(1);
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1);)
        {
            string text = Damage(Seed, random);
            try
            {
                WatParser.ParseModule(text);
            }
            catch (TextException)
            {
            }
            catch (Exception e)
            {
                Assert.Fail($"{e}\n{text}");
            }
        }
    }

    [Fact]
    public void ParseScript_DamagedText_ThrowsTextExceptionOrParses()
    {
        const string Script = """
            (module $a binary "\00asm" "\01\00\00\00") (module definition $b quote "(func)") (module instance $c $b) (register "r" $a)
            (assert_return (invoke $a "f" (i32.const 1) (ref.null func)) (f32.const nan:canonical) (v128.const i16x8 1 2 3 4 5 6 7 8) (either (ref.i31) (ref.extern 1)))
            (assert_trap (module (func)) "m") (assert_invalid (module (func)) "m") (thread $t (shared (module $a)) (get "g")) (wait $t)
            """;
        WastScript.Parse(System.Text.Encoding.UTF8.GetBytes(Script));
        var random = new Random(2);
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(0.5);)
        {
            string text = Damage(Script, random);
            try
            {
                WastScript.Parse(System.Text.Encoding.UTF8.GetBytes(text));
            }
            catch (TextException)
            {
            }
            catch (Exception e)
            {
                Assert.Fail($"{e}\n{text}");
            }
        }
    }

    [Fact]
    public void Print_DamagedModule_ThrowsModuleExceptionOrPrints()
    {
        byte[] seed = WatParser.ParseModule(Seed);
        var random = new Random(3);
        int printed = 0;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1);)
        {
            byte[] bytes = [.. seed];
            for (int i = random.Next(1, 4); i > 0; i--) bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            try
            {
                WatPrinter.Print(ModuleDecoder.Decode(bytes, FeatureSet.All), new WatPrintOptions { MaxLength = 100_000 });
                printed++;
            }
            catch (ModuleException)
            {
            }
            catch (Exception e)
            {
                Assert.Fail($"{e}\n{Convert.ToHexString(bytes)}");
            }
        }

        Assert.True(printed > 0);
    }

    private static string Damage(string text, Random random)
    {
        var characters = new List<char>(text);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(characters.Count);
            switch (random.Next(4))
            {
                case 0: characters.RemoveRange(at, Math.Min(random.Next(1, 12), characters.Count - at)); break;
                case 1: characters.InsertRange(at, " " + s_pieces[random.Next(s_pieces.Length)] + " "); break;
                case 2: characters.InsertRange(at, characters.GetRange(random.Next(characters.Count / 2), random.Next(40))); break;
                default: characters[at] = (char)random.Next(128); break;
            }
        }

        return new string([.. characters]);
    }
}
