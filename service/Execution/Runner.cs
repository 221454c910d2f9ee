// One-shot runs: code from the cache, a fresh store, the guest on guest threads, its output to the client while it runs,
// the result last. Whatever happens, the store is gone when RunAsync returns.

using System;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using Kiln.Service.Cache;
using Kiln.Service.Hosting;
using Kiln.Service.Modules;
using Kiln.Service.Observability;
using Kiln.Service.Rpc;
using Kiln.Service.Tenancy;
using Kiln.V1;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Execution;

/// <summary>Runs jobs.</summary>
internal sealed class Runner
{
    private const string StartFunction = "_start";

    private readonly Engine _engine;
    private readonly CodeCache _code;
    private readonly ModuleSources _sources;
    private readonly LimitPolicy _limits;
    private readonly GuestThreads _threads;
    private readonly WasiWorld _wasi;
    private readonly OpenCalls _calls;
    private readonly Instruments _instruments;
    private readonly ILogger<Runner> _log;
    private readonly long _outputCapacity;
    private readonly Linker _linker;

    /// <summary>With all it needs.</summary>
    public Runner(
        Engine engine, CodeCache code, ModuleSources sources, LimitPolicy limits, GuestThreads threads, WasiWorld wasi, OpenCalls calls,
        Instruments instruments, IOptions<ExecutionOptions> options, ILogger<Runner> log)
    {
        _engine = engine;
        _code = code;
        _sources = sources;
        _limits = limits;
        _threads = threads;
        _wasi = wasi;
        _calls = calls;
        _instruments = instruments;
        _log = log;
        _outputCapacity = options.Value.OutputBuffer.Bytes;
        _linker = new Linker(engine);
        wasi.Define(_linker);
    }

    /// <summary>Runs a job; events go to <paramref name="write"/> in order, the result last. With streamed input the first one says that it began.</summary>
    public async Task RunAsync(Job job, InputBuffer? streamedInput, DateTime deadline, Func<RunEvent, Task> write, CancellationToken cancellation)
    {
        ResolvedLimits limits = _limits.Resolve(job.Limits);
        GuestSetup setup = GuestSetup.Read(job.Environment);
        CodeResult code = await _code.GetAsync(_sources.Resolve(job.Module), null, cancellation);
        using CodeLease lease = code.Lease;
        (string? function, Value[] arguments) = Prepare(lease.Loaded, job);
        if (streamedInput is not null)
        {
            await write(new RunEvent { Started = new RunStarted { CacheResult = code.Source, CompileTime = Outcomes.ToMessage(code.Elapsed) } });
        }

        InputBuffer input = streamedInput ?? new InputBuffer(setup.Stdin, isStreamed: false);

        var store = new Store(_engine, limits.Store) { Scheduler = _threads.Resume };
        store.Fuel = limits.Fuel;
        var output = new OutputBuffer(limits.OutputBytes, _outputCapacity);
        IDisposable? world = null;
        var budget = new ResolvedBudget(limits.Fuel, ResolvedBudget.Earlier(limits.Timeout, deadline));
        var invocation = new GuestInvocation(store, output, budget, BodyAsync)
        {
            Cleanup = () => world?.Dispose(),
        };
        bool queued = false;
        try
        {
            using CancellationTokenRegistration onLeave = cancellation.UnsafeRegister(static s => ((Store)s!).Cancel(), store);
            using CancellationTokenRegistration onAbort = _calls.Abort.UnsafeRegister(static s => ((Store)s!).Cancel(), store);
            _threads.Queue(invocation);
            queued = true;
            await OutputPump.RunAsync(output, write, static chunk => chunk.Kind == OutputKind.Stdout
                ? new RunEvent { Stdout = UnsafeByteOperations.UnsafeWrap(chunk.Bytes) }
                : new RunEvent { Stderr = UnsafeByteOperations.UnsafeWrap(chunk.Bytes) });
        }
        finally
        {
            input.Complete();
            if (queued) await OutputPump.FinishAsync(output, store);
            store.Dispose();
        }

        if (invocation.Failure is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        Record(invocation, lease.Loaded, function, code.Source);
        await write(new RunEvent
        {
            Result = new RunResult
            {
                Outcome = invocation.Outcome,
                Usage = invocation.ToUsage(code.Source, code.Elapsed),
                Module = ModuleSources.ToMessage(lease.Loaded.Digest),
            },
        });

        async ValueTask<Value[]> BodyAsync(GuestInvocation self)
        {
            if (lease.Loaded.NeedsWasi) world = _wasi.Attach(store, setup, input, new OutputRouter(store) { Current = output });
            Instance instance = await _linker.InstantiateAsync(store, lease.Loaded.Module).ConfigureAwait(false);
            self.EndInstantiation();
            if (function is null) return [];
            return await instance.GetFunc(function)!.CallAsync(arguments).ConfigureAwait(false);
        }
    }

    private static (string? Function, Value[] Arguments) Prepare(LoadedModule loaded, Job job)
    {
        string name = job.Function;
        if (name.Length == 0)
        {
            if (!loaded.Exports.ContainsKey(StartFunction))
            {
                return job.Arguments.Count == 0
                    ? (null, [])
                    : throw RpcErrors.InvalidField("job.arguments", "there is no function to call", ErrorReason.ArgumentMismatch);
            }

            name = StartFunction;
        }

        ExternType type = FindFunction(loaded, name);
        return (name, Values.ReadArguments(job.Arguments, type));
    }

    /// <summary>The type of an exported function; throws EXPORT_NOT_FOUND.</summary>
    public static ExternType FindFunction(LoadedModule loaded, string name) =>
        loaded.Exports.TryGetValue(name, out ExternType? type) && type.Kind == ExternKind.Func
            ? type
            : throw RpcErrors.Resource(ErrorReason.ExportNotFound, "function", name, $"the module exports no function '{name}'");

    private void Record(GuestInvocation invocation, LoadedModule loaded, string? function, V1.CacheResult source)
    {
        string outcome = invocation.Outcome!.OutcomeCase switch
        {
            Outcome.OutcomeOneofCase.Stopped => invocation.Outcome.Stopped.Reason.ToString(),
            _ => invocation.Outcome.OutcomeCase.ToString(),
        };
        _instruments.Runs.Add(1, Instruments.Tag("outcome", outcome));
        _instruments.GuestDuration.Record(invocation.Elapsed.TotalSeconds);
        _instruments.Fuel.Add(invocation.FuelConsumed);
        if (_log.IsEnabled(LogLevel.Debug))
        {
            _log.RunCompleted(loaded.Digest.ToString(), function ?? "", outcome, invocation.Elapsed.TotalMilliseconds, source.ToString());
        }
    }
}
