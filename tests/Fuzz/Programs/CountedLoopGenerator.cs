using System.Collections.Generic;
using System.Globalization;

namespace Kiln.Fuzz.Programs;

/// <summary>
/// Makes loops that count, with memory accesses whose index is a sum or multiple of the counter. Starts, bounds and strides lie at
/// the edges of the 32-bit numbers, and the constants in the indices are chosen so that the addresses lie in or next to the memory all the same:
/// there a compiler that thinks that a sum does not wrap round, when it does, reads something else or traps.
/// </summary>
internal sealed class CountedLoopGenerator(Random random, ExpressionGenerator expressions)
{
    private const int MemoryBytes = 65536;

    private static readonly uint[] s_starts =
        [0, 0, 0, 1, 2, 4, 8, 0x40, 0xFFFFFFFF, 0xFFFFFFFC, 0xFFFFFFC0, 0xFFFF0000, 0x7FFFFFF0, 0x7FFFFFFF, 0x80000000, 0x80000010, 0x3FFFFFF8, 0x20000000];

    private static readonly int[] s_strides = [1, 1, 1, 1, 1, 1, -1, -1, -1, 2, 2, -2, -2, 4, 4, 4, 4, 8, 8, 8, -4, -4, -8, 3, 3, -5, 16, 24, 64, 0x10000, 0x20000000, -0x40000000];
    private static readonly string[] s_relations = ["lt_u", "lt_s", "le_u", "le_s", "gt_u", "gt_s", "ge_u", "ge_s", "ne", "ne", "ne"];

    /// <summary>A loop with its statements in place; its locals, which nothing else uses, are behind the first <paramref name="locals"/>.</summary>
    public Term Make(string label, int locals, List<Kind> added, List<Term> statements)
    {
        string counter = Local(Kind.I32), second = Local(Kind.I32), limit = Local(Kind.I32);
        uint start = random.Pick(s_starts) + (random.OneIn(3) ? (uint)random.Below(9) : 0);
        int stride = random.Pick(s_strides), otherStride = random.Pick(s_strides), trips = 1 + random.Below(20);
        uint otherStart = random.Pick(s_starts);

        var body = new List<Term>(statements);
        for (int i = 1 + random.Below(4); i > 0; i--)
        {
            Term access = random.OneIn(3) ? Access(second, otherStart, otherStride, trips) : Access(counter, start, stride, trips);
            body.Insert(random.Below(body.Count + 1), access);
        }

        Term less = new(Kind.I32, "i32.sub", new Term(Kind.I32, "global.get $budget"), Constant(1));
        body.Insert(0, new Term(Kind.None, "global.set $budget", less));
        body.Insert(1, new Term(Kind.None, $"br_if {label}_out", new Term(Kind.I32, "i32.le_s", new Term(Kind.I32, "global.get $budget"), Constant(0))));

        // The bound is a constant, or something that the compiler does not know, near the start.
        uint end = unchecked(start + (uint)(stride * trips)) + (random.OneIn(4) ? (uint)random.Below(3) - 1 : 0);
        Term bound = random.OneIn(2) ? Constant(end) : Get(limit);
        bool testsStep = random.OneIn(2);
        string relation = "i32." + random.Pick(s_relations);
        Term step = Set(counter, Sum(Get(counter), (uint)stride));
        Term otherStep = Set(second, Sum(Get(second), (uint)otherStride));
        if (random.OneIn(2))
        {
            // while (relation) { … }
            Term stay = new(Kind.I32, relation, Get(counter), bound);
            body.Insert(0, new Term(Kind.None, $"br_if {label}_out", new Term(Kind.I32, "i32.eqz", stay)));
            body.AddRange([step, otherStep, new Term(Kind.None, "br " + label)]);
        }
        else
        {
            // do { … } while (relation)
            Term tested = testsStep ? Get(counter) : Sum(Get(counter), 0 - (uint)stride);
            body.AddRange([otherStep, step, new Term(Kind.None, "br_if " + label, new Term(Kind.I32, relation, tested, bound))]);
        }

        var loop = new Term(Kind.None, "loop " + label) { Body = body };
        Term unknown = Sum(new Term(Kind.I32, "i32.and", expressions.Make(Kind.I32, 3), Constant(random.OneIn(2) ? 0x1Fu : ~3u)), start);
        Term guarded = random.OneIn(2) ? loop : new Term(Kind.None, "if", new Term(Kind.I32, "i32." + random.Pick(s_relations), Get(limit), Constant(start))) { Body = [loop] };
        return new Term(Kind.None, $"block {label}_out")
        {
            Body = [Set(counter, Constant(start)), Set(second, Constant(otherStart)), Set(limit, random.OneIn(3) ? Constant(end) : unknown), guarded],
        };

        string Local(Kind kind)
        {
            added.Add(kind);
            return Text($"$v{locals + added.Count - 1}");
        }
    }

    // A load or store at counter * scale + constant + offset, which is in the memory or next to its ends in the first iteration, or the last.
    private Term Access(string counter, uint start, int stride, int trips)
    {
        int scale = random.Below(4), offset = random.OneIn(2) ? 0 : random.Below(64);
        uint at = random.OneIn(2) ? start : unchecked(start + (uint)(stride * (trips - 1)));
        uint target = random.Below(16) switch
        {
            0 => (uint)random.Below(24) - 12,
            1 => (uint)(MemoryBytes - 24 + random.Below(32)),
            _ => (uint)(1024 + random.Below(32768)),
        };
        uint constant = unchecked(target - (uint)offset - (at << scale));
        Term scaled = scale == 0 ? Get(counter)
            : random.OneIn(2) ? new Term(Kind.I32, "i32.shl", Get(counter), Constant((uint)scale))
            : new Term(Kind.I32, "i32.mul", Get(counter), Constant(1u << scale));
        Term index = random.OneIn(4) && scale != 0 && (constant & ((1u << scale) - 1)) == 0
            ? new Term(Kind.I32, "i32.shl", Sum(Get(counter), constant >> scale), Constant((uint)scale))
            : Sum(scaled, constant);
        string suffix = offset == 0 ? "" : Text($" offset={offset}");
        if (random.OneIn(2)) return new Term(Kind.None, (random.OneIn(2) ? "i32.store8" : "i32.store") + suffix, index, random.OneIn(2) ? Get(counter) : expressions.Make(Kind.I32, 4));
        Term load = new(Kind.I32, random.Pick(s_loads) + suffix, index);
        return new Term(Kind.None, "global.set $i32_0", new Term(Kind.I32, "i32.add", new Term(Kind.I32, "global.get $i32_0"), load));
    }

    private static readonly string[] s_loads = ["i32.load", "i32.load8_u", "i32.load16_s"];

    private static Term Sum(Term value, uint added) => added == 0 ? value
        : new Term(Kind.I32, "i32.add", value, Constant(added));

    private static Term Get(string local) => new(Kind.I32, "local.get " + local);

    private static Term Set(string local, Term value) => new(Kind.None, "local.set " + local, value);

    private static Term Constant(uint value) => new(Kind.I32, Text($"i32.const {(int)value}"));

    private static string Text(System.FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
