using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using Kiln.Contract;
using Kiln.Foundation.Diagnostics;
using Kiln.Runtime.Code;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Hosts;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Memories;
using Kiln.Runtime.References;
using Kiln.Runtime.Stacks;
using Kiln.Runtime.Stubs;
using Kiln.Runtime.Tables;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Stores;

/// <summary>
/// One sandbox: owns its instances, memories, tables, native blocks, stacks and a share in the code it runs. Used by one
/// thread at a time; a second one gets <see cref="IStoreErrors.Misuse"/>. Only interruption and the memory budget are open to
/// any thread. This part enters and leaves guests, <c>GuestStore.Suspension</c> goes on with those that wait, and
/// <c>GuestStore.Contents</c> holds what the store owns.
/// </summary>
public sealed unsafe partial class GuestStore : IDisposable
{
    private readonly Lock _ownerGate = new();
    private readonly VmStoreContext* _context;
    private readonly delegate* unmanaged[Cdecl]<Activation*, ulong, ulong, ulong, ValueSlot*, int> _entry;
    private readonly delegate* unmanaged[Cdecl]<Activation*, ulong, int> _resume;
    private readonly List<GuestStack> _stacks = [];
    private readonly GuestStack _firstStack;
    private readonly Activation* _firstActivation;
    private readonly ulong _usableStack;
    private GCHandle _self;
    private ExceptionDispatchInfo? _pendingException;
    private StoreOwnership _ownership = new(Thread.CurrentThread);
    private int _depth;
    private bool _deepStack;
    private string? _whyDead;

    /// <summary>Creates an empty store.</summary>
    public GuestStore(EngineRuntime runtime, StoreQuotas quotas)
    {
        runtime.AddUser();
        Runtime = runtime;
        Quotas = quotas;
        Memory = new MemoryBudget(quotas.MemoryBytes);
        _collectAlways = runtime.Options.Tunables.CollectAlways;
        _handles = new HandleTable(reuse: !_collectAlways);
        Interruption = new StoreInterruption(this, runtime.Clock);
        _entry = (delegate* unmanaged[Cdecl]<Activation*, ulong, ulong, ulong, ValueSlot*, int>)runtime.Stubs.Entry;
        _resume = (delegate* unmanaged[Cdecl]<Activation*, ulong, int>)runtime.Stubs.Resume;
        _usableStack = (ulong)Math.Max(quotas.StackBytes, 32 * 1024);
        do _context = (VmStoreContext*)AllocateBlock(sizeof(VmStoreContext));
        while ((uint)(nint)_context == 0); // the interrupt flag is tested against this
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        _context->Store = GCHandle.ToIntPtr(_self);
        _firstStack = runtime.Stacks.Rent(_usableStack);
        _stacks.Add(_firstStack);
        _firstActivation = _firstStack.Activation;
        _firstActivation->Parent = null;
        _firstActivation->PendingTrap = 0;
    }

    /// <summary>Frees what nobody disposed.</summary>
    ~GuestStore()
    {
        if (Runtime is not null) FreeAll(isDisposal: false);
    }

    /// <summary>The runtime it belongs to.</summary>
    public EngineRuntime Runtime { get; }

    /// <summary>What it may use.</summary>
    public StoreQuotas Quotas { get; }

    /// <summary>Its memory budget.</summary>
    public MemoryBudget Memory { get; }

    /// <summary>Its deadline and cancellation.</summary>
    public StoreInterruption Interruption { get; }

    /// <summary>What the public API made of it.</summary>
    public object? Owner { get; set; }

    /// <summary>Fuel left; negative when used up.</summary>
    public ref long Fuel
    {
        get
        {
            CheckAlive();
            return ref _context->FuelLeft;
        }
    }

    /// <summary>Whether an engine bug happened in it.</summary>
    public bool IsPoisoned { get; private set; }

    /// <summary>Whether it was disposed or poisoned.</summary>
    public bool IsDead => _ownership == StoreOwnership.Dead;

    internal VmStoreContext* Context => _context;

    /// <summary>Refuses a store that is disposed or poisoned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CheckAlive()
    {
        if (_ownership == StoreOwnership.Dead) ThrowDead();
    }

    /// <summary>
    /// Takes the store for the calling thread; what it returns is for <see cref="Leave"/>: null if the thread was inside
    /// already. A misuse if another thread is inside, or the store is dead.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StoreOwnership? Enter()
    {
        StoreOwnership ownership = _ownership;
        if (ownership.Thread != Thread.CurrentThread) return TakeOver();
        if (ownership.Active) return null;
        ownership.Active = true;
        if (Volatile.Read(ref _ownership) == ownership) return ownership;
        ownership.Active = false;
        return TakeOver();
    }

    /// <summary>Lets go of the store, if <see cref="Enter"/> took it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Leave(StoreOwnership? entered)
    {
        if (entered is not null) entered.Active = false;
    }

    /// <summary>
    /// Calls a function of this store: parameters are in <paramref name="slots"/> from 0 on, results come there. Null if
    /// it returned, else its trap. Throws again what a host function threw, and <see cref="EngineBug"/>.
    /// </summary>
    public TrapReport? Invoke(GuestFunction function, Span<ValueSlot> slots)
    {
        if (function.Store != this) ThrowForeign();
        if (slots.Length < function.SlotCount) ThrowSlots();
        StoreOwnership? entered = Enter();
        VmStoreContext* context = _context;
        if (context->Current != null) return InvokeNested(function, slots);

        Activation* activation = _firstActivation;
        context->Current = activation;
        VmFuncRef* record = function.Record;
        fixed (ValueSlot* first = slots)
        {
            EntryStatus status = (EntryStatus)_entry(activation, function.EntryTrampoline, record->Code, record->Context, first);
            if (status != EntryStatus.Returned) return Stopped(status, _firstStack, entered);
        }

        context->Current = null;
        Leave(entered);
        GC.KeepAlive(this);
        return null;
    }

    // A host function calls back into its store: one more stack, as long as the thread and the limit allow. The thread has
    // entered the store already.
    private TrapReport? InvokeNested(GuestFunction function, Span<ValueSlot> slots)
    {
        VmStoreContext* context = _context;
        Activation* parent = context->Current;
        if (_depth + 1 >= Runtime.Options.MaxNestedCalls || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return new TrapReport(Trap.StackOverflow, StackWalk.FromHostCall(Runtime, parent));

        if (_stacks.Count == _depth + 1) _stacks.Add(Runtime.Stacks.Rent(_usableStack));
        GuestStack stack = _stacks[++_depth];
        Activation* activation = stack.Activation;
        activation->Parent = parent;
        activation->PendingTrap = 0;
        context->Current = activation;
        VmFuncRef* record = function.Record;
        try
        {
            fixed (ValueSlot* first = slots)
            {
                EntryStatus status = (EntryStatus)_entry(activation, function.EntryTrampoline, record->Code, record->Context, first);
                if (status != EntryStatus.Returned) return Stopped(status, stack, null);
            }

            context->Current = parent;
            return null;
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>Makes the guest that called the host unwind to its entry, which throws <paramref name="exception"/> again.</summary>
    internal void UnwindWith(Exception exception) => _pendingException = ExceptionDispatchInfo.Capture(exception);

    /// <summary>Makes the guest that called the builtin or host function trap.</summary>
    internal void UnwindWith(Trap trap) => _context->Current->PendingTrap = (uint)trap;

    /// <summary>Takes the store out of service; it can only be disposed.</summary>
    internal void Poison(string message, string dump)
    {
        IsPoisoned = true;
        _whyDead = "an engine bug happened in the store";
        lock (_ownerGate) _ownership = StoreOwnership.Dead;
        Runtime.Options.OnEngineBug?.Invoke(message, dump);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsDead && !IsPoisoned) return;
        Waiter? abandoned = null;
        if (!IsDead && !TryAbandon(out abandoned))
        {
            if (Enter() is null || _context->Current != null) throw Runtime.Errors.Misuse("a store cannot be disposed while a guest of it runs");
        }

        _whyDead = "the store is disposed";
        lock (_ownerGate) _ownership = StoreOwnership.Dead;
        IsPoisoned = false;
        Interruption.Dispose();
        FreeAll(isDisposal: true);
        GC.SuppressFinalize(this);
        abandoned?.Continue();
    }

    private TrapReport? Stopped(EntryStatus status, GuestStack stack, StoreOwnership? entered)
    {
        try
        {
            if (status == EntryStatus.Suspended) status = WaitAndResume(stack.Activation);
            return status == EntryStatus.Returned ? null : ReasonOf(status, stack);
        }
        finally
        {
            _context->Current = stack.Activation->Parent;
            Leave(entered);
        }
    }

    private TrapReport ReasonOf(EntryStatus status, GuestStack stack)
    {
        Activation* activation = stack.Activation;
        if (status == EntryStatus.Unwound)
        {
            Trap pendingTrap = (Trap)activation->PendingTrap;
            activation->PendingTrap = 0;
            if (Interlocked.Exchange(ref _pendingException, null) is { } pending) pending.Throw();
            return new TrapReport(pendingTrap, StackWalk.FromHostCall(Runtime, activation));
        }

        Trap trap = FaultClassifier.Classify(this, stack, activation);
        if (trap == Trap.None)
        {
            string dump = FaultClassifier.Describe(this, activation);
            Poison("a guest faulted where no trap is possible", dump);
            EngineBug.Throw($"a guest faulted where no trap is possible: {dump}", dump);
        }

        if (trap == Trap.StackOverflow) _deepStack = true;
        return new TrapReport(trap, StackWalk.FromFault(Runtime, activation, trap));
    }

    private StoreOwnership? TakeOver()
    {
        Thread thread = Thread.CurrentThread;
        lock (_ownerGate)
        {
            CheckAlive();
            StoreOwnership before = _ownership;
            if (before.Thread == thread)
            {
                if (before.Active) return null;
                before.Active = true;
                return before;
            }

            if (before.Active) ThrowTaken();
            StoreOwnership mine = new(thread);
            Volatile.Write(ref _ownership, mine);
            Interlocked.MemoryBarrierProcessWide();
            if (before.Active)
            {
                Volatile.Write(ref _ownership, before);
                ThrowTaken();
            }

            mine.Active = true;
            return mine;
        }
    }

    [DoesNotReturn]
    private void ThrowTaken() =>
        throw Runtime.Errors.Misuse(_ownership == StoreOwnership.Parked ? "the store is in use: its guest waits" : "the store is in use by another thread");

    [DoesNotReturn]
    private void ThrowDead() => throw Runtime.Errors.Misuse(_whyDead ?? "the store is disposed");

    [DoesNotReturn]
    private void ThrowForeign() => throw Runtime.Errors.Misuse("the function belongs to another store");

    [DoesNotReturn]
    private static void ThrowSlots() => throw new ArgumentException("too few slots for the function's parameters and results");
}
