using System;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Tables;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln;

/// <summary>A table of references.</summary>
public sealed class Table : Extern
{
    private readonly GuestTable _table;
    private readonly ValueKind _kind;

    private Table(Store store, GuestTable table) : base(store)
    {
        _table = table;
        _kind = ExternTypes.KindOf(table.Type.Element, store.Guest.Runtime.Types);
    }

    /// <summary>Creates a table of <paramref name="minimum"/> elements of kind <paramref name="kind"/>. Throws <see cref="StoreLimitException"/>.</summary>
    public static Table Create(Store store, ValueKind kind, ulong minimum, ulong? maximum, Value initial)
    {
        if (kind is not (ValueKind.FuncRef or ValueKind.ExternRef)) throw new ArgumentException($"a table cannot hold {ExternType.Text(kind)}", nameof(kind));
        if (minimum > maximum || maximum > uint.MaxValue) throw new ArgumentOutOfRangeException(nameof(minimum));
        ValType element = ExternTypes.TypeOf(kind);
        ValueSlot slot = ValueSlots.ToSlot(store, initial, element);
        return Of(store, store.Guest.CreateTable(new TableType(element, new Limits(minimum, maximum), false), slot.Low));
    }

    /// <inheritdoc/>
    public override ExternType Type => ExternTypes.Of(_table.CurrentType, Store.Guest.Runtime.Types);

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Table;

    internal override object Definition => _table;

    /// <summary>Number of elements.</summary>
    public ulong Length => _table.Length;

    /// <summary>An element; throws <see cref="ArgumentOutOfRangeException"/> outside, and <see cref="ArgumentException"/> for a value of another kind.</summary>
    public Value this[ulong index]
    {
        get => _table.TryGet(index, out ulong reference)
            ? ValueSlots.FromSlot(Store, new ValueSlot { Low = reference }, _kind)
            : throw new ArgumentOutOfRangeException(nameof(index));
        set
        {
            if (!_table.TrySet(index, ValueSlots.ToSlot(Store, value, _table.Type.Element).Low)) throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    /// <summary>Grows by <paramref name="count"/> elements; the length before, or -1 when a limit does not allow it.</summary>
    public long Grow(ulong count, Value initial)
    {
        ValueSlot slot = ValueSlots.ToSlot(Store, initial, _table.Type.Element);
        StoreOwnership? entered = Store.Guest.Enter();
        long before = _table.Grow(count, slot.Low);
        GuestStore.Leave(entered);
        return before;
    }

    internal static Table Of(Store store, GuestTable table) => (Table)(table.Owner ??= new Table(store, table));
}
