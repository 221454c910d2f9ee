namespace Kiln.Bench.Corpora;

/// <summary>What is measured, and so how a peer is started and which of its figures counts.</summary>
internal enum CorpusKind
{
    /// <summary>Run time of <c>run(i32) -> i64</c> in a module without imports.</summary>
    Kernels,

    /// <summary>Time between <c>bench.start</c> and <c>bench.end</c> in a WASI program.</summary>
    Programs,

    /// <summary>Compile time of large modules on one thread.</summary>
    Compile,

    /// <summary>Compile time of modules made to be hard to compile.</summary>
    Adversarial,
}
