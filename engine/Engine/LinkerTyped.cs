using System;
using Kiln.Foundation.Diagnostics;

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
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 0 parameters with a result.</summary>
    public static Linker DefineFunc<TResult>(this Linker linker, string module, string name, Func<Caller, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 1 parameter without a result.</summary>
    public static Linker DefineFunc<T1>(this Linker linker, string module, string name, Action<Caller, T1> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 1 parameter with a result.</summary>
    public static Linker DefineFunc<T1, TResult>(this Linker linker, string module, string name, Func<Caller, T1, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 2 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2>(this Linker linker, string module, string name, Action<Caller, T1, T2> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 2 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 3 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 3 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 4 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 4 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 5 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 5 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 6 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 6 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 7 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6, T7> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 7 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, T7, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 8 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6, T7, T8> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 8 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, T7, T8, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 9 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6, T7, T8, T9> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 9 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 10 parameters without a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(this Linker linker, string module, string name, Action<Caller, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> body) =>
        EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function of 10 parameters with a result.</summary>
    public static Linker DefineFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(this Linker linker, string module, string name, Func<Caller, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> body) =>
        EngineBug.Throw<Linker>("not assembled");
}
