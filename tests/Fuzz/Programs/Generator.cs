using System.Collections.Generic;

namespace Kiln.Fuzz.Programs;

/// <summary>
/// Makes a random program of a seed: valid, deterministic up to the bits of NaNs (which it hides), and soon at its end, since loops
/// share a budget and calls only go forward. It may trap.
/// </summary>
internal static class Generator
{
    private static readonly Kind[] s_scalars = FuzzProgram.ScalarKinds;
    private static readonly Kind[] s_all = [Kind.I32, Kind.I64, Kind.F32, Kind.F64, Kind.V128, Kind.F32x4, Kind.F64x2];

    /// <summary>The program of a seed.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="vectors">Whether it may use SIMD.</param>
    /// <param name="oursOnly">Whether it may use what other engines do not have or answer otherwise: 128-bit integers, relaxed SIMD.</param>
    public static FuzzProgram Make(ulong seed, bool vectors, bool oursOnly = false)
    {
        var random = new Random(seed);
        int exported = 1 + random.Below(3), inner = random.Below(5);
        // Signatures first: a body calls functions that come after it.
        var headers = new List<(string Name, Kind[] Parameters, Kind Result, bool IsExported)>();
        for (int i = 0; i < exported; i++) headers.Add(($"run{i}", [Kind.I32, Kind.I64], random.Pick(s_scalars), true));
        Kind[] kinds = vectors ? s_all : s_scalars;
        for (int i = 0; i < inner; i++)
        {
            if (random.OneIn(3))
            {
                headers.Add(($"f{i}", [Kind.I32, Kind.I32], Kind.I32, false));
                continue;
            }

            var parameters = new Kind[random.Below(6)];
            for (int p = 0; p < parameters.Length; p++) parameters[p] = random.Pick(kinds);
            headers.Add(($"f{i}", parameters, random.Pick(kinds), false));
        }

        var functions = new List<FuzzFunction>();
        for (int i = 0; i < headers.Count; i++)
        {
            var (name, parameters, result, isExported) = headers[i];
            var locals = new Kind[2 + random.Below(8)];
            for (int l = 0; l < locals.Length; l++) locals[l] = random.Pick(kinds);
            // What the table holds calls nothing, so that an indirect call never leads back to itself.
            bool isInTable = !isExported && result == Kind.I32 && parameters is [Kind.I32, Kind.I32];
            var callees = isInTable ? [] : headers.GetRange(i + 1, headers.Count - i - 1);
            var body = new BodyGenerator(random, vectors, oursOnly, parameters, locals, result, callees);
            List<Term> statements = body.Statements(2 + random.Below(6), depth: 0);
            Term value = body.Expression(result, 0);
            functions.Add(new FuzzFunction(name, parameters, result, [.. locals, .. body.Counters], statements, value, isExported));
        }

        return new FuzzProgram(seed, vectors, oursOnly, functions);
    }
}
