using System.Collections.Generic;

namespace Kiln.Codegen.Ir.Text;

/// <summary>
/// Reads functions from text (grammar: Ir/Text/README.md). Checks syntax and that names are declared; types
/// and dominance are the verifier's business. For tests; allocates freely.
/// </summary>
public static class IrParser
{
    /// <summary>Reads the one function of a text. Throws <see cref="IrSyntaxException"/>.</summary>
    public static IrFunction Parse(string text)
    {
        List<IrFunction> all = ParseAll(text);
        if (all.Count != 1) throw new IrSyntaxException(1, 1, $"one function expected, found {all.Count}");
        return all[0];
    }

    /// <summary>Reads all functions of a text. Throws <see cref="IrSyntaxException"/>.</summary>
    public static List<IrFunction> ParseAll(string text)
    {
        var parser = new IrFunctionParser(text);
        var functions = new List<IrFunction>();
        while (parser.SkipToFunction()) functions.Add(parser.ParseFunction());
        return functions;
    }
}
