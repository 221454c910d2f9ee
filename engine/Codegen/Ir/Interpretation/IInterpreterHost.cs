using System;

namespace Kiln.Codegen.Ir.Interpretation;

/// <summary>What interpreted functions call and where they live.</summary>
public interface IInterpreterHost
{
    /// <summary>The function with a name, to be interpreted in turn; null if the host runs it itself.</summary>
    IrFunction? Find(ExternalName name);

    /// <summary>Runs a function of the host's own; writes all results.</summary>
    void Call(ExternalName name, ReadOnlySpan<IrValue> args, Span<IrValue> results);
}
