using System;
using System.Collections.Generic;
using System.Runtime.Intrinsics;

namespace Kiln;

/// <summary>Which kind of Wasm value a .NET type stands for in typed delegates.</summary>
internal static class TypedValue
{
    /// <summary>The kind; throws <see cref="NotSupportedException"/> for a type that stands for none.</summary>
    public static ValueKind KindOf<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(int) || typeof(T) == typeof(uint)) return ValueKind.I32;
        if (typeof(T) == typeof(long) || typeof(T) == typeof(ulong)) return ValueKind.I64;
        if (typeof(T) == typeof(float)) return ValueKind.F32;
        if (typeof(T) == typeof(double)) return ValueKind.F64;
        if (typeof(T) == typeof(Vector128<byte>)) return ValueKind.V128;
        throw new NotSupportedException($"{typeof(T)} stands for no kind of Wasm value");
    }

    /// <summary>Refuses a function whose type is not the given one.</summary>
    public static void Check(Func function, ReadOnlySpan<ValueKind> parameters, ReadOnlySpan<ValueKind> results)
    {
        if (!Equal(function.Parameters, parameters) || !Equal(function.Results, results))
            throw new ArgumentException($"a function of type {function.Type} cannot be called as {ExternType.Func(parameters, results)}", nameof(function));
    }

    private static bool Equal(IReadOnlyList<ValueKind> kinds, ReadOnlySpan<ValueKind> others)
    {
        if (kinds.Count != others.Length) return false;
        for (int i = 0; i < others.Length; i++)
        {
            if (kinds[i] != others[i]) return false;
        }

        return true;
    }
}
