namespace Kiln.Codegen.Ir;

/// <summary>What an atomic read-modify-write makes of the value in memory and its operand.</summary>
public enum AtomicOp : byte
{
    /// <summary>The sum.</summary>
    Add,

    /// <summary>Memory minus operand.</summary>
    Sub,

    /// <summary>Bitwise and.</summary>
    And,

    /// <summary>Bitwise or.</summary>
    Or,

    /// <summary>Bitwise exclusive or.</summary>
    Xor,

    /// <summary>The operand.</summary>
    Xchg,
}

/// <summary>Texts and meaning of atomic operations.</summary>
public static class AtomicOps
{
    /// <summary>The spelling in the textual form.</summary>
    public static string Mnemonic(this AtomicOp op) => op switch
    {
        AtomicOp.Add => "add",
        AtomicOp.Sub => "sub",
        AtomicOp.And => "and",
        AtomicOp.Or => "or",
        AtomicOp.Xor => "xor",
        AtomicOp.Xchg => "xchg",
    };

    /// <summary>The new value, of which the access keeps the low bits.</summary>
    public static ulong Apply(this AtomicOp op, ulong memory, ulong operand) => op switch
    {
        AtomicOp.Add => unchecked(memory + operand),
        AtomicOp.Sub => unchecked(memory - operand),
        AtomicOp.And => memory & operand,
        AtomicOp.Or => memory | operand,
        AtomicOp.Xor => memory ^ operand,
        AtomicOp.Xchg => operand,
    };
}
