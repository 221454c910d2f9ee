using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>A global variable or constant.</summary>
public sealed class Global : Extern
{
    private Global(Store store) : base(store)
    {
    }

    /// <summary>Creates a global of the kind of <paramref name="initial"/>.</summary>
    public static Global Create(Store store, Value initial, bool isMutable) => EngineBug.Throw<Global>("not assembled");

    /// <inheritdoc/>
    public override ExternType Type => EngineBug.Throw<ExternType>("not assembled");

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Global;

    /// <summary>Its value. Setting throws <see cref="System.InvalidOperationException"/> on an immutable global and <see cref="System.ArgumentException"/> for another kind.</summary>
    public Value Value
    {
        get => EngineBug.Throw<Value>("not assembled");
        set => EngineBug.Throw("not assembled");
    }
}
