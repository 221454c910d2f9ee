using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Kiln.Fuzz.Programs;

/// <summary>A function of a program.</summary>
/// <param name="Name">Its identifier, also its export's name.</param>
/// <param name="Parameters">What it takes, as locals p0, p1, …</param>
/// <param name="Result">What it leaves.</param>
/// <param name="Locals">Further locals, as v0, v1, …</param>
/// <param name="Body">Statements.</param>
/// <param name="Value">The result's term.</param>
/// <param name="IsExported">Whether it is called from outside; then it takes an i32 and an i64.</param>
internal sealed record FuzzFunction(
    string Name, Kind[] Parameters, Kind Result, Kind[] Locals, List<Term> Body, Term Value, bool IsExported);

/// <summary>A whole random module.</summary>
/// <param name="Seed">What made it.</param>
/// <param name="Vectors">Whether it may use SIMD.</param>
/// <param name="OursOnly">Whether it may use what other engines do not have, or answer otherwise.</param>
/// <param name="Functions">Its functions. A function only calls later ones, so recursion is impossible.</param>
internal sealed record FuzzProgram(ulong Seed, bool Vectors, bool OursOnly, IReadOnlyList<FuzzFunction> Functions)
{
    /// <summary>Globals of each scalar kind: their names are kind and number, such as $i32_0.</summary>
    public const int GlobalsOfAKind = 2;

    /// <summary>Loop iterations that one call from outside may make.</summary>
    public const int Budget = 20_000;

    /// <summary>The scalar kinds, which globals and results may have.</summary>
    public static Kind[] ScalarKinds { get; } = [Kind.I32, Kind.I64, Kind.F32, Kind.F64];

    /// <summary>The functions that are called from outside.</summary>
    public IEnumerable<FuzzFunction> Exports => Functions.Where(function => function.IsExported);

    /// <summary>The type of functions in the table.</summary>
    public static bool IsTableType(FuzzFunction function) =>
        !function.IsExported && function.Result == Kind.I32 && function.Parameters is [Kind.I32, Kind.I32];

    /// <summary>Number of terms in all bodies.</summary>
    public int Size => Functions.Sum(function => function.Value.Size + function.Body.Sum(term => term.Size));

    /// <summary>The module in the text format.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"(module ;; seed {Seed}\n  (memory (export \"memory\") 1 4)\n  (global $budget (mut i32) (i32.const {Budget}))");
        foreach (Kind kind in ScalarKinds)
        {
            for (int i = 0; i < GlobalsOfAKind; i++)
            {
                string name = $"{kind.Wasm()}_{i}";
                text.Append(CultureInfo.InvariantCulture, $"\n  (global ${name} (export \"{name}\") (mut {kind.Wasm()}) ({kind.Wasm()}.const {i + 1}))");
            }
        }

        text.Append("\n  (type $pair (func (param i32 i32) (result i32)))");
        string[] elements = [.. Functions.Where(IsTableType).Select(function => "$" + function.Name)];
        text.Append(CultureInfo.InvariantCulture, $"\n  (table 8 funcref)\n  (elem (i32.const 0) func {string.Join(' ', elements.Take(8))})");
        text.Append("\n  (data (i32.const 64) \"\\00\\01\\7f\\80\\ff\\fe\\55\\aa kiln \\00\\00\\80\\7f\\00\\00\\c0\\ff\\00\\00\\00\\80\")");
        text.Append(FeatureGenerator.Declarations);
        text.Append(Canonical.Functions);
        if (Vectors) text.Append(Canonical.VectorFunctions);
        foreach (FuzzFunction function in Functions) Print(function, text);
        return text.Append(")\n").ToString();
    }

    private static void Print(FuzzFunction function, StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n  (func ${function.Name}");
        if (function.IsExported) text.Append(CultureInfo.InvariantCulture, $" (export \"{function.Name}\")");
        for (int i = 0; i < function.Parameters.Length; i++) text.Append(CultureInfo.InvariantCulture, $" (param $p{i} {function.Parameters[i].Wasm()})");
        text.Append(CultureInfo.InvariantCulture, $" (result {function.Result.Wasm()})");
        for (int i = 0; i < function.Locals.Length; i++) text.Append(CultureInfo.InvariantCulture, $" (local $v{i} {function.Locals[i].Wasm()})");
        if (function.IsExported) text.Append(CultureInfo.InvariantCulture, $"\n    (global.set $budget (i32.const {Budget}))");
        foreach (Term statement in function.Body) statement.Print(text, 2);
        function.Value.Print(text, 2);
        text.Append(')');
    }
}
