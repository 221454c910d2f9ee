using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Kiln.Fuzz.Programs;

/// <summary>Makes expressions, loads and stores of one function.</summary>
internal sealed class ExpressionGenerator(
    Random random, bool vectors, bool oursOnly, Kind[] parameters, Kind[] locals,
    List<(string Name, Kind[] Parameters, Kind Result, bool IsExported)> callees)
{
    private const int MaxDepth = 6;

    private static readonly string[] s_i32 = ["0", "1", "-1", "2", "7", "8", "31", "32", "63", "127", "128", "255", "256", "-128", "65535", "65536", "0x7fffffff", "0x80000000", "0xaaaaaaaa"];
    private static readonly string[] s_i64 = ["0", "1", "-1", "2", "63", "64", "255", "0x7fffffff", "0x80000000", "0xffffffff", "0x100000000", "0x7fffffffffffffff", "0x8000000000000000", "-2147483649"];
    private static readonly string[] s_float = ["0", "-0", "1", "-1", "0.5", "-1.5", "2.5", "1e10", "-1e10", "inf", "-inf", "nan", "2147483648", "-2147483649", "4294967296", "9223372036854775808", "1e-40", "3.4e38", "16777217"];
    private static readonly (string Name, Kind Kind, int Bytes)[] s_loads =
    [
        ("i32.load", Kind.I32, 4), ("i32.load8_s", Kind.I32, 1), ("i32.load8_u", Kind.I32, 1), ("i32.load16_s", Kind.I32, 2), ("i32.load16_u", Kind.I32, 2),
        ("i64.load", Kind.I64, 8), ("i64.load8_s", Kind.I64, 1), ("i64.load8_u", Kind.I64, 1), ("i64.load16_s", Kind.I64, 2), ("i64.load16_u", Kind.I64, 2),
        ("i64.load32_s", Kind.I64, 4), ("i64.load32_u", Kind.I64, 4), ("f32.load", Kind.F32, 4), ("f64.load", Kind.F64, 8),
        ("v128.load", Kind.V128, 16), ("v128.load8x8_s", Kind.V128, 8), ("v128.load8x8_u", Kind.V128, 8), ("v128.load16x4_s", Kind.V128, 8),
        ("v128.load16x4_u", Kind.V128, 8), ("v128.load32x2_s", Kind.V128, 8), ("v128.load32x2_u", Kind.V128, 8),
        ("v128.load8_splat", Kind.V128, 1), ("v128.load16_splat", Kind.V128, 2), ("v128.load32_splat", Kind.V128, 4), ("v128.load64_splat", Kind.V128, 8),
        ("v128.load32_zero", Kind.V128, 4), ("v128.load64_zero", Kind.V128, 8), ("v128.load", Kind.F32x4, 16), ("v128.load", Kind.F64x2, 16),
    ];

    private static readonly (string Name, Kind Kind)[] s_stores =
    [
        ("i32.store", Kind.I32), ("i32.store8", Kind.I32), ("i32.store16", Kind.I32), ("i64.store", Kind.I64), ("i64.store8", Kind.I64), ("i64.store16", Kind.I64),
        ("i64.store32", Kind.I64), ("f32.store", Kind.F32), ("f64.store", Kind.F64), ("v128.store", Kind.V128), ("v128.store", Kind.F32x4), ("v128.store", Kind.F64x2),
    ];

    /// <summary>Terms that use more than arithmetic on one memory.</summary>
    public FeatureGenerator Features => field ??= new FeatureGenerator(random, vectors, oursOnly, Make);

    /// <summary>An expression of a kind.</summary>
    public Term Make(Kind kind, int depth)
    {
        if (depth >= MaxDepth || random.OneIn(5)) return Leaf(kind);
        switch (random.Below(12))
        {
            case 0: return Leaf(kind);
            case 1: return Load(kind, depth);
            case 2: return new Term(kind, "select" + (kind >= Kind.V128 ? " (result v128)" : ""), Make(kind, depth + 1), Make(kind, depth + 1), Make(Kind.I32, depth + 1));
            case 3 when Callee(kind) is { } callee: return Call(callee, depth);
            case 4 when kind == Kind.I32: return CallIndirect(depth);
            case 5: return If(kind, depth);
            case 6 when random.OneIn(2) && Features.Expression(kind, depth) is { } feature: return feature;
        }

        Operator op = random.Pick(Operators.Making(kind, vectors, oursOnly));
        // A trap ends a call: rare enough that most calls come far.
        if (op.MayTrap && op.Operands.Length == 1 && !random.OneIn(50)) return Leaf(kind);
        var args = new Term[op.Operands.Length];
        for (int i = 0; i < args.Length; i++)
        {
            // A pattern that rules look for: an operand that is a small constant, or the same value twice.
            args[i] = i == 1 && random.OneIn(3) ? Leaf(op.Operands[i]) : Make(op.Operands[i], depth + 1);
            if (op.MayTrap && i == 1 && !random.OneIn(50)) args[i] = new Term(args[i].Kind, $"{kind.Wasm()}.or", args[i], new Term(kind, $"{kind.Wasm()}.const 1"));
            if (op.ShowsBits) args[i] = args[i].Kind is Kind.F32 or Kind.F64 ? Canonical.Bits(args[i]) : args[i];
        }

        return new Term(kind, Head(op), args);
    }

    /// <summary>A store statement, of a value whose bits are defined.</summary>
    public Term Store(int depth)
    {
        var (name, kind) = random.Pick([.. s_stores.Where(store => vectors || store.Kind < Kind.V128)]);
        return new Term(Kind.None, name + Offset(), Address(depth), Canonical.Bits(Make(kind, 1)));
    }

    /// <summary>A memory.fill or memory.copy of at most 255 bytes.</summary>
    public Term Bulk()
    {
        Term size = random.OneIn(2) ? Constant(random.Below(70)) : new Term(Kind.I32, "i32.and", Make(Kind.I32, 3), Constant(255));
        return random.OneIn(2)
            ? new Term(Kind.None, "memory.fill", Address(3), Make(Kind.I32, 4), size)
            : new Term(Kind.None, "memory.copy", Address(3), Address(3), size);
    }

    private Term Load(Kind kind, int depth)
    {
        var candidates = s_loads.Where(load => load.Kind == kind).ToArray();
        return new Term(kind, random.Pick(candidates).Name + Offset(), Address(depth));
    }

    // Mostly within the memory's 64 KiB, sometimes anywhere.
    private Term Address(int depth)
    {
        Term index = random.OneIn(4) ? Leaf(Kind.I32) : Make(Kind.I32, Math.Max(depth + 1, 3));
        return random.OneIn(200) ? index : new Term(Kind.I32, "i32.and", index, Constant(random.OneIn(2) ? 0x3FF : 0xFFF8));
    }

    private string Offset() => random.Below(6) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $" offset={random.Below(200)}"),
        1 when random.OneIn(100) => " offset=65530",
        2 when random.OneIn(100) => " offset=4294967295",
        _ => "",
    };

    private Term If(Kind kind, int depth) => new(kind, $"if (result {kind.Wasm()})", Make(Kind.I32, depth + 1))
    {
        Body = [Make(kind, depth + 2)],
        Else = [Make(kind, depth + 2)],
    };

    private (string Name, Kind[] Parameters, Kind Result, bool IsExported)? Callee(Kind kind)
    {
        var candidates = callees.FindAll(callee => callee.Result == kind && !callee.IsExported);
        return candidates.Count == 0 ? null : candidates[random.Below(candidates.Count)];
    }

    private Term Call((string Name, Kind[] Parameters, Kind Result, bool IsExported) callee, int depth)
    {
        var args = new Term[callee.Parameters.Length];
        for (int i = 0; i < args.Length; i++) args[i] = Make(callee.Parameters[i], depth + 2);
        return new Term(callee.Result, "call $" + callee.Name, args);
    }

    // Functions of the table call each other only when none of them calls back: so only functions outside of it do.
    private Term CallIndirect(int depth) => callees.Count(callee => !callee.IsExported && callee.Parameters is [Kind.I32, Kind.I32] && callee.Result == Kind.I32) is var targets && targets == 0
        ? Leaf(Kind.I32)
        : new Term(Kind.I32, "call_indirect (type $pair)", Make(Kind.I32, depth + 2), Make(Kind.I32, depth + 2),
            random.OneIn(50) ? Leaf(Kind.I32) : new Term(Kind.I32, "i32.rem_u", Make(Kind.I32, depth + 3), Constant(targets)));

    private Term Leaf(Kind kind)
    {
        int total = parameters.Length + locals.Length;
        int start = random.Below(total);
        if (!random.OneIn(3))
        {
            for (int i = 0; i < total; i++)
            {
                int index = (start + i) % total;
                if (index < parameters.Length && parameters[index] == kind) return new Term(kind, Text($"local.get $p{index}"));
                if (index >= parameters.Length && locals[index - parameters.Length] == kind) return new Term(kind, Text($"local.get $v{index - parameters.Length}"));
            }
        }

        if (kind <= Kind.F64 && random.OneIn(4)) return new Term(kind, Text($"global.get ${kind.Wasm()}_{random.Below(FuzzProgram.GlobalsOfAKind)}"));
        return kind switch
        {
            Kind.I32 => new Term(kind, random.OneIn(3) ? Text($"i32.const {(int)random.Next()}") : "i32.const " + random.Pick(s_i32)),
            Kind.I64 => new Term(kind, random.OneIn(3) ? Text($"i64.const {(long)random.Next()}") : "i64.const " + random.Pick(s_i64)),
            Kind.F32 => new Term(kind, "f32.const " + random.Pick(s_float)),
            Kind.F64 => new Term(kind, "f64.const " + random.Pick(s_float)),
            Kind.V128 => new Term(kind, random.OneIn(3) ? Text($"v128.const i8x16 {Lanes(16, 256)}") : Text($"v128.const i64x2 {random.Pick(s_i64)} {(long)random.Next()}")),
            Kind.F32x4 => new Term(kind, Text($"v128.const f32x4 {random.Pick(s_float)} {random.Pick(s_float)} {random.Pick(s_float)} {random.Pick(s_float)}")),
            Kind.F64x2 => new Term(kind, Text($"v128.const f64x2 {random.Pick(s_float)} {random.Pick(s_float)}")),
            Kind.None => throw new ArgumentException("a statement is no leaf", nameof(kind)),
        };
    }

    private string Head(Operator op)
    {
        string head = op.Name;
        if (op.Lanes > 0) head = head.Replace("%L", random.Below(op.Lanes).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return head.EndsWith("%S", StringComparison.Ordinal) ? head.Replace("%S", Shuffle(), StringComparison.Ordinal) : head;
    }

    // Arbitrary masks, and regular ones that single instructions do.
    private string Shuffle()
    {
        int from = random.Below(17), size = 1 << random.Below(4);
        int a = random.Below(16 / size), b = random.Below(32 / size);
        return random.Below(3) switch
        {
            0 => Lanes(16, 32),
            1 => string.Join(' ', Enumerable.Range(0, 16).Select(i => (i + from) % 32)),
            _ => string.Join(' ', Enumerable.Range(0, 16).Select(i => ((i / size % 2 == 0 ? a : b) * size + i % size) % 32)),
        };
    }

    private string Lanes(int count, int end) => string.Join(' ', Enumerable.Range(0, count).Select(_ => random.Below(end)));

    private static Term Constant(int value) => new(Kind.I32, Text($"i32.const {value}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
