using System.Collections.Generic;
using System.Globalization;

namespace Kiln.Fuzz.Programs;

/// <summary>Makes the statements of one function.</summary>
internal sealed class BodyGenerator(
    Random random, bool vectors, bool oursOnly, Kind[] parameters, Kind[] locals, Kind result,
    List<(string Name, Kind[] Parameters, Kind Result, bool IsExported)> callees)
{
    private const int MaxDepth = 4;

    private readonly ExpressionGenerator _expressions = new(random, vectors, oursOnly, parameters, locals, callees);
    private readonly CountedLoopGenerator _countedLoops = new(random, new ExpressionGenerator(random, vectors, oursOnly, parameters, locals, callees));
    private int _labels;
    private int _loops;

    /// <summary>Counters of loops, behind the other locals.</summary>
    public List<Kind> Counters { get; } = [];

    /// <summary>A random expression.</summary>
    public Term Expression(Kind kind, int depth) => _expressions.Make(kind, depth);

    /// <summary>A list of statements.</summary>
    public List<Term> Statements(int count, int depth)
    {
        var list = new List<Term>(count);
        for (int i = 0; i < count; i++) list.Add(Statement(depth));
        return list;
    }

    private Term Statement(int depth)
    {
        int choice = random.Below(depth < MaxDepth ? 20 : 9);
        return choice switch
        {
            < 4 => SetLocal(),
            4 => SetGlobal(),
            5 or 6 => _expressions.Store(depth),
            7 => Drop(depth),
            8 => random.OneIn(3) ? _expressions.Bulk() : random.OneIn(3) ? SetLocal() : _expressions.Features.Statement(depth),
            < 12 => If(depth),
            < 14 => Block(depth),
            < 16 => _loops < 2 ? Loop(depth) : If(depth),
            < 18 => _loops < 2 ? CountedLoop(depth) : If(depth),
            18 => Switch(depth),
            _ => random.OneIn(2) ? Return(depth) : _expressions.Features.TailCall(result, [.. callees], depth) ?? SetLocal(),
        };
    }

    private Term SetLocal()
    {
        int index = random.Below(parameters.Length + locals.Length);
        (string name, Kind kind) = index < parameters.Length ? ($"$p{index}", parameters[index]) : ($"$v{index - parameters.Length}", locals[index - parameters.Length]);
        return new Term(Kind.None, "local.set " + name, Expression(kind, 0));
    }

    private Term SetGlobal()
    {
        Kind kind = random.Pick(FuzzProgram.ScalarKinds);
        return new Term(Kind.None, Text($"global.set ${kind.Wasm()}_{random.Below(FuzzProgram.GlobalsOfAKind)}"), Expression(kind, 0));
    }

    private Term Drop(int depth) => new(Kind.None, "drop", Expression(random.Pick(FuzzProgram.ScalarKinds), depth));

    private Term If(int depth) => new(Kind.None, "if", Expression(Kind.I32, 1))
    {
        Body = Statements(1 + random.Below(3), depth + 1),
        Else = random.OneIn(2) ? Statements(1 + random.Below(3), depth + 1) : null,
    };

    private Term Block(int depth)
    {
        string label = Text($"$b{_labels++}");
        List<Term> body = Statements(1 + random.Below(3), depth + 1);
        body.Insert(random.Below(body.Count + 1), new Term(Kind.None, "br_if " + label, Expression(Kind.I32, 1)));
        return new Term(Kind.None, "block " + label) { Body = body };
    }

    // (loop $l body… (br_if $l (i32.and (i32.lt_u (local.tee $c (i32.add (local.get $c) 1)) n) (budget left)))))
    private Term Loop(int depth)
    {
        string label = Text($"$l{_labels++}"), counter = Text($"$v{locals.Length + Counters.Count}");
        Counters.Add(Kind.I32);
        _loops++;
        List<Term> body = Statements(1 + random.Below(3), depth + 1);
        _loops--;
        body.Insert(0, new Term(Kind.None, "global.set $budget", new Term(Kind.I32, "i32.sub", new Term(Kind.I32, "global.get $budget"), Constant(1))));
        Term next = new(Kind.I32, "local.tee " + counter, new Term(Kind.I32, "i32.add", new Term(Kind.I32, "local.get " + counter), Constant(1)));
        Term limit = random.OneIn(2) ? Constant(1 + random.Below(40)) : new Term(Kind.I32, "i32.and", Expression(Kind.I32, 2), Constant(63));
        Term more = new(Kind.I32, random.OneIn(2) ? "i32.lt_u" : "i32.lt_s", next, limit);
        Term left = new(Kind.I32, "i32.gt_s", new Term(Kind.I32, "global.get $budget"), Constant(0));
        body.Add(new Term(Kind.None, "br_if " + label, new Term(Kind.I32, "i32.and", more, left)));
        var loop = new Term(Kind.None, "loop " + label) { Body = body };
        // The counter starts over when an outer loop comes by again.
        return new Term(Kind.None, "block") { Body = [new Term(Kind.None, "local.set " + counter, Constant(0)), loop] };
    }

    private Term CountedLoop(int depth)
    {
        _loops++;
        List<Term> statements = random.OneIn(2) ? [] : Statements(1 + random.Below(2), depth + 1);
        _loops--;
        return _countedLoops.Make(Text($"$l{_labels++}"), locals.Length, Counters, statements);
    }

    private Term Switch(int depth)
    {
        int arms = 2 + random.Below(3);
        string[] labels = new string[arms];
        for (int i = 0; i < arms; i++) labels[i] = Text($"$s{_labels++}");
        var inner = new Term(Kind.None, "block " + labels[0])
        {
            Body = [new Term(Kind.None, "br_table " + string.Join(' ', labels), Expression(Kind.I32, 1))],
        };
        for (int i = 1; i < arms; i++)
        {
            List<Term> body = [inner, .. Statements(1 + random.Below(2), depth + 1)];
            if (random.OneIn(2)) body.Add(new Term(Kind.None, "br " + labels[^1]));
            inner = new Term(Kind.None, "block " + labels[i]) { Body = body };
        }

        return inner;
    }

    private Term Return(int depth) => new(Kind.None, "if", Expression(Kind.I32, 1))
    {
        Body = [new Term(Kind.None, "return", Expression(result, depth))],
    };

    private static Term Constant(int value) => new(Kind.I32, Text($"i32.const {value}"));

    private static string Text(System.FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
