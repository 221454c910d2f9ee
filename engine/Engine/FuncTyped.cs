using System;
using System.Runtime.CompilerServices;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Vm;

namespace Kiln;

/// <summary>
/// Guest functions as typed delegates. Parameters and results may be int, uint, long, ulong, float, double and
/// Vector128&lt;byte&gt;. Getting the delegate throws <see cref="ArgumentException"/> when the function has another type;
/// calling it costs some ten nanoseconds, allocates nothing, and throws what <see cref="Func.Call(ReadOnlySpan{Value}, Span{Value})"/> throws.
/// </summary>
public static class FuncTyped
{
    /// <summary>The function as a delegate of 0 parameters without a result.</summary>
    public static Action GetTypedAction(this Func function)
    {
        TypedValue.Check(function, [], []);
        return () =>
        {
            Run(function, []);
        };
    }

    /// <summary>The function as a delegate of 0 parameters with a result.</summary>
    public static Func<TResult> GetTypedFunc<TResult>(this Func function)
        where TResult : unmanaged
    {
        TypedValue.Check(function, [], [Kind<TResult>()]);
        return () =>
        {
            ValueSlot slot = default;
            Run(function, new Span<ValueSlot>(ref slot));
            return slot.Read<TResult>();
        };
    }

    /// <summary>The function as a delegate of 1 parameter without a result.</summary>
    public static Action<T1> GetTypedAction<T1>(this Func function)
        where T1 : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>()], []);
        return (a1) =>
        {
            ValueSlot slot = default;
            slot.Write(a1);
            Run(function, new Span<ValueSlot>(ref slot));
        };
    }

    /// <summary>The function as a delegate of 1 parameter with a result.</summary>
    public static Func<T1, TResult> GetTypedFunc<T1, TResult>(this Func function)
        where T1 : unmanaged where TResult : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>()], [Kind<TResult>()]);
        return (a1) =>
        {
            ValueSlot slot = default;
            slot.Write(a1);
            Run(function, new Span<ValueSlot>(ref slot));
            return slot.Read<TResult>();
        };
    }

    /// <summary>The function as a delegate of 2 parameters without a result.</summary>
    public static Action<T1, T2> GetTypedAction<T1, T2>(this Func function)
        where T1 : unmanaged where T2 : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>()], []);
        return (a1, a2) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            Run(function, slots);
        };
    }

    /// <summary>The function as a delegate of 2 parameters with a result.</summary>
    public static Func<T1, T2, TResult> GetTypedFunc<T1, T2, TResult>(this Func function)
        where T1 : unmanaged where T2 : unmanaged where TResult : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>()], [Kind<TResult>()]);
        return (a1, a2) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            Run(function, slots);
            return slots[0].Read<TResult>();
        };
    }

    /// <summary>The function as a delegate of 3 parameters without a result.</summary>
    public static Action<T1, T2, T3> GetTypedAction<T1, T2, T3>(this Func function)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>(), Kind<T3>()], []);
        return (a1, a2, a3) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            slots[2].Write(a3);
            Run(function, slots);
        };
    }

    /// <summary>The function as a delegate of 3 parameters with a result.</summary>
    public static Func<T1, T2, T3, TResult> GetTypedFunc<T1, T2, T3, TResult>(this Func function)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where TResult : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>(), Kind<T3>()], [Kind<TResult>()]);
        return (a1, a2, a3) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            slots[2].Write(a3);
            Run(function, slots);
            return slots[0].Read<TResult>();
        };
    }

    /// <summary>The function as a delegate of 4 parameters without a result.</summary>
    public static Action<T1, T2, T3, T4> GetTypedAction<T1, T2, T3, T4>(this Func function)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>()], []);
        return (a1, a2, a3, a4) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            slots[2].Write(a3);
            slots[3].Write(a4);
            Run(function, slots);
        };
    }

    /// <summary>The function as a delegate of 4 parameters with a result.</summary>
    public static Func<T1, T2, T3, T4, TResult> GetTypedFunc<T1, T2, T3, T4, TResult>(this Func function)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where TResult : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>()], [Kind<TResult>()]);
        return (a1, a2, a3, a4) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            slots[2].Write(a3);
            slots[3].Write(a4);
            Run(function, slots);
            return slots[0].Read<TResult>();
        };
    }

    /// <summary>The function as a delegate of 5 parameters without a result.</summary>
    public static Action<T1, T2, T3, T4, T5> GetTypedAction<T1, T2, T3, T4, T5>(this Func function)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>()], []);
        return (a1, a2, a3, a4, a5) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            slots[2].Write(a3);
            slots[3].Write(a4);
            slots[4].Write(a5);
            Run(function, slots);
        };
    }

    /// <summary>The function as a delegate of 5 parameters with a result.</summary>
    public static Func<T1, T2, T3, T4, T5, TResult> GetTypedFunc<T1, T2, T3, T4, T5, TResult>(this Func function)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where TResult : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>()], [Kind<TResult>()]);
        return (a1, a2, a3, a4, a5) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            slots[2].Write(a3);
            slots[3].Write(a4);
            slots[4].Write(a5);
            Run(function, slots);
            return slots[0].Read<TResult>();
        };
    }

    /// <summary>The function as a delegate of 6 parameters without a result.</summary>
    public static Action<T1, T2, T3, T4, T5, T6> GetTypedAction<T1, T2, T3, T4, T5, T6>(this Func function)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>()], []);
        return (a1, a2, a3, a4, a5, a6) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            slots[2].Write(a3);
            slots[3].Write(a4);
            slots[4].Write(a5);
            slots[5].Write(a6);
            Run(function, slots);
        };
    }

    /// <summary>The function as a delegate of 6 parameters with a result.</summary>
    public static Func<T1, T2, T3, T4, T5, T6, TResult> GetTypedFunc<T1, T2, T3, T4, T5, T6, TResult>(this Func function)
        where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged where T5 : unmanaged where T6 : unmanaged where TResult : unmanaged
    {
        TypedValue.Check(function, [Kind<T1>(), Kind<T2>(), Kind<T3>(), Kind<T4>(), Kind<T5>(), Kind<T6>()], [Kind<TResult>()]);
        return (a1, a2, a3, a4, a5, a6) =>
        {
            SlotBuffer slots = default;
            slots[0].Write(a1);
            slots[1].Write(a2);
            slots[2].Write(a3);
            slots[3].Write(a4);
            slots[4].Write(a5);
            slots[5].Write(a6);
            Run(function, slots);
            return slots[0].Read<TResult>();
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(Func function, Span<ValueSlot> slots)
    {
        TrapReport? report = function.Store.Run(function.Guest, slots);
        if (report is not null) Store.Throw(report);
    }

    private static ValueKind Kind<T>() where T : unmanaged => TypedValue.KindOf<T>();
}
