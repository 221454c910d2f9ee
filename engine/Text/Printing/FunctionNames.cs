using System.Collections.Generic;
using Kiln.Wasm.Modules;

namespace Kiln.Text.Printing;

/// <summary>
/// How functions are named in a printed module: by an identifier if the name section has a name that no other
/// function has, else by index.
/// </summary>
internal sealed class FunctionNames
{
    private const string PlainPunctuation = "!#$%&'*+-./:<=>?@\\^_`|~";

    private readonly Dictionary<uint, string> _identifiers = [];

    /// <summary>Makes the identifiers of a module's functions.</summary>
    public FunctionNames(WasmModule module)
    {
        var users = new Dictionary<string, int>();
        foreach (string name in module.Names.Functions.Values) users[name] = users.GetValueOrDefault(name) + 1;
        foreach ((uint index, string name) in module.Names.Functions)
        {
            if (index < (uint)module.Functions.Length && name.Length > 0 && users[name] == 1) _identifiers[index] = ToIdentifier(name);
        }
    }

    /// <summary>The identifier of a function with its $, or null.</summary>
    public string? Identifier(uint function) => _identifiers.GetValueOrDefault(function);

    /// <summary>The identifier of a function, or its index.</summary>
    public string Reference(uint function) => Identifier(function) ?? function.ToString();

    /// <summary>A name that is not empty as an identifier: plain if its characters allow it, else quoted.</summary>
    public static string ToIdentifier(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !PlainPunctuation.Contains(c)) return new WatWriter().Add('$').AddString(name).ToString();
        }

        return "$" + name;
    }
}
