using System;
using System.Collections.Generic;
using System.Linq;
using Kiln.Fuzz.Programs;

namespace Kiln.Fuzz.Reduction;

/// <summary>
/// Makes a failing program smaller: replaces terms by an operand of the same kind or by a constant, and drops statements, as long
/// as the program still fails. Greedy, from the root of each body down, until nothing more can go.
/// </summary>
internal sealed class Reducer(Func<FuzzProgram, bool> fails, TimeSpan limit)
{
    private readonly long _start = System.Diagnostics.Stopwatch.GetTimestamp();
    private FuzzProgram _best = null!;

    /// <summary>The smallest failing program found.</summary>
    public FuzzProgram Reduce(FuzzProgram program)
    {
        _best = program;
        bool changed = true;
        while (changed && !IsOver)
        {
            changed = false;
            for (int f = 0; f < _best.Functions.Count; f++)
            {
                changed |= TryStatements(f, [], function => function.Body, (function, body) => function with { Body = body });
                changed |= TryTerm(function => function.Value, (function, value) => function with { Value = value }, f);
            }
        }

        return _best;
    }

    private bool IsOver => System.Diagnostics.Stopwatch.GetElapsedTime(_start) > limit;

    // Tries to drop each statement of a list, then to shrink the ones that stay.
    private bool TryStatements(
        int function, List<int> path, Func<FuzzFunction, List<Term>> get, Func<FuzzFunction, List<Term>, FuzzFunction> set)
    {
        bool changed = false;
        for (int i = get(_best.Functions[function]).Count - 1; i >= 0 && !IsOver; i--)
        {
            int at = i;
            List<Term> without = [.. get(_best.Functions[function])];
            Term statement = without[at];
            without.RemoveAt(at);
            if (Try(function, set(_best.Functions[function], without)))
            {
                changed = true;
                continue;
            }

            // A block may be replaced by what is in it where no branch names its label.
            if (statement.Body is { } inner && Try(function, set(_best.Functions[function], [.. without[..at], .. inner, .. without[at..]])))
            {
                changed = true;
                continue;
            }

            changed |= TryTerm(f => get(f)[at], (f, term) => set(f, [.. get(f)[..at], term, .. get(f)[(at + 1)..]]), function);
        }

        return changed;
    }

    private bool TryTerm(Func<FuzzFunction, Term> get, Func<FuzzFunction, Term, FuzzFunction> set, int function)
    {
        bool changed = false;
        Term term = get(_best.Functions[function]);
        foreach (Term smaller in Candidates(term))
        {
            if (IsOver) return changed;
            if (!Try(function, set(_best.Functions[function], smaller))) continue;
            return true;
        }

        for (int i = 0; i < term.Args.Length; i++)
        {
            int at = i;
            changed |= TryTerm(f => get(f).Args[at], (f, arg) => set(f, With(get(f), at, arg)), function);
        }

        if (term.Body is not null)
        {
            changed |= TryStatements(function, [], f => get(f).Body!, (f, body) => set(f, new Term(term.Kind, get(f).Head, get(f).Args) { Body = body, Else = get(f).Else }));
        }

        if (term.Else is { Count: > 0 })
        {
            changed |= TryStatements(function, [], f => get(f).Else!, (f, arm) => set(f, new Term(term.Kind, get(f).Head, get(f).Args) { Body = get(f).Body, Else = arm }));
        }

        return changed;
    }

    private static Term With(Term term, int index, Term arg)
    {
        Term[] args = [.. term.Args];
        args[index] = arg;
        return new Term(term.Kind, term.Head, args) { Body = term.Body, Else = term.Else };
    }

    private static IEnumerable<Term> Candidates(Term term)
    {
        if (term.Kind == Kind.None || term.Size == 1) yield break;
        string zero = term.Kind >= Kind.V128 ? "v128.const i64x2 0 0" : term.Kind.Wasm() + ".const 0";
        yield return new Term(term.Kind, zero);
        foreach (Term arg in term.Args.Where(arg => arg.Kind == term.Kind)) yield return arg;
    }

    private bool Try(int index, FuzzFunction function)
    {
        FuzzFunction[] functions = [.. _best.Functions];
        functions[index] = function;
        FuzzProgram candidate = _best with { Functions = functions };
        if (!fails(candidate)) return false;
        _best = candidate;
        return true;
    }
}
