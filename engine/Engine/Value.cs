using System;
using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Kiln;

/// <summary>
/// A Wasm value of any kind: the kind, 128 bits, and for references the object. References to functions
/// are <see cref="Func"/> objects and belong to one store; external references are any host objects.
/// </summary>
public readonly struct Value : IEquatable<Value>
{
    private readonly ulong _low;
    private readonly ulong _high;
    private readonly object? _reference;

    internal Value(ValueKind kind, ulong low, ulong high = 0, object? reference = null)
    {
        Kind = kind;
        _low = low;
        _high = high;
        _reference = reference;
    }

    /// <summary>Which kind of value this is.</summary>
    public ValueKind Kind { get; }

    internal ulong LowBits => _low;

    internal ulong HighBits => _high;

    internal object? Reference => _reference;

    /// <summary>A 32-bit integer.</summary>
    public static Value FromInt32(int value) => new(ValueKind.I32, (uint)value);

    /// <summary>A 64-bit integer.</summary>
    public static Value FromInt64(long value) => new(ValueKind.I64, (ulong)value);

    /// <summary>A 32-bit float; the bits of a NaN are kept.</summary>
    public static Value FromSingle(float value) => new(ValueKind.F32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>A 64-bit float; the bits of a NaN are kept.</summary>
    public static Value FromDouble(double value) => new(ValueKind.F64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A 32-bit float given by its bits.</summary>
    public static Value FromSingleBits(uint bits) => new(ValueKind.F32, bits);

    /// <summary>A 64-bit float given by its bits.</summary>
    public static Value FromDoubleBits(ulong bits) => new(ValueKind.F64, bits);

    /// <summary>A vector; lane 0 is in the lowest bits.</summary>
    public static Value FromV128(Vector128<byte> value) => new(ValueKind.V128, value.AsUInt64()[0], value.AsUInt64()[1]);

    /// <summary>A reference to a function, or the null reference.</summary>
    public static Value FromFunc(Func? function) => new(ValueKind.FuncRef, 0, 0, function);

    /// <summary>A reference to a host object, or the null reference.</summary>
    public static Value FromExtern(object? host) => new(ValueKind.ExternRef, 0, 0, host);

    /// <summary>The value that locals, globals and table elements of a kind start with.</summary>
    public static Value Default(ValueKind kind) => new(kind, 0);

    /// <summary>The integer; throws <see cref="InvalidCastException"/> on another kind.</summary>
    public int AsInt32() => Kind == ValueKind.I32 ? (int)(uint)_low : throw Mismatch(ValueKind.I32);

    /// <summary>The integer; throws <see cref="InvalidCastException"/> on another kind.</summary>
    public long AsInt64() => Kind == ValueKind.I64 ? (long)_low : throw Mismatch(ValueKind.I64);

    /// <summary>The float; throws <see cref="InvalidCastException"/> on another kind.</summary>
    public float AsSingle() => Kind == ValueKind.F32 ? BitConverter.UInt32BitsToSingle((uint)_low) : throw Mismatch(ValueKind.F32);

    /// <summary>The float; throws <see cref="InvalidCastException"/> on another kind.</summary>
    public double AsDouble() => Kind == ValueKind.F64 ? BitConverter.UInt64BitsToDouble(_low) : throw Mismatch(ValueKind.F64);

    /// <summary>The float's bits; throws <see cref="InvalidCastException"/> on another kind.</summary>
    public uint AsSingleBits() => Kind == ValueKind.F32 ? (uint)_low : throw Mismatch(ValueKind.F32);

    /// <summary>The float's bits; throws <see cref="InvalidCastException"/> on another kind.</summary>
    public ulong AsDoubleBits() => Kind == ValueKind.F64 ? _low : throw Mismatch(ValueKind.F64);

    /// <summary>The vector; throws <see cref="InvalidCastException"/> on another kind.</summary>
    public Vector128<byte> AsV128() => Kind == ValueKind.V128 ? Vector128.Create(_low, _high).AsByte() : throw Mismatch(ValueKind.V128);

    /// <summary>The function or null; throws <see cref="InvalidCastException"/> on another kind.</summary>
    public Func? AsFunc() => Kind == ValueKind.FuncRef ? (Func?)_reference : throw Mismatch(ValueKind.FuncRef);

    /// <summary>The host object or null; throws <see cref="InvalidCastException"/> on another kind.</summary>
    public object? AsExtern() => Kind == ValueKind.ExternRef ? _reference : throw Mismatch(ValueKind.ExternRef);

    /// <summary>Whether this is a null reference.</summary>
    public bool IsNullReference => Kind is ValueKind.FuncRef or ValueKind.ExternRef && _reference is null;

    /// <summary>A 32-bit integer.</summary>
    public static implicit operator Value(int value) => FromInt32(value);

    /// <summary>A 64-bit integer.</summary>
    public static implicit operator Value(long value) => FromInt64(value);

    /// <summary>A 32-bit float.</summary>
    public static implicit operator Value(float value) => FromSingle(value);

    /// <summary>A 64-bit float.</summary>
    public static implicit operator Value(double value) => FromDouble(value);

    /// <summary>
    /// Reads a literal in the text format's spelling as a value of a kind: <c>-1</c>, <c>0xff</c>, <c>1.5</c>, <c>nan</c>,
    /// <c>i32x4 1 2 3 4</c> for a vector, <c>null</c> for a reference. False if the text is none, or out of the kind's range.
    /// </summary>
    public static bool TryParse(string text, ValueKind kind, out Value value) => Literals.TryParse(text, kind, out value);

    /// <summary>Same kind and same bits (NaNs with equal bits are equal), or the same object.</summary>
    public bool Equals(Value other) =>
        Kind == other.Kind && _low == other._low && _high == other._high && Equals(_reference, other._reference);

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is Value value && Equals(value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _low, _high, _reference);

    /// <summary>Same kind and bits.</summary>
    public static bool operator ==(Value left, Value right) => left.Equals(right);

    /// <summary>Not the same kind and bits.</summary>
    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    /// <summary>The text format, e.g. <c>i32:42</c>.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.I32 => $"i32:{AsInt32()}",
        ValueKind.I64 => $"i64:{AsInt64()}",
        ValueKind.F32 => $"f32:{AsSingle()}",
        ValueKind.F64 => $"f64:{AsDouble()}",
        ValueKind.V128 => $"v128:0x{_high:x16}{_low:x16}",
        ValueKind.FuncRef => _reference is null ? "funcref:null" : "funcref",
        ValueKind.ExternRef => $"externref:{_reference ?? "null"}",
    };

    [StackTraceHidden]
    private InvalidCastException Mismatch(ValueKind wanted) => new($"the value is {ExternType.Text(Kind)}, not {ExternType.Text(wanted)}");
}
