using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.EGraph;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Where rules read from and build into; <see cref="EGraphPass"/> is the one that does it.</summary>
internal abstract class RuleContext
{
    /// <summary>How deep builds may nest: what a rule builds is simplified again, this many times.</summary>
    public const int MaxDepth = 6;

    /// <summary>The function's 128-bit constants.</summary>
    public ConstantPool Constants = null!;

    /// <summary>The graph of the function.</summary>
    public DataFlowGraph Dfg = null!;

    /// <summary>What is known of values.</summary>
    public readonly ValueFacts Facts = new();

    /// <summary>How deep builds are nested now.</summary>
    public int Depth;

    /// <summary>The value that an instruction with this data computes: simplified, shared, or made where the walk is.</summary>
    public abstract Value Build(in InstData data);
}
