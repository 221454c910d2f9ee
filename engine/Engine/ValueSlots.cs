using System;
using System.Diagnostics.CodeAnalysis;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln;

/// <summary>Values to slots and back, with the checks that keep one store's references out of another and the types sound.</summary>
internal static class ValueSlots
{
    /// <summary>The slot of a value of type <paramref name="type"/> (with engine-wide indices).</summary>
    /// <exception cref="ArgumentException">The value is of another kind, null where null is not allowed, or a function of another type.</exception>
    /// <exception cref="StoreUseException">The function belongs to another store.</exception>
    public static ValueSlot ToSlot(Store store, in Value value, ValType type)
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
