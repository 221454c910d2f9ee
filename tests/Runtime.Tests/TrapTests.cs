using System;
using System.Threading;
using System.Threading.Tasks;
using Iced.Intel;
using Kiln.Contract;
using Kiln.Foundation.Diagnostics;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Runtime.Tests;

public sealed unsafe class TrapTests : IDisposable
{
    private readonly EngineRuntime _runtime = TestRuntime.Create();
    private readonly GuestStore _store;
    private readonly ValueSlot[] _slots = new ValueSlot[1];

    public TrapTests() => _store = TestRuntime.CreateStore(_runtime);

    public void Dispose()
    {
        _store.Dispose();
        _runtime.Dispose();
    }

    [Fact]
    public void Call_Returning_PassesValues()
    {
        GuestProgram program = new();
        program.Add(0, a => { a.mov(rax, __[rsi]); a.add(rax, 1); a.mov(__[rsi], rax); a.ret(); });
        GuestFunction function = program.Load(_runtime).Function(_store, 0);
        _slots[0].Low = 41;
        Assert.Null(_store.Invoke(function, _slots));
        Assert.Equal(42UL, _slots[0].Low);
    }

    [Fact]
    public void Hlt_InTrapTable_TrapsWithItsCodeAndBacktrace()
    {
        GuestProgram program = new();
        int callee = program.Add(24, (a, traps) =>
        {
            Label site = a.CreateLabel();
            a.sub(rsp, 24);
            a.nop();
            a.Label(ref site);
            a.hlt();
            traps.Add((site, Trap.Unreachable));
        });
        program.Add(8, a => { a.sub(rsp, 8); a.call(rdi); a.add(rsp, 8); a.ret(); });
        LoadedProgram loaded = program.Load(_runtime);
        ulong calleeCode = loaded.Function(_store, callee).Record->Code;
        TrapReport? report = _store.Invoke(loaded.Function(_store, 1, calleeCode), _slots);
        Assert.Equal(Trap.Unreachable, report!.Trap);
        Assert.Equal([new GuestFrame("test", 0, null, 1000), new GuestFrame("test", 1, null, 2000)], report.Frames);
    }

    [Fact]
    public void Load_PastMemory_TrapsOutOfBounds()
    {
        LinearMemory memory = _store.CreateMemory(new MemoryType(new Limits(1, null), false, false, 16));
        GuestFunction load = LoadFunction(Trap.MemoryOutOfBounds);
        _slots[0].Low = (ulong)memory.Cell->Base + 65528;
        Assert.Null(_store.Invoke(load, _slots));
        _slots[0].Low = (ulong)memory.Cell->Base + 65529;
        Assert.Equal(Trap.MemoryOutOfBounds, _store.Invoke(load, _slots)!.Trap);
        _slots[0].Low = (ulong)memory.Cell->Base + (6UL << 30) - 8;
        Assert.Equal(Trap.MemoryOutOfBounds, _store.Invoke(load, _slots)!.Trap);
    }

    [Fact]
    public void Fault_AtForeignAddress_IsEngineBugAndPoisonsStoreOnly()
    {
        string? logged = null;
        using EngineRuntime runtime = TestRuntime.Create(onBug: (_, dump) => logged = dump);
        using GuestStore bad = TestRuntime.CreateStore(runtime);
        using GuestStore good = TestRuntime.CreateStore(runtime);
        GuestProgram program = LoadProgram(Trap.MemoryOutOfBounds);
        LoadedProgram loaded = program.Load(runtime);
        _slots[0].Low = 0x100000; // beyond the null page, where checked accesses fault on purpose
        EngineBug bug = Assert.Throws<EngineBug>(() => bad.Invoke(loaded.Function(bad, 0), _slots));
        Assert.Contains("address 0x100000", bug.Message);
        Assert.Equal(bug.Dump, logged);
        Assert.True(bad.IsPoisoned);
        Assert.Throws<StoreMisuse>(() => bad.Invoke(loaded.Function(good, 0), _slots));

        LinearMemory memory = good.CreateMemory(new MemoryType(new Limits(1, null), false, false, 16));
        _slots[0].Low = (ulong)memory.Cell->Base;
        Assert.Null(good.Invoke(loaded.Function(good, 0), _slots));
    }

    // Cannot happen, for the routine has checked all bounds: here the memory it is given is a lie.
    [Fact]
    public unsafe void Fault_InABulkRoutine_IsEngineBugOfItsCaller()
    {
        VmMemory lie = new() { Base = (byte*)0x100000, ByteLength = 1 << 30 };
        ulong memory = (ulong)&lie;
        GuestProgram program = new();
        program.Add(8, a =>
        {
            a.sub(rsp, 8);
            a.mov(rax, _runtime.Stubs.Builtins[(int)Builtin.MemoryFill]);
            a.mov(rsi, memory);
            a.mov(edx, 16);
            a.mov(ecx, 1);
            a.mov(r8d, 100);
            a.call(rax);
            a.add(rsp, 8);
            a.ret();
        });
        LoadedProgram loaded = program.Load(_runtime);
        using GuestStore store = TestRuntime.CreateStore(_runtime);
        EngineBug bug = Assert.Throws<EngineBug>(() => store.Invoke(loaded.Function(store, 0), _slots));
        Assert.Contains("in a stub called in 'test', Function 0", bug.Message);
        Assert.Contains("address 0x100010", bug.Message);
        Assert.True(store.IsPoisoned);
    }

    [Fact]
    public void Fault_WithoutTrapTableEntry_IsEngineBug()
    {
        GuestProgram program = new();
        program.Add(0, a => { a.hlt(); });
        LoadedProgram loaded = program.Load(_runtime);
        using GuestStore store = TestRuntime.CreateStore(_runtime);
        Assert.Throws<EngineBug>(() => store.Invoke(loaded.Function(store, 0), _slots));
    }

    [Fact]
    public void Recursion_Endless_OverflowsOnEveryKindOfThread()
    {
        LoadedProgram loaded = Recursion().Load(_runtime);
        Assert.Equal(Trap.StackOverflow, Overflow(loaded));
        Thread small = new(() => Assert.Equal(Trap.StackOverflow, Overflow(loaded)), 128 * 1024);
        small.Start();
        small.Join();
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.Equal(Trap.StackOverflow, Overflow(loaded)));

        Trap Overflow(LoadedProgram program)
        {
            using GuestStore store = TestRuntime.CreateStore(_runtime);
            TrapReport? report = store.Invoke(program.Function(store, 0), new ValueSlot[1]);
            Assert.Equal(StackWalk.MaximumFrames, report!.Frames.Count);
            return report.Trap;
        }
    }

    [Fact]
    public void Recursion_InSmallerStack_IsShallower()
    {
        LoadedProgram loaded = Recursion().Load(_runtime);
        using GuestStore small = TestRuntime.CreateStore(_runtime, 64 * 1024);
        _slots[0].Low = 0;
        Assert.Equal(Trap.StackOverflow, small.Invoke(loaded.Function(small, 0), _slots)!.Trap);
        ulong shallow = _slots[0].Low;
        _slots[0].Low = 0;
        Assert.Equal(Trap.StackOverflow, _store.Invoke(loaded.Function(_store, 0), _slots)!.Trap);
        Assert.InRange(shallow, 1000UL, 64UL * 1024 / 48);
        Assert.InRange(_slots[0].Low, 15_000UL, (1UL << 20) / 48);
    }

    [Fact]
    public void ManagedFaults_AfterGuestTraps_StillBecomeExceptions()
    {
        LoadedProgram loaded = Recursion().Load(_runtime);
        GuestFunction function = loaded.Function(_store, 0);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Trap.StackOverflow, _store.Invoke(function, _slots)!.Trap);
            string? missing = i > 100 ? "" : null;
            Assert.Throws<NullReferenceException>(() => missing!.Length);
            int zero = i / 100;
            Assert.Throws<DivideByZeroException>(() => 1 / zero);
        }

        Assert.Throws<InsufficientExecutionStackException>(() => Dive(0));

        static int Dive(int depth)
        {
            System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
            return Dive(depth + 1) + 1;
        }
    }

    [Fact]
    public void Engines_Two_TrapSideBySide()
    {
        using EngineRuntime other = TestRuntime.Create(64 * 1024 * 4);
        using GuestStore store = TestRuntime.CreateStore(other);
        LoadedProgram here = Recursion().Load(_runtime);
        LoadedProgram there = Recursion().Load(other);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(Trap.StackOverflow, _store.Invoke(here.Function(_store, 0), _slots)!.Trap);
            Assert.Equal(Trap.StackOverflow, store.Invoke(there.Function(store, 0), _slots)!.Trap);
        }
    }

    [Fact]
    public void Engine_DisposedBeforeItsStore_LivesUntilTheStoreIs()
    {
        EngineRuntime runtime = TestRuntime.Create();
        GuestStore store = TestRuntime.CreateStore(runtime);
        LoadedProgram loaded = Recursion().Load(runtime);
        GuestFunction function = loaded.Function(store, 0);
        runtime.Dispose();
        Assert.Equal(Trap.StackOverflow, store.Invoke(function, _slots)!.Trap);
        Assert.Throws<ObjectDisposedException>(() => TestRuntime.CreateStore(runtime));
        store.Dispose();
    }

    [Fact]
    public void Engines_NeverDisposed_AreFreedByTheCollector()
    {
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < 10; i++) Abandon();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            Assert.Equal(Trap.StackOverflow, _store.Invoke(Recursion().Load(_runtime).Function(_store, 0), _slots)!.Trap);
        }

        int reservations = 0;
        foreach (string line in System.IO.File.ReadLines("/proc/self/maps"))
        {
            if (line.Contains("memfd:kiln-code", StringComparison.Ordinal) && line.Contains("---s", StringComparison.Ordinal)) reservations++;
        }

        // This test's own engine, those of tests that run beside it, and a few that wait for their finaliser; not all fifty.
        Assert.InRange(reservations, 1, 40);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Abandon()
        {
            EngineRuntime runtime = TestRuntime.Create();
            GuestStore store = TestRuntime.CreateStore(runtime);
            store.CreateMemory(new MemoryType(new Limits(1, null), false, false, 16));
            store.CreateTable(new TableType(ValType.FuncRef, new Limits(10, null), false), 0);
            Assert.Equal(Trap.StackOverflow, store.Invoke(Recursion().Load(runtime).Function(store, 0), new ValueSlot[1])!.Trap);
        }
    }

    private static GuestProgram Recursion()
    {
        GuestProgram program = new();
        program.Add(40, a =>
        {
            Label start = a.CreateLabel();
            a.Label(ref start);
            a.sub(rsp, 40);
            a.inc(__qword_ptr[rsi]);
            a.call(start);
            a.add(rsp, 40);
            a.ret();
        });
        return program;
    }

    private GuestFunction LoadFunction(Trap trap) => LoadProgram(trap).Load(_runtime).Function(_store, 0);

    private static GuestProgram LoadProgram(Trap trap)
    {
        GuestProgram program = new();
        program.Add(0, (a, traps) =>
        {
            Label site = a.CreateLabel();
            a.mov(rax, __[rsi]);
            a.Label(ref site);
            a.mov(rax, __[rax]);
            a.ret();
            traps.Add((site, trap));
        });
        return program;
    }
}
