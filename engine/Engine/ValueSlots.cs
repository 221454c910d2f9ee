using System;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln;

/// <summary>
/// Values to slots and back, with the checks that keep one store's references out of another and the types sound. Writing
/// external references may collect, so whoever writes or reads them has entered the store, and passes what it wrote on
/// before it writes more.
/// </summary>
internal static class ValueSlots
{
    /// <summary>Writes values of types <paramref name="types"/> (with engine-wide indices) to slots.</summary>
    /// <exception cref="ArgumentException">A value is of another kind, null where null is not allowed, or a function of another type.</exception>
    /// <exception cref="StoreUseException">A function belongs to another store.</exception>
    public static void Write(Store store, ReadOnlySpan<Value> values, ImmutableArray<ValType> types, Span<ValueSlot> slots)
    {
        int handles = 0;
        foreach (ref readonly Value value in values)
        {
            if (value.Kind == ValueKind.ExternRef) handles++;
        }

        if (handles != 0) store.Guest.ReserveHandles(handles);
        for (int i = 0; i < types.Length; i++) slots[i] = Convert(store, values[i], types[i]);
    }

    /// <summary>The slot of one value; see <see cref="Write"/>.</summary>
    public static ValueSlot ToSlot(Store store, in Value value, ValType type)
    {
        if (value.Kind == ValueKind.ExternRef) store.Guest.ReserveHandles(1);
        return Convert(store, value, type);
    }

    private static ValueSlot Convert(Store store, in Value value, ValType type)
    {
        if (!type.IsRef)
        {
            if (ExternTypes.TypeOf(value.Kind) != type) ThrowKind(value.Kind, type);
            return new ValueSlot { Low = value.LowBits, High = value.HighBits };
        }

        TypeRegistry types = store.Guest.Runtime.Types;
        ValueKind kind = ExternTypes.KindOf(type, types);
        if (value.Kind != kind) ThrowKind(value.Kind, type);
        if (value.Reference is null)
        {
            if (!type.IsNullable) throw new ArgumentException($"null is not a value of type {type}");
            return default;
        }

        if (kind == ValueKind.ExternRef) return new ValueSlot { Low = store.Guest.ReferenceOf(value.Reference) };
        Func function = (Func)value.Reference;
        if (function.Store != store) throw new StoreUseException("a function of another store");
        if (!types.Matches(ValType.Ref(HeapType.FromIndex(function.Guest.TypeId), false), type))
            throw new ArgumentException($"a function of type {function.Type} is not a value of type {type}");
        return new ValueSlot { Low = function.Guest.Reference };
    }

    /// <summary>The value in a slot.</summary>
    public static Value FromSlot(Store store, in ValueSlot slot, ValueKind kind) => kind switch
    {
        ValueKind.I32 or ValueKind.F32 => new Value(kind, (uint)slot.Low),
        ValueKind.I64 or ValueKind.F64 => new Value(kind, slot.Low),
        ValueKind.V128 => new Value(kind, slot.Low, slot.High),
        ValueKind.FuncRef => Value.FromFunc(store.Guest.FunctionOf(slot.Low) is { } function ? Func.Of(store, function) : null),
        ValueKind.ExternRef => Value.FromExtern(store.Guest.ObjectOf(slot.Low)),
    };

    [DoesNotReturn]
    private static void ThrowKind(ValueKind given, ValType wanted) =>
        throw new ArgumentException($"a value of kind {ExternType.Text(given)} where {wanted} is needed");
}
