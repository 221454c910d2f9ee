using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Kiln.Codegen.Tests.FileTests;

/// <summary>One function of a file test: its text, the directives after it, and the expected output.</summary>
public sealed class FileTestCase
{
    /// <summary>The function's text, with the comments in front of it.</summary>
    public required string Input { get; init; }

    /// <summary>What stands after <c>;; run:</c> and the like, key and value.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Directives { get; init; }

    /// <summary>The expectation: the lines after the function that start with <c>; </c>, without that.</summary>
    public required string Expected { get; init; }
}

/// <summary>
/// A file test: header lines <c>;; key = value</c>, then functions, each followed by directives
/// (<c>;; run: f(1) == 2</c>) and by its expected output as comment lines.
/// </summary>
public sealed class FileTestFile
{
    private FileTestFile(string path) => Path = path;

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>The header.</summary>
    public Dictionary<string, string> Header { get; } = [];

    /// <summary>The functions.</summary>
    public List<FileTestCase> Cases { get; } = [];

    /// <summary>All functions' texts together.</summary>
    public string AllInput
    {
        get
        {
            var text = new StringBuilder();
            foreach (FileTestCase one in Cases) text.Append(one.Input).Append('\n');
            return text.ToString();
        }
    }

    public static FileTestFile Read(string path)
    {
        var file = new FileTestFile(path);
        string[] lines = File.ReadAllText(path).Split('\n');
        int at = 0;
        for (; at < lines.Length && (lines[at].Length == 0 || lines[at].StartsWith(";;", StringComparison.Ordinal)); at++)
        {
            int equals = lines[at].IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && !lines[at].StartsWith(";;;", StringComparison.Ordinal)) file.Header[lines[at][2..equals].Trim()] = lines[at][(equals + 1)..].Trim();
        }

        while (at < lines.Length)
        {
            var input = new StringBuilder();
            var directives = new List<KeyValuePair<string, string>>();
            var expected = new StringBuilder();
            while (at < lines.Length)
            {
                string line = lines[at++];
                input.Append(line).Append('\n');
                if (line == "}") break;
            }

            for (; at < lines.Length && (lines[at].Length == 0 || lines[at][0] == ';') && !lines[at].StartsWith(";;;", StringComparison.Ordinal); at++)
            {
                if (lines[at].StartsWith(";;", StringComparison.Ordinal))
                {
                    int colon = lines[at].IndexOf(':', StringComparison.Ordinal);
                    directives.Add(new(lines[at][2..colon].Trim(), lines[at][(colon + 1)..].Trim()));
                }
                else if (lines[at].StartsWith(';'))
                {
                    expected.Append(lines[at].Length > 2 ? lines[at][2..] : "").Append('\n');
                }
            }

            if (input.ToString().Trim().Length != 0) file.Cases.Add(new FileTestCase { Input = input.ToString(), Directives = directives, Expected = expected.ToString() });
        }

        return file;
    }

    /// <summary>Writes the file again with other expectations.</summary>
    public void Bless(IReadOnlyList<string> outputs)
    {
        var text = new StringBuilder();
        foreach (string line in File.ReadAllText(Path).Split('\n'))
        {
            if (line.Length != 0 && !line.StartsWith(";;", StringComparison.Ordinal)) break;
            text.Append(line).Append('\n');
        }

        for (int i = 0; i < Cases.Count; i++)
        {
            text.Append(Cases[i].Input.TrimStart('\n'));
            foreach ((string key, string value) in Cases[i].Directives) text.Append(";; ").Append(key).Append(": ").Append(value).Append('\n');
            if (outputs[i].Length != 0)
            {
                foreach (string line in outputs[i].TrimEnd('\n').Split('\n')) text.Append(line.Length == 0 ? ";" : "; " + line).Append('\n');
            }

            if (i + 1 < Cases.Count) text.Append('\n');
        }

        File.WriteAllText(Path, text.ToString());
    }
}
