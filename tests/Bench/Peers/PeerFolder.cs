using System;
using System.IO;
using System.Text.Json;

namespace Kiln.Bench.Peers;

/// <summary>
/// Where the peers are installed: <c>$KILN_PEERS</c>, else <c>~/.cache/kiln-peers</c>. Its <c>bench/</c> holds the corpora and
/// the small programs that drive the peers; <c>node_modules/</c> holds the engines.
/// </summary>
internal sealed class PeerFolder
{
    public PeerFolder()
    {
        string? chosen = Environment.GetEnvironmentVariable("KILN_PEERS");
        Root = !string.IsNullOrEmpty(chosen)
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "kiln-peers");
    }

    /// <summary>The folder itself.</summary>
    public string Root { get; }

    /// <summary>The corpora.</summary>
    public string Corpora => Path.Combine(Root, "bench");

    /// <summary>The program that drives a peer.</summary>
    public string Runner(string name) => Path.Combine(Corpora, "runners", name);

    /// <summary>A program that npm installed.</summary>
    public string Program(string name) => Path.Combine(Root, "node_modules", ".bin", name);

    /// <summary>The version of an npm package that is installed here.</summary>
    public string PackageVersion(string package)
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "node_modules", package, "package.json")));
        return manifest.RootElement.GetProperty("version").GetString() ?? "unknown";
    }
}
