using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using Kiln.Contract;

namespace Kiln.Tool.Commands;

/// <summary><c>--tunable NAME=VALUE</c>: knobs of the code generator, as <see cref="TunableTable"/> lists them; a bare name is <c>NAME=1</c>.</summary>
internal static class TunableOption
{
    public static Option<Dictionary<string, string>> Create() => new("--tunable")
    {
        Description = $"NAME=VALUE: a knob of the code generator, such as force-veneers=1; there are {Names()}",
        DefaultValueFactory = _ => [],
        CustomParser = Parse,
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Copies what was given into a configuration.</summary>
    public static Config With(this Config config, Dictionary<string, string>? tunables)
    {
        foreach ((string name, string value) in tunables ?? []) config.Tunables[name] = value;
        return config;
    }

    private static Dictionary<string, string> Parse(ArgumentResult result)
    {
        var given = new Dictionary<string, string>();
        Tunables check = new();
        foreach (Token token in result.Tokens)
        {
            int equals = token.Value.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? token.Value : token.Value[..equals];
            string value = equals < 0 ? "1" : token.Value[(equals + 1)..];
            try
            {
                check = check.With(name, value);
                given[name] = value;
            }
            catch (ArgumentException error)
            {
                result.AddError($"{error.Message}; there are {Names()}");
            }
        }

        return given;
    }

    private static string Names()
    {
        var names = new List<string>();
        foreach (TunableRow row in TunableTable.Rows) names.Add(row.Name);
        return string.Join(", ", names);
    }
}
