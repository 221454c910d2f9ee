using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir;

// The things an IrFunction is made of, as 4-byte indices: cheap to copy, store and compare, and side
// tables over them are arrays. Id 0 (`default`) is "none" for each of them.

/// <summary>An SSA value: the result of an instruction or a block parameter.</summary>
public readonly record struct Value(uint Id) : IEntity<Value>
{
    /// <inheritdoc/>
    public static Value FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"v{Id}";
}

/// <summary>An instruction.</summary>
public readonly record struct Inst(uint Id) : IEntity<Inst>
{
    /// <inheritdoc/>
    public static Inst FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"inst{Id}";
}

/// <summary>A basic block: parameters, then instructions of which the last is a terminator.</summary>
public readonly record struct Block(uint Id) : IEntity<Block>
{
    /// <inheritdoc/>
    public static Block FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"block{Id}";
}

/// <summary>A function signature that the function refers to.</summary>
public readonly record struct SigRef(uint Id) : IEntity<SigRef>
{
    /// <inheritdoc/>
    public static SigRef FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"sig{Id}";
}

/// <summary>Another function that the function refers to.</summary>
public readonly record struct FuncRef(uint Id) : IEntity<FuncRef>
{
    /// <inheritdoc/>
    public static FuncRef FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"fn{Id}";
}

/// <summary>Memory in the function's frame.</summary>
public readonly record struct StackSlot(uint Id) : IEntity<StackSlot>
{
    /// <inheritdoc/>
    public static StackSlot FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"ss{Id}";
}

/// <summary>A 128-bit constant of the function.</summary>
public readonly record struct Constant(uint Id) : IEntity<Constant>
{
    /// <inheritdoc/>
    public static Constant FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"const{Id}";
}

/// <summary>
/// A set of memory locations. Accesses in different regions never touch the same byte; accesses in the same
/// region may. <c>default</c> (no region) may touch anything. Ids are given by whoever builds the IR, below
/// 65536; the IR declares nothing about them.
/// </summary>
public readonly record struct Region(uint Id) : IEntity<Region>
{
    /// <inheritdoc/>
    public static Region FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"region{Id}";
}

/// <summary>
/// Where an instruction came from: a byte offset in the source (for Wasm, in the module). 0 is "unknown".
/// </summary>
public readonly record struct SourceLoc(uint Offset)
{
    /// <inheritdoc/>
    public override string ToString() => $"@{Offset:x4}";
}

/// <summary>The name of a function outside of this one; what the numbers mean is the embedder's business.</summary>
public readonly record struct ExternalName(uint Namespace, uint Index)
{
    /// <inheritdoc/>
    public override string ToString() => $"u{Namespace}:{Index}";
}
