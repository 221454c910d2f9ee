using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Kiln.Bench.Corpora;

namespace Kiln.Bench.Peers;

/// <summary>The list of peers. A new one is a row here, and a row in docs/PERFORMANCE.md once it was measured.</summary>
internal static class PeerTable
{
    /// <summary>The engine whose time is 1.00: Cranelift, within the wizer program that npm installs.</summary>
    public const string Baseline = "cranelift";

    // In the first second of a process .NET's JIT compiles the hottest methods again, on the one core that the guest has. A daemon is
    // past that when it runs guests; here the tool runs the precompiled methods as they are.
    private static readonly Dictionary<string, string> _untiered = new() { ["DOTNET_TieredCompilation"] = "0" };

    /// <summary>All peers and Kiln itself, present or not.</summary>
    /// <param name="folder">Where peers are installed.</param>
    /// <param name="builds">Builds of the command-line tool to measure, with their labels; the first is this one.</param>
    /// <param name="core">The core that processes are pinned to.</param>
    public static IReadOnlyList<Peer> All(PeerFolder folder, IEnumerable<(string Label, string Path)> builds, int core)
    {
        string node = folder.Program("node"), bun = folder.Program("bun"), wizer = folder.Program("wizer");
        var peers = new List<Peer>();
        foreach ((string label, string path) in builds)
        {
            peers.Add(new Peer(label, File.Exists(path) ? KilnVersion(path) : Peer.Absent, (kind, item) => Kiln(path, kind, item)));
        }

        peers.Add(new Peer(Baseline, File.Exists(wizer) ? "Wasmtime 42 (wizer " + folder.PackageVersion("@bytecodealliance/wizer") + ")" : Peer.Absent, (kind, item) => Wizer(folder, kind, item, core)));
        peers.Add(new Peer("v8", Version(node, "node "), (kind, item) => JavaScript(folder, [node], kind, item, iterations: 4)));
        peers.Add(new Peer("turbofan", Version(node, "node "),
            (kind, item) => JavaScript(folder, [node, "--no-liftoff", "--no-wasm-lazy-compilation", .. SingleThreaded(kind)], kind, item, iterations: 2)));
        peers.Add(new Peer("jsc", Version(bun, "bun "), (kind, item) => JavaScript(folder, [bun], kind, item, iterations: 4)));
        foreach (string native in (string[])["gcc", "clang"])
        {
            bool present = Directory.Exists(Path.Combine(folder.Corpora, "kernels", "native", native)) && ProcessRun.IsOnPath(native);
            peers.Add(new Peer(native, present ? ProcessRun.FirstLine(native, "--version") : Peer.Absent, (kind, item) => Native(folder, native, kind, item)));
        }

        return peers;
    }

    private static string Version(string program, string prefix) =>
        File.Exists(program) ? prefix + ProcessRun.FirstLine(program, "--version").Split(' ').Last() : Peer.Absent;

    // "0.1.0+<commit>": seven digits of the commit are enough to find it.
    private static string KilnVersion(string program)
    {
        string version = ProcessRun.FirstLine(program, "--version");
        int digits = version.IndexOf('+') + 8;
        return digits > 7 && version.Length > digits ? version[..digits] : version;
    }

    private static Invocation Kiln(string program, CorpusKind kind, BenchmarkCase item) => kind switch
    {
        CorpusKind.Kernels => new([program, "exec", item.File, "--invoke", "run", Text(item.Argument), "--repeat", "4", "--json"], Environment: _untiered),
        CorpusKind.Programs => new([program, "exec", item.File, "--dir", item.Folder, "--json"], Environment: _untiered),
        CorpusKind.Compile => new([program, "exec", item.File, "--compile-only", "--threads", "1", "--repeat", "6", "--json"]),
        CorpusKind.Adversarial => new([program, "exec", item.File, "--compile-only", "--threads", "1", "--json"]),
    };

    private static Invocation Wizer(PeerFolder folder, CorpusKind kind, BenchmarkCase item, int core)
    {
        string python = "python3", script = folder.Runner("run_wizer.py"), cores = Text(core);
        return kind switch
        {
            CorpusKind.Kernels => new([python, script, "kernel", item.Name, "--cores", cores], PinsItself: true),
            CorpusKind.Programs => new([python, script, "program", item.Name, "--cores", cores], PinsItself: true),
            CorpusKind.Compile or CorpusKind.Adversarial => new([python, script, "compile", item.File, "--cores", cores], PinsItself: true),
        };
    }

    private static Invocation JavaScript(PeerFolder folder, string[] program, CorpusKind kind, BenchmarkCase item, int iterations) => kind switch
    {
        CorpusKind.Kernels => new([.. program, folder.Runner("js_kernel.mjs"), "js", item.Name, item.File, Text(item.Argument), Text(iterations)]),
        CorpusKind.Programs => new([.. program, folder.Runner("js_wasi.mjs"), "js", item.Name, item.Folder]),
        CorpusKind.Compile => new([.. program, folder.Runner("js_compile.mjs"), "js", item.Name, item.File, "3"]),
        CorpusKind.Adversarial => new([.. program, folder.Runner("js_compile.mjs"), "js", item.Name, item.File, "1"]),
    };

    private static Invocation? Native(PeerFolder folder, string compiler, CorpusKind kind, BenchmarkCase item)
    {
        string program = Path.Combine(folder.Corpora, "kernels", "native", compiler, item.Name);
        return kind == CorpusKind.Kernels && File.Exists(program) ? new([program, compiler, item.Name, Text(item.Argument), "4"]) : null;
    }

    // Tiers that compile in the background would hide what compiling costs.
    private static string[] SingleThreaded(CorpusKind kind) => kind is CorpusKind.Compile or CorpusKind.Adversarial ? ["--single-threaded"] : [];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
