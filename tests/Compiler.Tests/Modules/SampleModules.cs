using System.Text;
using Kiln.Text;

namespace Kiln.Compiler.Tests.Modules;

/// <summary>Modules made for tests of the driver.</summary>
internal static class SampleModules
{
    /// <summary>
    /// A module with <paramref name="count"/> functions of different sizes that call each other, and one import.
    /// </summary>
    public static byte[] CallGraph(int count)
    {
        StringBuilder wat = new();
        wat.Append("(module $graph (import \"m\" \"f\" (func $imported (param i32) (result i32))) (memory 1) (table 4 funcref) (type $t (func (param i32) (result i32)))\n");
        for (int i = 0; i < count; i++)
        {
            wat.Append($"(func $f{i} (param i32) (result i32) (local i32 i64 f64 v128)\n");
            for (int line = 0; line <= i % 23; line++)
            {
                wat.Append($"(local.set 1 (i32.add (local.get 1) (i32.mul (local.get 0) (i32.const {i * 31 + line}))))\n");
                wat.Append($"(i32.store offset={line * 4} (local.get 0) (i32.div_u (local.get 1) (i32.or (local.get 0) (i32.const 1))))\n");
                if (i % 3 == 0) wat.Append($"(local.set 4 (i16x8.add_sat_s (i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 {16 + line % 16} (local.get 4) (v128.const i32x4 {i} {line} 3 4)) (v128.load (local.get 0))))\n");
                wat.Append($"(if (local.get 1) (then (local.set 3 (f64.add (local.get 3) (f64.convert_i32_s (local.get {line % 2}))))))\n");
            }

            wat.Append($"(loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (drop (call $f{(i * 7 + 3) % count} (local.get 0))) (br_if $l (local.get 0)))\n");
            wat.Append("(drop (call $imported (local.get 1)))");
            wat.Append("(drop (call_indirect (type $t) (local.get 1) (local.get 0)))");
            wat.Append("(i32.add (i32.add (local.get 1) (i8x16.bitmask (local.get 4))) (i32.trunc_f64_s (local.get 3))))\n");
        }

        wat.Append("(export \"f\" (func $f0)))");
        return WatParser.ParseModule(wat.ToString());
    }

    /// <summary>
    /// A module of functions with two loops that are unrolled, of which the second adds to what the first counted; before them stands the more code, the
    /// lower the index is.
    /// </summary>
    public static byte[] SmallLoops(int count)
    {
        StringBuilder wat = new("(module (memory 1)\n");
        for (int i = 0; i < count; i++)
        {
            wat.Append($"(func (export \"f{i}\") (param $n i64) (param $m i64) (result i64) (local $p i64) (local $i i64) (local $q i64)\n");
            for (int line = i; line < count; line++) wat.Append("(local.set $n (i64.popcnt (local.get $n)))\n");
            wat.Append("""
                (loop $c (local.set $p (i64.add (local.get $p) (i64.const 3)))
                         (br_if $c (i64.lt_u (local.get $p) (local.get $n))))
                (i64.store (i32.const 0) (local.get $n))
                (loop $l (local.set $q (i64.add (i64.load (i32.const 16)) (local.get $p)))
                         (i64.store (i32.const 8) (local.get $q))
                         (br_if $l (i64.lt_u (local.tee $i (i64.add (local.get $i) (i64.const 1))) (local.get $m))))
                (local.get $q))

                """);
        }

        return WatParser.ParseModule(wat.Append(')').ToString());
    }

    /// <summary>A module of the given fields.</summary>
    public static byte[] Of(string fields) => WatParser.ParseModule($"(module {fields})");
}
