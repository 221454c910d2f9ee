using System;
using Kiln.Runtime.Hosts;

namespace Kiln;

/// <summary>
/// Host functions as typed delegates. Parameters and results may be int, uint, long, ulong, float, double and
/// Vector128&lt;byte&gt;; another type throws <see cref="NotSupportedException"/>. A call costs some ten nanoseconds and
/// allocates nothing.
/// </summary>
public static class LinkerTyped
{
    /// <summary>Defines a host function of 0 parameters without a result.</summary>
    public static Linker DefineFunc(this Linker linker, string module, string name, Action<Caller> body) =>
        Add(linker, module, name, [], [], (binding, slots) => body(new Caller(binding)));

    /// <summary>Defines a host function of 0 parameters with a result.</summary>
    public static Linker DefineFunc<TResult>(this Linker linker, string module, string name, Func<Caller, TResult> body)
        where TResult : unmanaged =>
        Add(linker, module, name, [], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding))));

    /// <summary>Defines a host function of 1 parameter without a result.</summary>
    public static Linker DefineFunc<T1>(this Linker linker, string module, string name, Action<Caller, T1> body)
        where T1 : unmanaged =>
        Add(linker, module, name, [Kind<T1>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>()));

    /// <summary>Defines a host function of 1 parameter with a result.</summary>
    public static Linker DefineFunc<T1, TResult>(this Linker linker, string module, string name, Func<Caller, T1, TResult> body)
        where T1 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>())));

    /// <summary>Defines a host function of 2 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2>(this Linker linker, string module, string name, Action<Caller, T1, T2> body)
        where T1 : unmanaged where T2 : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>()));

    /// <summary>Defines a host function of 2 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, TResult> body)
        where T1 : unmanaged where T2 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>())));

    /// <summary>Defines a host function of 3 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>()));

    /// <summary>Defines a host function of 3 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, TResult> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>())));

    /// <summary>Defines a host function of 4 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>()));

    /// <summary>Defines a host function of 4 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, TResult> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>())));

    /// <summary>Defines a host function of 5 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>()));

    /// <summary>Defines a host function of 5 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, TResult> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>())));

    /// <summary>Defines a host function of 6 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>()));

    /// <summary>Defines a host function of 6 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, TResult> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>())));

    /// <summary>Defines a host function of 7 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6, T7> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>(), Kind<T7>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>(), slots[6].Read<T7>()));

    /// <summary>Defines a host function of 7 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, T7, TResult> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>(), Kind<T7>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>(), slots[6].Read<T7>())));

    /// <summary>Defines a host function of 8 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6, T7, T8> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>(), Kind<T7>(), Kind<T8>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>(), slots[6].Read<T7>(), slots[7].Read<T8>()));

    /// <summary>Defines a host function of 8 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, T7, T8, TResult> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>(), Kind<T7>(), Kind<T8>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>(), slots[6].Read<T7>(), slots[7].Read<T8>())));

    /// <summary>Defines a host function of 9 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6, T7, T8, T9> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged where T9 : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>(), Kind<T7>(), Kind<T8>(), Kind<T9>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>(), slots[6].Read<T7>(), slots[7].Read<T8>(), slots[8].Read<T9>()));

    /// <summary>Defines a host function of 9 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged where T9 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>(), Kind<T7>(), Kind<T8>(), Kind<T9>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>(), slots[6].Read<T7>(), slots[7].Read<T8>(), slots[8].Read<T9>())));

    /// <summary>Defines a host function of 10 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged where T9 : unmanaged where T10 : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>(), Kind<T7>(), Kind<T8>(), Kind<T9>(), Kind<T10>()], [], (binding, slots) => body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>(), slots[6].Read<T7>(), slots[7].Read<T8>(), slots[8].Read<T9>(), slots[9].Read<T10>()));

    /// <summary>Defines a host function of 10 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> body)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged where T9 : unmanaged where T10 : unmanaged where TResult : unmanaged =>
        Add(linker, module, name, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>(), Kind<T7>(), Kind<T8>(), Kind<T9>(), Kind<T10>()], [Kind<TResult>()], (binding, slots) => slots[0].Write(body(new Caller(binding), slots[0].Read<T1>(), slots[1].Read<T2>(), slots[2].Read<T3>(), slots[3].Read<T4>(), slots[4].Read<T5>(), slots[5].Read<T6>(), slots[6].Read<T7>(), slots[7].Read<T8>(), slots[8].Read<T9>(), slots[9].Read<T10>())));

    private static ValueKind Kind<T>() where T : unmanaged => TypedValue.KindOf<T>();

    private static Linker Add(
        Linker linker, string module, string name, ReadOnlySpan<ValueKind> parameters, ReadOnlySpan<ValueKind> results, HostBody body) =>
        linker.Add(module, name, HostDefinition.FromSlots(linker.Engine, parameters, results, body));
}
