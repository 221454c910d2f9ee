namespace Kiln;

/// <summary>Something that can be imported and exported: a <see cref="Func"/>, <see cref="Memory"/>, <see cref="Table"/> or <see cref="Global"/>. It lives as long as its store.</summary>
public abstract class Extern
{
    private protected Extern(Store store) => Store = store;

    /// <summary>The store it belongs to.</summary>
    public Store Store { get; }

    /// <summary>Its type.</summary>
    public abstract ExternType Type { get; }

    /// <summary>What it is.</summary>
    public abstract ExternKind Kind { get; }
}
