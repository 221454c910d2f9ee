using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir.Builder;

/// <summary>A mutable local of the source language, which construction turns into SSA values.</summary>
public readonly record struct Variable(uint Id) : IEntity<Variable>
{
    /// <inheritdoc/>
    public static Variable FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"var{Id}";
}
