using System;
using BenchmarkDotNet.Attributes;

namespace Kiln.Bench.Boundary;

/// <summary>
/// What it costs to cross between managed code and a guest, beside <see cref="StackSwitchYardstick"/>. Targets, on a
/// machine on which the yardstick takes 2.5 and 5.9 ns: entering and leaving below 10 ns (a ratio of 4), a host call below
/// 15 ns (2.5); a trap below 5 microseconds, instantiating a small cached module below 50 microseconds.
/// </summary>
[MemoryDiagnoser]
public class BoundaryBenchmarks
{
    private const int HostCalls = 1000;
    private const int Entries = 1000;

    private const string Guest = """
        (module
          (import "host" "add" (func $add (param i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "nop"))
          (func (export "increment") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
          (func (export "call_host") (param $n i32) (result i32)
            (local $x i32)
            (loop $next
              (local.set $x (call $add (local.get $x)))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $x))
          (func (export "trap") (unreachable))
          (func (export "fault") (drop (i32.load (i32.const -4)))))
        """;

    private StackSwitchYardstick _yardstick = null!;
    private Engine _engine = null!;
    private Module _module = null!;
    private Linker _linker = null!;
    private Store _store = null!;
    private Func _nop = null!, _trap = null!, _fault = null!;
    private Action _typedNop = null!;
    private Func<int, int> _increment = null!, _callHost = null!;

    [GlobalSetup]
    public void Setup()
    {
        _yardstick = new StackSwitchYardstick();
        _engine = new Engine();
        _module = Module.CompileText(_engine, Guest);
        _linker = new Linker(_engine);
        _linker.DefineFunc<int, int>("host", "add", static (_, x) => x + 1);
        _store = new Store(_engine);
        Instance instance = _linker.Instantiate(_store, _module);
        _nop = instance.GetFunc("nop")!;
        _typedNop = _nop.GetTypedAction();
        _trap = instance.GetFunc("trap")!;
        _fault = instance.GetFunc("fault")!;
        _increment = instance.GetFunc("increment")!.GetTypedFunc<int, int>();
        _callHost = instance.GetFunc("call_host")!.GetTypedFunc<int, int>();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _store.Dispose();
        _module.Dispose();
        _engine.Dispose();
        _yardstick.Dispose();
    }

    [Benchmark(Description = "yardstick: two stack switches", OperationsPerInvoke = Entries)]
    public void YardstickEnterAndLeave() => _yardstick.EnterAndLeave(Entries);

    [Benchmark(Description = "enter and leave a guest, typed", OperationsPerInvoke = Entries)]
    public void EnterAndLeaveTyped()
    {
        Action nop = _typedNop;
        for (int i = 0; i < Entries; i++) nop();
    }

    [Benchmark(Description = "enter and leave a guest, Func.Call", OperationsPerInvoke = Entries)]
    public void EnterAndLeave()
    {
        Func nop = _nop;
        for (int i = 0; i < Entries; i++) nop.Call([], []);
    }

    [Benchmark(Description = "typed call with argument and result", OperationsPerInvoke = Entries)]
    public int TypedCall()
    {
        Func<int, int> increment = _increment;
        int x = 0;
        for (int i = 0; i < Entries; i++) x = increment(x);
        return x;
    }

    [Benchmark(Description = "yardstick: call of managed code", OperationsPerInvoke = HostCalls)]
    public void YardstickHostCall() => _yardstick.HostCalls(HostCalls);

    [Benchmark(Description = "host call", OperationsPerInvoke = HostCalls)]
    public int HostCall() => _callHost(HostCalls);

    [Benchmark(Description = "explicit trap, as a result")]
    public bool ExplicitTrapResult() => _trap.TryCall([], []) is not null;

    [Benchmark(Description = "memory fault, as a result")]
    public bool FaultTrapResult() => _fault.TryCall([], []) is not null;

    [Benchmark(Description = "explicit trap, with the exception")]
    public bool ExplicitTrap() => Traps(_trap);

    [Benchmark(Description = "memory fault, with the exception")]
    public bool FaultTrap() => Traps(_fault);

    [Benchmark(Description = "instantiate a small cached module in a new store")]
    public void Instantiate()
    {
        using var store = new Store(_engine);
        _linker.Instantiate(store, _module);
    }

    private static bool Traps(Func function)
    {
        try
        {
            function.Call([], []);
            return false;
        }
        catch (TrapException)
        {
            return true;
        }
    }
}
