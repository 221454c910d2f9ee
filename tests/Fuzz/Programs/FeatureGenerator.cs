using System;
using System.Globalization;
using System.Linq;

namespace Kiln.Fuzz.Programs;

/// <summary>
/// Terms of what is more than arithmetic on one memory: a 64-bit memory, bulk operations, tables and references, several results,
/// tail calls, atomics, lanes in memory, 128-bit integers. The module declares what they name (<see cref="Declarations"/>).
/// </summary>
internal sealed class FeatureGenerator(Random random, bool vectors, bool oursOnly, Func<Kind, int, Term> make)
{
    /// <summary>Memory, table, segments and functions that the terms name. Functions of the table call nothing, so that none leads back.</summary>
    public const string Declarations = """

          (memory $wide (export "memory64") i64 1 2)
          (table $refs 4 12 (ref null $pair) (ref.func $leaf))
          (global $ref (mut (ref null $pair)) (ref.null $pair))
          (data $bytes "\01\80\7f\ff passive \00\00\f0\3f")
          (elem $passive (ref null $pair) (ref.func $leaf) (ref.null $pair) (ref.func $other))
          (func $leaf (type $pair) (i32.xor (local.get 0) (i32.rotl (local.get 1) (i32.const 3))))
          (func $other (type $pair) (i32.sub (local.get 0) (local.get 1)))
          (func $swap_i32 (param i32 i32) (result i32 i32) (local.get 1) (local.get 0))
          (func $swap_i64 (param i64 i64) (result i64 i64) (local.get 1) (local.get 0))
          (func $mixed (param i32 f64) (result f64 i32 i64) (local.get 1) (local.get 0) (i64.extend_i32_u (local.get 0)))
        """;

    private static readonly string[] s_rmw = ["add", "sub", "and", "or", "xor", "xchg", "cmpxchg"];
    private int _labels;

    /// <summary>A term of a kind, or null if none of these makes that kind.</summary>
    public Term? Expression(Kind kind, int depth) => kind switch
    {
        Kind.I32 => random.Below(10) switch
        {
            0 => new Term(kind, random.OneIn(2) ? "memory.size" : "table.size $refs"),
            1 => new Term(kind, "memory.grow", Masked(depth, random.OneIn(8) ? -1 : 1)),
            2 => new Term(kind, "table.grow $refs", Reference(depth), Masked(depth, 3)),
            3 => new Term(kind, "ref.is_null", Reference(depth)),
            4 or 5 => CallReference(depth),
            6 => new Term(kind, random.Pick(["i32.sub", "i32.lt_s", "i32.shl"]), Several("i32", make(kind, depth + 2), make(kind, depth + 2))),
            7 => new Term(kind, Text($"i32.load{random.Pick(["", "8_s", "8_u", "16_s", "16_u"])} $wide"), WideAddress(depth)),
            _ => Atomic(kind, depth),
        },
        Kind.I64 => random.Below(8) switch
        {
            0 => random.OneIn(2) ? new Term(kind, "memory.size $wide") : new Term(kind, "memory.grow $wide", new Term(kind, "i64.and", make(kind, depth + 2), new Term(kind, "i64.const 1"))),
            1 => new Term(kind, random.Pick(["i64.sub", "i64.rotl"]), Several("i64", make(kind, depth + 2), make(kind, depth + 2))),
            2 or 3 => new Term(kind, Text($"i64.load{random.Pick(["", "8_s", "8_u", "16_s", "16_u", "32_s", "32_u"])} $wide"), WideAddress(depth)),
            4 or 5 when oursOnly => Wide(depth),
            _ => Atomic(kind, depth),
        },
        Kind.F64 when random.OneIn(2) => new Term(kind, "block (result f64)")
        {
            // Three results, of which the last two are dropped.
            Body = [new Term(Kind.None, "drop", new Term(Kind.None, "drop", new Term(Kind.None, "call $mixed", make(Kind.I32, depth + 2), make(kind, depth + 2))))],
        },
        Kind.F64 => new Term(kind, "f64.load $wide", WideAddress(depth)),
        Kind.F32 => new Term(kind, "f32.load $wide", WideAddress(depth)),
        Kind.V128 when vectors => random.OneIn(3)
            ? new Term(kind, "v128.load $wide", WideAddress(depth))
            : Lane(kind, "load", make(Kind.V128, depth + 2), depth),
        _ => null,
    };

    /// <summary>A statement.</summary>
    public Term Statement(int depth)
    {
        switch (random.Below(14))
        {
            case 0: return new Term(Kind.None, "table.set $refs", Masked(depth, 3), Reference(depth));
            case 1: return new Term(Kind.None, "table.fill $refs", Masked(depth, 1), Reference(depth), Masked(depth, 3));
            case 2: return new Term(Kind.None, "table.copy $refs $refs", Masked(depth, 1), Masked(depth, 1), Masked(depth, 3));
            case 3: return random.OneIn(30) ? new Term(Kind.None, "elem.drop $passive") : new Term(Kind.None, "table.init $refs $passive", Masked(depth, 1), Masked(depth, 1), Masked(depth, random.OneIn(4) ? 3 : 1));
            case 4: return random.OneIn(30) ? new Term(Kind.None, "data.drop $bytes") : new Term(Kind.None, "memory.init $bytes", Address(depth), Masked(depth, 7), Masked(depth, 7));
            case 5: return new Term(Kind.None, "memory.fill $wide", WideAddress(depth), make(Kind.I32, depth + 2), SmallLong(depth));
            case 6: return new Term(Kind.None, "memory.copy $wide $wide", WideAddress(depth), WideAddress(depth), SmallLong(depth));
            case 7: return new Term(Kind.None, Text($"i64.store{random.Pick(["", "8", "16", "32"])} $wide"), WideAddress(depth), make(Kind.I64, depth + 1));
            case 8: return new Term(Kind.None, Text($"i32.store{random.Pick(["", "8", "16"])} $wide"), WideAddress(depth), make(Kind.I32, depth + 1));
            case 9: return new Term(Kind.None, "global.set $ref", Reference(depth));
            case 10: return random.OneIn(3) ? new Term(Kind.None, "atomic.fence") : AtomicStore(depth);
            case 11 when vectors: return Lane(Kind.None, "store", make(Kind.V128, depth + 1), depth);
            case 12: return random.OneIn(2)
                ? new Term(Kind.None, "memory.copy 0 $wide", Address(depth), WideAddress(depth), Masked(depth, 63))
                : new Term(Kind.None, "memory.copy $wide 0", WideAddress(depth), Address(depth), Masked(depth, 63));
            default: return random.OneIn(2) ? new Term(Kind.None, "nop") : Unlikely(new Term(Kind.None, "unreachable"));
        }
    }

    /// <summary>A tail call out of a function of this result to one of these, mostly not taken; null if none fits.</summary>
    public Term? TailCall(Kind result, (string Name, Kind[] Parameters, Kind Result, bool IsExported)[] callees, int depth)
    {
        var fitting = callees.Where(callee => callee.Result == result && !callee.IsExported).ToArray();
        if (result == Kind.I32 && (fitting.Length == 0 || random.OneIn(2)))
        {
            Term a = make(Kind.I32, depth + 2), b = make(Kind.I32, depth + 2);
            return Sometimes(random.Below(3) switch
            {
                0 => new Term(Kind.None, "return_call $leaf", a, b),
                1 => new Term(Kind.None, "return_call_indirect $refs (type $pair)", a, b, Masked(depth, 3)),
                _ => new Term(Kind.None, "return_call_ref $pair", a, b, Reference(depth)),
            });
        }

        if (fitting.Length == 0) return null;
        var (name, parameters, _, _) = random.Pick(fitting);
        return Sometimes(new Term(Kind.None, "return_call $" + name, [.. parameters.Select(kind => make(kind, depth + 2))]));
    }

    private Term Sometimes(Term statement) => new(Kind.None, "if", make(Kind.I32, 3)) { Body = [statement] };

    private Term Unlikely(Term statement) => new(Kind.None, "if", new Term(Kind.I32, "i32.eq", make(Kind.I32, 3), Constant(0x1234567))) { Body = [statement] };

    // Null now and then.
    private Term Reference(int depth) => random.Below(8) switch
    {
        0 when random.OneIn(3) => new Term(Kind.None, "ref.null $pair"),
        1 or 2 => new Term(Kind.None, "table.get $refs", Masked(depth, 3)),
        3 => new Term(Kind.None, "global.get $ref"),
        4 => new Term(Kind.None, "select (result (ref null $pair))", Reference(depth + 1), Reference(depth + 1), make(Kind.I32, depth + 2)),
        5 => new Term(Kind.None, "ref.func $other"),
        _ => new Term(Kind.None, "ref.func $leaf"),
    };

    // A call by reference, which a null mostly does not reach.
    private Term CallReference(int depth)
    {
        Term a = make(Kind.I32, depth + 2), b = make(Kind.I32, depth + 2), reference = Reference(depth);
        string label = Text($"$n{_labels++}_{depth}");
        switch (random.Below(4))
        {
            case 0 when random.OneIn(8): return new Term(Kind.I32, "call_ref $pair", a, b, new Term(Kind.None, "ref.as_non_null", reference));
            case 0: return new Term(Kind.I32, "call_ref $pair", a, b, new Term(Kind.None, random.OneIn(2) ? "ref.func $leaf" : "ref.func $other"));
            case 1: return new Term(Kind.I32, "call_indirect $refs (type $pair)", a, b, random.OneIn(40) ? Masked(depth, 15) : Constant(0));
            case 2:
                return new Term(Kind.I32, "call_ref $pair", a, b, new Term(Kind.None, $"block {label} (result (ref $pair))")
                {
                    Body = [new Term(Kind.None, "br_on_non_null " + label, reference), new Term(Kind.None, "ref.func $leaf")],
                });
            default:
                // (block $d (result i32) (block $n (br $d (call_ref a b (br_on_null $n ref)))) c)
                var call = new Term(Kind.I32, "call_ref $pair", a, b, new Term(Kind.None, "br_on_null " + label, reference));
                return new Term(Kind.I32, $"block {label}d (result i32)")
                {
                    Body = [new Term(Kind.None, "block " + label) { Body = [new Term(Kind.None, $"br {label}d", call)] }, make(Kind.I32, depth + 3)],
                };
        }
    }

    // Two values of a type, which a function or a block with parameters has swapped.
    private Term Several(string type, Term a, Term b)
    {
        if (random.OneIn(2)) return new Term(Kind.None, "call $swap_" + type, a, b);
        string label = Text($"$m{_labels++}");
        Term one = new(Kind.None, type + ".const 1"), condition = make(Kind.I32, 3);
        string head = random.OneIn(3) ? "loop" : "block";
        return new Term(Kind.None, "call $swap_" + type, a, b, new Term(Kind.None, Text($"{head} {label} (param {type} {type}) (result {type} {type})"))
        {
            Body = head == "loop" ? [new Term(Kind.None, type + ".add", one)] : [new Term(Kind.None, "br_if " + label, condition)],
        });
    }

    // 128 bits of which one half, or both, count.
    private Term Wide(int depth)
    {
        Term Long() => make(Kind.I64, depth + 2);
        Term both = random.OneIn(2)
            ? new Term(Kind.None, random.OneIn(2) ? "i64.add128" : "i64.sub128", Long(), Long(), Long(), Long())
            : new Term(Kind.None, random.OneIn(2) ? "i64.mul_wide_s" : "i64.mul_wide_u", Long(), Long());
        return random.OneIn(2) ? new Term(Kind.I64, "select", both, make(Kind.I32, depth + 2)) : new Term(Kind.I64, random.OneIn(2) ? "i64.xor" : "i64.sub", both);
    }

    // One instruction of a width, its address aligned: else it traps.
    private Term Atomic(Kind kind, int depth)
    {
        if (kind == Kind.I32 && random.OneIn(10)) return new Term(kind, "memory.atomic.notify", Aligned(depth), make(Kind.I32, depth + 2));
        string type = kind.Wasm(), width = Width(kind), suffix = width.Length == 0 ? "" : "_u";
        if (random.OneIn(4)) return new Term(kind, Text($"{type}.atomic.load{width}{suffix}"), Aligned(depth));
        string op = random.Pick(s_rmw);
        Term value = make(kind, depth + 2);
        string head = Text($"{type}.atomic.rmw{width}.{op}{suffix}");
        return op == "cmpxchg" ? new Term(kind, head, Aligned(depth), make(kind, depth + 2), value) : new Term(kind, head, Aligned(depth), value);
    }

    private Term AtomicStore(int depth)
    {
        Kind kind = random.OneIn(2) ? Kind.I32 : Kind.I64;
        return new Term(Kind.None, Text($"{kind.Wasm()}.atomic.store{Width(kind)}"), Aligned(depth), make(kind, depth + 1));
    }

    private string Width(Kind kind) => kind == Kind.I32 ? random.Pick(["", "8", "16"]) : random.Pick(["", "8", "16", "32"]);

    private Term Lane(Kind kind, string what, Term vector, int depth)
    {
        int bits = 8 << random.Below(4);
        return new Term(kind, Text($"v128.{what}{bits}_lane {random.Below(128 / bits)}"), Address(depth), vector);
    }

    private Term Address(int depth) => new(Kind.I32, "i32.and", make(Kind.I32, Math.Max(depth + 1, 3)), Constant(0xFFF8));

    private Term Aligned(int depth) => new(Kind.I32, "i32.and", make(Kind.I32, Math.Max(depth + 1, 3)), Constant(random.OneIn(300) ? 0x3FF : 0x3F8));

    // Mostly within the 64 KiB; beyond, and far beyond, it traps.
    private Term WideAddress(int depth)
    {
        Term index = make(Kind.I64, Math.Max(depth + 1, 3));
        return random.OneIn(100) ? index : new Term(Kind.I64, "i64.and", index, new Term(Kind.I64, random.OneIn(2) ? "i64.const 0x3ff" : "i64.const 0xfff0"));
    }

    private Term SmallLong(int depth) => new(Kind.I64, "i64.and", make(Kind.I64, depth + 2), new Term(Kind.I64, "i64.const 63"));

    private Term Masked(int depth, int mask) => new(Kind.I32, "i32.and", make(Kind.I32, Math.Max(depth + 1, 3)), Constant(mask));

    private static Term Constant(int value) => new(Kind.I32, Text($"i32.const {value}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
