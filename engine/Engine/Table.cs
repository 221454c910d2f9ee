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
        StoreOwnership? entered = store.Guest.Enter();
        try
        {
            ValueSlot slot = ValueSlots.ToSlot(store, initial, element);
            return Of(store, store.Guest.CreateTable(new TableType(element, new Limits(minimum, maximum), false), slot.Low));
        }
        finally
        {
            GuestStore.Leave(entered);
        }
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
        get
        {
            StoreOwnership? entered = Store.Guest.Enter();
            try
            {
                if (!_table.TryGet(index, out ulong reference)) throw new ArgumentOutOfRangeException(nameof(index));
                return ValueSlots.FromSlot(Store, new ValueSlot { Low = reference }, _kind);
            }
            finally
            {
                GuestStore.Leave(entered);
            }
        }
        set => Fill(index, 1, value);
    }

    /// <summary>
    /// Sets <paramref name="count"/> elements from <paramref name="index"/> on. Throws <see cref="ArgumentOutOfRangeException"/> if one
    /// of them does not exist, <see cref="ArgumentException"/> for a value of another kind or type, and <see cref="StoreUseException"/> for
    /// a function of another store; then no element has changed.
    /// </summary>
    public void Fill(ulong index, ulong count, Value value)
    {
        StoreOwnership? entered = Store.Guest.Enter();
        try
        {
            ValueSlot slot = ValueSlots.ToSlot(Store, value, _table.Type.Element);
            if (!_table.TryFill(index, slot.Low, count)) throw new ArgumentOutOfRangeException(nameof(index));
        }
        finally
        {
            GuestStore.Leave(entered);
        }
    }

    /// <summary>
    /// Grows by <paramref name="count"/> elements; the length before, or -1 when a limit does not allow it. Throws as
    /// <see cref="Fill"/> for a value that cannot be an element.
    /// </summary>
    public long Grow(ulong count, Value initial)
    {
        StoreOwnership? entered = Store.Guest.Enter();
        try
        {
            ValueSlot slot = ValueSlots.ToSlot(Store, initial, _table.Type.Element);
            return _table.Grow(count, slot.Low);
        }
        finally
        {
            GuestStore.Leave(entered);
        }
    }

    internal static Table Of(Store store, GuestTable table) => (Table)(table.Owner ??= new Table(store, table));
}
