using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using Kiln.Contract;

namespace Kiln.Compiler.Tests.Golden;

/// <summary>
/// A file with a WAT module, the tunables to compile it with, and what is expected of it behind a marker, IR or machine code:
/// <code>
/// ;;! fuel=1
/// (module ...)
/// ;;; ir
/// ;; function %f ...
/// </code>
/// With BLESS=1 in the environment the expectation is rewritten instead of compared.
/// </summary>
internal sealed class GoldenFile
{
    /// <summary>Marks expected IR.</summary>
    public const string Ir = ";;; ir";

    /// <summary>Marks expected machine code.</summary>
    public const string Assembly = ";;; asm";

    private readonly string _marker;
    private readonly string _path;
    private readonly string _head;
    private readonly string _expected;

    private GoldenFile(string path, string text, string expectation)
    {
        _path = path;
        _marker = expectation;
        int marker = text.IndexOf(expectation, StringComparison.Ordinal);
        _head = marker < 0 ? text.TrimEnd() + "\n\n" : text[..marker];
        _expected = marker < 0 ? "" : text[(marker + expectation.Length)..].TrimStart('\n');
        foreach (string line in _head.Split('\n'))
        {
            if (!line.StartsWith(";;!", StringComparison.Ordinal)) continue;
            foreach (string setting in line[3..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                int equals = setting.IndexOf('=');
                Tunables = Tunables.With(setting[..equals], setting[(equals + 1)..]);
            }
        }
    }

    /// <summary>Directory of the cases whose IR is expected.</summary>
    public static string Cases => Path.Combine(SourceDirectory(), "cases");

    /// <summary>Directory of the cases whose machine code is expected.</summary>
    public static string HotLoops => Path.Combine(SourceDirectory(), "hot-loops");

    /// <summary>The knobs that the file asks for; no interrupt checks unless it asks for them.</summary>
    public Tunables Tunables { get; } = new() { Interruption = false };

    /// <summary>The module.</summary>
    public string Wat => _head;

    /// <summary>Reads a case of a directory, with what its marker says is expected.</summary>
    public static GoldenFile Load(string directory, string name, string marker)
    {
        string path = Path.Combine(directory, name);
        return new GoldenFile(path, File.ReadAllText(path).ReplaceLineEndings("\n"), marker);
    }

    /// <summary>Compares, or rewrites the file. Gives the text that was expected and the text that there is.</summary>
    public (string Expected, string Actual) Check(string output)
    {
        StringBuilder actual = new();
        foreach (string line in output.TrimEnd().Split('\n')) actual.Append(line.Length == 0 ? ";;" : ";; ").Append(line).Append('\n');
        if (Environment.GetEnvironmentVariable("BLESS") == "1")
        {
            File.WriteAllText(_path, $"{_head}{_marker}\n{actual}");
            return ("", "");
        }

        return (_expected, actual.ToString());
    }

    private static string SourceDirectory([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
