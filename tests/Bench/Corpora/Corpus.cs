using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Kiln.Bench.Corpora;

/// <summary>
/// The modules of a kind, read from the folder that the peers' installation prepares (see <see cref="Peers.PeerFolder"/>):
/// <c>kernels/</c> with kernels.json and checksums.json, <c>programs/</c> with manifest.json, <c>compile/</c>, <c>adversarial/</c>.
/// </summary>
internal static class Corpus
{
    /// <summary>A program has to hold this much code to say something about compile throughput.</summary>
    private const long LargeCode = 150_000;

    /// <summary>The cases of a kind, in the order of their names for files, of the manifest otherwise.</summary>
    /// <exception cref="IOException">The folder lacks the corpus.</exception>
    public static IReadOnlyList<BenchmarkCase> Load(string root, CorpusKind kind) => kind switch
    {
        CorpusKind.Kernels => Kernels(root),
        CorpusKind.Programs => [.. Programs(root)],
        CorpusKind.Compile => [.. Programs(root).Where(program => program.CodeBytes > LargeCode), .. Files(Path.Combine(root, "compile"))],
        CorpusKind.Adversarial => [.. Files(Path.Combine(root, "adversarial")).Where(file => !file.Name.StartsWith("invalid_", StringComparison.Ordinal))],
    };

    private static List<BenchmarkCase> Kernels(string root)
    {
        string folder = Path.Combine(root, "kernels");
        using JsonDocument arguments = Read(Path.Combine(folder, "kernels.json")), checksums = Read(Path.Combine(folder, "checksums.json"));
        var cases = new List<BenchmarkCase>();
        foreach (JsonProperty kernel in arguments.RootElement.EnumerateObject())
        {
            string file = Path.Combine(folder, "wasm", kernel.Name + ".wasm");
            cases.Add(new BenchmarkCase(kernel.Name, file, root, kernel.Value.GetInt32(), checksums.RootElement.GetProperty(kernel.Name).GetString()));
        }

        return cases;
    }

    private static IEnumerable<BenchmarkCase> Programs(string root)
    {
        using JsonDocument manifest = Read(Path.Combine(root, "programs", "manifest.json"));
        foreach (JsonElement program in manifest.RootElement.EnumerateArray())
        {
            string name = program.GetProperty("name").GetString()!;
            string file = Path.Combine(root, program.GetProperty("wasm").GetString()!);
            yield return new BenchmarkCase(name, file, Path.GetDirectoryName(file)!, CodeBytes: program.GetProperty("code").GetInt64());
        }
    }

    private static IEnumerable<BenchmarkCase> Files(string folder) =>
        from file in Directory.EnumerateFiles(folder, "*.wasm").Order(StringComparer.Ordinal)
        select new BenchmarkCase(Path.GetFileNameWithoutExtension(file), file, folder, CodeBytes: CodeSection.ByteCount(file));

    private static JsonDocument Read(string path) => JsonDocument.Parse(File.ReadAllBytes(path));
}
