using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>
/// What a rule answers: the value to use instead, and which rule it was. The default is "no rule matched". One number,
/// so that it travels in a register.
/// </summary>
internal readonly struct Rewrite(Rule rule, Value value)
{
    private readonly ulong _bits = ((ulong)rule << 32) | value.Id;

    /// <summary>The value to use instead; none if no rule matched.</summary>
    public Value Value => new((uint)_bits);

    /// <summary>Which rule; none if none matched.</summary>
    public Rule Rule => (Rule)(_bits >> 32);

    /// <summary>True if no rule matched.</summary>
    public bool IsNone => _bits == 0;
}
