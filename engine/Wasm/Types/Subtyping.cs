// The subtype relation of the specification (core spec, section 3.3), over any type index space. Concrete
// types compare by canonical index, so equivalent recursion groups are the same type; declared supertypes are
// followed one by one (the chain is at most DecodeOptions.MaxSubtypingDepth long).

namespace Kiln.Wasm.Types;

/// <summary>A type index space: that of a module, or the engine's.</summary>
internal interface ITypeSpace
{
    /// <summary>The index that stands for all types equivalent to this one.</summary>
    uint Canonical(uint typeIndex);

    /// <summary>The declared supertype, or -1.</summary>
    long SupertypeOf(uint typeIndex);

    /// <summary>The abstract type right above the type: func, struct, array or cont.</summary>
    HeapKind KindOf(uint typeIndex);
}

/// <summary>Subtyping of value and heap types.</summary>
internal static class Subtyping
{
    /// <summary>True if a value of type <paramref name="sub"/> can be used as <paramref name="super"/>.</summary>
    public static bool Matches<TSpace>(TSpace space, ValType sub, ValType super) where TSpace : ITypeSpace
    {
        if (sub == super || sub.IsBottom) return true;
        if (!sub.IsRef || !super.IsRef) return false;
        if (sub.IsNullable && !super.IsNullable) return false;
        return Matches(space, sub.HeapType, super.HeapType);
    }

    /// <summary>True if <paramref name="sub"/> is below or equal to <paramref name="super"/>.</summary>
    public static bool Matches<TSpace>(TSpace space, HeapType sub, HeapType super) where TSpace : ITypeSpace
    {
        if (sub == super || sub.Kind == HeapKind.Bottom) return true;
        if (super.IsConcrete)
        {
            return sub.IsConcrete
                ? IsDeclaredSubtype(space, sub.TypeIndex, super.TypeIndex)
                : sub.Kind == BottomOf(space.KindOf(super.TypeIndex));
        }

        return IsAbstractSubtype(sub.IsConcrete ? space.KindOf(sub.TypeIndex) : sub.Kind, super.Kind);
    }

    /// <summary>The top of the hierarchy that a heap type belongs to: any, func, extern, exn or cont.</summary>
    public static HeapKind TopOf<TSpace>(TSpace space, HeapType heap) where TSpace : ITypeSpace
    {
        HeapKind kind = heap.IsConcrete ? space.KindOf(heap.TypeIndex) : heap.Kind;
        return kind switch
        {
            HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None => HeapKind.Any,
            HeapKind.Func or HeapKind.NoFunc => HeapKind.Func,
            HeapKind.Extern or HeapKind.NoExtern => HeapKind.Extern,
            HeapKind.Exn or HeapKind.NoExn => HeapKind.Exn,
            HeapKind.Cont or HeapKind.NoCont => HeapKind.Cont,
            HeapKind.Bottom or HeapKind.Concrete => HeapKind.Bottom,
        };
    }

    private static bool IsDeclaredSubtype<TSpace>(TSpace space, uint sub, uint super) where TSpace : ITypeSpace
    {
        uint target = space.Canonical(super);
        for (long at = sub; at >= 0; at = space.SupertypeOf((uint)at))
        {
            if (space.Canonical((uint)at) == target) return true;
        }

        return false;
    }

    private static bool IsAbstractSubtype(HeapKind sub, HeapKind super) => sub == super || super switch
    {
        HeapKind.Any => sub is HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None,
        HeapKind.Eq => sub is HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None,
        HeapKind.I31 or HeapKind.Struct or HeapKind.Array => sub == HeapKind.None,
        HeapKind.Func => sub == HeapKind.NoFunc,
        HeapKind.Extern => sub == HeapKind.NoExtern,
        HeapKind.Exn => sub == HeapKind.NoExn,
        HeapKind.Cont => sub == HeapKind.NoCont,
        HeapKind.None or HeapKind.NoFunc or HeapKind.NoExtern or HeapKind.NoExn or HeapKind.NoCont or HeapKind.Bottom
            or HeapKind.Concrete => false,
    };

    private static HeapKind BottomOf(HeapKind kind) => kind switch
    {
        HeapKind.Func => HeapKind.NoFunc,
        HeapKind.Cont => HeapKind.NoCont,
        HeapKind.Struct or HeapKind.Array => HeapKind.None,
        HeapKind.Bottom or HeapKind.Extern or HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Exn or HeapKind.None
            or HeapKind.NoFunc or HeapKind.NoExtern or HeapKind.NoExn or HeapKind.NoCont or HeapKind.Concrete => HeapKind.Bottom,
    };
}
