using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>A table of references.</summary>
public sealed class Table : Extern
{
    private Table(Store store) : base(store)
    {
    }

    /// <summary>Creates a table of <paramref name="minimum"/> elements of kind <paramref name="kind"/>. Throws <see cref="StoreLimitException"/>.</summary>
    public static Table Create(Store store, ValueKind kind, ulong minimum, ulong? maximum, Value initial) => EngineBug.Throw<Table>("not assembled");

    /// <inheritdoc/>
    public override ExternType Type => EngineBug.Throw<ExternType>("not assembled");

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Table;

    /// <summary>Number of elements.</summary>
    public ulong Length => EngineBug.Throw<ulong>("not assembled");

    /// <summary>An element; throws <see cref="System.ArgumentOutOfRangeException"/> outside, and <see cref="System.ArgumentException"/> for a value of another kind.</summary>
    public Value this[ulong index]
    {
        get => EngineBug.Throw<Value>("not assembled");
        set => EngineBug.Throw("not assembled");
    }

    /// <summary>Grows by <paramref name="count"/> elements; the length before, or -1 when a limit does not allow it.</summary>
    public long Grow(ulong count, Value initial) => EngineBug.Throw<long>("not assembled");
}
