using System;
using Kiln.Wasm.Types;

namespace Kiln.Contract.Layout;

/// <summary>
/// How compiled code and runtime represent a reference, by its heap type. A reference to a function is the address of its
/// <see cref="VmFuncRefLayout"/>, which lives as long as the store and is no root. Every other reference is a handle: a
/// 32-bit number, zero-extended to 64 bits, of an object that lives as long as some root holds a handle of it.
/// Null is 0 for both.
/// </summary>
public static class ReferenceShape
{
    /// <summary>True if references of a module's heap type are handles. An index outside of <paramref name="types"/> names a function type.</summary>
    public static bool IsHandle(HeapType heap, ReadOnlySpan<SubType> types) =>
        heap.IsConcrete ? heap.TypeIndex < (uint)types.Length && types[(int)heap.TypeIndex].Composite is not FuncType : IsHandle(heap.Kind);

    /// <summary>True if references of a heap type with engine-wide indices are handles.</summary>
    public static bool IsHandle(HeapType heap, TypeRegistry types) =>
        heap.IsConcrete ? types[heap.TypeIndex].Composite is not FuncType : IsHandle(heap.Kind);

    /// <summary>True if values of a type with engine-wide indices are handles.</summary>
    public static bool IsHandle(ValType type, TypeRegistry types) => type.IsRef && IsHandle(type.HeapType, types);

    private static bool IsHandle(HeapKind kind) => kind is not (HeapKind.Func or HeapKind.NoFunc or HeapKind.Bottom);
}
