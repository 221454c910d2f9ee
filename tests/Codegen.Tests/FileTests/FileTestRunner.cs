using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace Kiln.Codegen.Tests.FileTests;

/// <summary>
/// Runs every file under filetests/. <c>BLESS=1 dotnet test</c> rewrites the expectations in place instead of
/// comparing.
/// </summary>
public sealed class FileTestRunner
{
    /// <summary>The files, relative to filetests/.</summary>
    public static TheoryData<string> Files
    {
        get
        {
            var data = new TheoryData<string>();
            string root = Root();
            foreach (string path in Directory.GetFiles(root, "*.ir", SearchOption.AllDirectories).Order(StringComparer.Ordinal)) data.Add(Path.GetRelativePath(root, path));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_GivesWhatItExpects(string name)
    {
        FileTestFile file = FileTestFile.Read(Path.Combine(Root(), name));
        Assert.True(file.Header.TryGetValue("test", out string? kindName), $"{name} has no ';; test =' header");
        IFileTestKind kind = FileTestKinds.All.FirstOrDefault(candidate => candidate.Name == kindName)
            ?? throw new InvalidDataException($"{name}: no kind of test is called {kindName}");

        var outputs = new List<string>();
        foreach (FileTestCase one in file.Cases) outputs.Add(kind.Run(file, one).TrimEnd('\n'));
        Assert.NotEmpty(outputs);
        if (Environment.GetEnvironmentVariable("BLESS") == "1")
        {
            file.Bless(outputs);
            return;
        }

        for (int i = 0; i < outputs.Count; i++)
        {
            string expected = file.Cases[i].Expected.TrimEnd('\n');
            if (outputs[i] != expected) Assert.Fail($"{name}\n{file.Cases[i].Input}\n{Difference(expected, outputs[i])}");
        }
    }

    // Line by line: '-' expected, '+' found.
    private static string Difference(string expected, string found)
    {
        string[] old = expected.Split('\n'), now = found.Split('\n');
        var text = new StringBuilder();
        int head = 0;
        while (head < old.Length && head < now.Length && old[head] == now[head]) text.Append("  ").Append(old[head++]).Append('\n');
        int tail = 0;
        while (tail < old.Length - head && tail < now.Length - head && old[^(tail + 1)] == now[^(tail + 1)]) tail++;
        for (int i = head; i < old.Length - tail; i++) text.Append("- ").Append(old[i]).Append('\n');
        for (int i = head; i < now.Length - tail; i++) text.Append("+ ").Append(now[i]).Append('\n');
        for (int i = old.Length - tail; i < old.Length; i++) text.Append("  ").Append(old[i]).Append('\n');
        return text.ToString();
    }

    private static string Root([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "filetests");
}
