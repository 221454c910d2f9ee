using System;
using System.Threading.Tasks;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;

namespace Kiln;

/// <summary>
/// A call whose guest waits while no thread is with it; made when the guest first waits. Arguments and results lie in the
/// store's pinned slots, which no other call uses before this one is over.
/// </summary>
internal sealed class AsyncCall : GuestCall
{
    private readonly Func _function;
    private readonly ValueSlot[] _slots;
    private readonly Memory<Value> _results;
    private readonly long _measuring;

    // Continuations run on the thread on which the guest ended, which has nothing else to do.
    private readonly TaskCompletionSource<TrapException?> _end = new();

    private AsyncCall(Func function, ValueSlot[] slots, Memory<Value> results, long measuring) : base(function.Store.Guest)
    {
        _function = function;
        _slots = slots;
        _results = results;
        _measuring = measuring;
    }

    /// <summary>Calls a function: at once, as far as its guest does not wait. Its trap, or null.</summary>
    public static ValueTask<TrapException?> Run(Func function, ReadOnlySpan<Value> arguments, Memory<Value> results)
    {
        Store store = function.Store;
        StoreOwnership? entered = store.Guest.Enter();

        // From within a host function: its guest is below this call on the thread.
        if (entered is null) return ValueTask.FromResult(function.TryCall(arguments, results.Span));
        AsyncCall? call = null;
        try
        {
            ValueSlot[] slots = store.PinnedSlots(function.Guest.SlotCount);
            function.WriteArguments(arguments, results.Span, slots);
            long measuring = store.BeginMeasuring();
            bool isOver = true;
            TrapReport? report;
            try
            {
                isOver = store.Guest.Start(function.Guest, slots, out report);
            }
            finally
            {
                if (isOver) store.EndMeasuring(measuring);
            }

            if (isOver)
            {
                if (report is not null) return ValueTask.FromResult<TrapException?>(Store.ToException(report));
                function.ReadResults(slots, results.Span);
                return default;
            }

            call = new AsyncCall(function, slots, results, measuring);
        }
        finally
        {
            if (call is null) GuestStore.Leave(entered);
        }

        store.Guest.Park(call);
        return new ValueTask<TrapException?>(call._end.Task);
    }

    /// <inheritdoc/>
    protected override void OnReturned() => _function.ReadResults(_slots, _results.Span);

    /// <inheritdoc/>
    protected override void OnLeaving() => _function.Store.EndMeasuring(_measuring);

    /// <inheritdoc/>
    protected override void OnEnded(TrapReport? trap, Exception? exception)
    {
        if (exception is not null) _end.SetException(exception);
        else _end.SetResult(trap is null ? null : Store.ToException(trap));
    }
}
