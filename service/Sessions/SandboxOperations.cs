// What clients do in a sandbox: instantiate, call, read and write memory, add fuel. Each operation enters the sandbox, does
// its part, on guest threads where a guest may run, and leaves.

using System;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using Kiln.Service.Cache;
using Kiln.Service.Execution;
using Kiln.Service.Hosting;
using Kiln.Service.Modules;
using Kiln.Service.Rpc;
using Kiln.Service.Tenancy;
using Kiln.V1;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Sessions;

/// <summary>Operations in sandboxes.</summary>
internal sealed class SandboxOperations
{
    private const int MaxTransfer = 1 << 20;
    private const string DefaultMemory = "memory";

    private readonly Engine _engine;
    private readonly CodeCache _code;
    private readonly ModuleSources _sources;
    private readonly GuestThreads _threads;
    private readonly WasiWorld _wasi;
    private readonly OpenCalls _calls;
    private readonly long _outputCapacity;

    /// <summary>With all it needs.</summary>
    public SandboxOperations(
        Engine engine, CodeCache code, ModuleSources sources, GuestThreads threads, WasiWorld wasi, OpenCalls calls, IOptions<ExecutionOptions> options)
    {
        _engine = engine;
        _code = code;
        _sources = sources;
        _threads = threads;
        _wasi = wasi;
        _calls = calls;
        _outputCapacity = options.Value.OutputBuffer.Bytes;
    }

    /// <summary>Instantiates a module. Output of a start function is dropped.</summary>
    public async Task<InstantiateResponse> InstantiateAsync(Sandbox sandbox, InstantiateRequest request, DateTime deadline, CancellationToken cancellation)
    {
        CodeResult code = await _code.GetAsync(_sources.Resolve(request.Module), null, cancellation);
        CodeLease lease = code.Lease;
        NamedInstance? created = null;
        try
        {
            sandbox.Enter();
            try
            {
                string name = ChooseName(sandbox, request.Instance);
                Linker linker = BuildLinker(sandbox, request);
                var output = new OutputBuffer(sandbox.Limits.OutputBytes, _outputCapacity);
                var budget = new ResolvedBudget(sandbox.Store.Fuel, ResolvedBudget.Earlier(sandbox.Limits.Timeout, deadline));
                var invocation = new GuestInvocation(sandbox.Store, output, budget, async self =>
                {
                    Instance instance = await linker.InstantiateAsync(sandbox.Store, lease.Loaded.Module).ConfigureAwait(false);
                    self.EndInstantiation();
                    created = new NamedInstance(name, instance, lease);
                    return [];
                });
                await RunAsync(sandbox, invocation, output, static _ => Task.CompletedTask, cancellation);
                if (created is not null) sandbox.Add(created);
                return new InstantiateResponse
                {
                    Instance = created?.ToMessage(),
                    Outcome = invocation.Outcome,
                    Usage = invocation.ToUsage(code.Source, code.Elapsed),
                };
            }
            finally
            {
                sandbox.Leave();
            }
        }
        finally
        {
            if (created is null) lease.Dispose();
        }
    }

    /// <summary>Calls a function; events go to <paramref name="write"/>, the result last.</summary>
    public async Task CallAsync(Sandbox sandbox, CallRequest request, DateTime deadline, Func<CallResponse, Task> write, CancellationToken cancellation)
    {
        TimeSpan timeout = request.Timeout is null
            ? sandbox.Limits.Timeout
            : LimitPolicy.ReadTimeout(request.Timeout, sandbox.Limits.Timeout, "timeout");
        sandbox.Enter();
        CallResult result;
        try
        {
            NamedInstance instance = sandbox.Find(request.Instance);
            ExternType type = Runner.FindFunction(instance.Lease.Loaded, request.Function);
            Value[] arguments = Values.ReadArguments(request.Arguments, type);
            Func function = instance.Instance.GetFunc(request.Function)!;
            var output = new OutputBuffer(sandbox.Limits.OutputBytes, _outputCapacity);
            var budget = new ResolvedBudget(sandbox.Store.Fuel, ResolvedBudget.Earlier(timeout, deadline));
            var invocation = new GuestInvocation(sandbox.Store, output, budget, _ => function.CallAsync(arguments));
            await RunAsync(sandbox, invocation, output, write, cancellation);
            result = new CallResult { Outcome = invocation.Outcome, Usage = invocation.ToUsage(V1.CacheResult.MemoryHit, TimeSpan.Zero) };
        }
        finally
        {
            sandbox.Leave();
        }

        await write(new CallResponse { Result = result });
    }

    /// <summary>Reads memory; throws MEMORY_OUT_OF_RANGE.</summary>
    public static ReadMemoryResponse ReadMemory(Sandbox sandbox, ReadMemoryRequest request)
    {
        if (request.SizeBytes > MaxTransfer) throw RpcErrors.InvalidField("size_bytes", "at most 1 MiB at a time");
        sandbox.Enter();
        try
        {
            Memory memory = FindMemory(sandbox, request.Instance, request.Memory);
            if (!memory.TrySlice(request.Offset, request.SizeBytes, out Span<byte> bytes)) throw OutOfRange(memory, request.Offset, request.SizeBytes);
            return new ReadMemoryResponse { Data = ByteString.CopyFrom(bytes), MemoryBytes = memory.ByteCount };
        }
        finally
        {
            sandbox.Leave();
        }
    }

    /// <summary>Writes memory; throws MEMORY_OUT_OF_RANGE.</summary>
    public static WriteMemoryResponse WriteMemory(Sandbox sandbox, WriteMemoryRequest request)
    {
        if (request.Data.Length > MaxTransfer) throw RpcErrors.InvalidField("data", "at most 1 MiB at a time");
        sandbox.Enter();
        try
        {
            Memory memory = FindMemory(sandbox, request.Instance, request.Memory);
            if (!memory.TrySlice(request.Offset, (ulong)request.Data.Length, out Span<byte> bytes)) throw OutOfRange(memory, request.Offset, (ulong)request.Data.Length);
            request.Data.Span.CopyTo(bytes);
            return new WriteMemoryResponse { MemoryBytes = memory.ByteCount };
        }
        finally
        {
            sandbox.Leave();
        }
    }

    /// <summary>Adds fuel.</summary>
    public static AddFuelResponse AddFuel(Sandbox sandbox, AddFuelRequest request)
    {
        if (sandbox.Limits.Fuel == long.MaxValue) throw RpcErrors.InvalidField("fuel", "the sandbox has no fuel limit");
        sandbox.Enter();
        try
        {
            sandbox.Store.AddFuel((long)Math.Min(request.Fuel, long.MaxValue));
            return new AddFuelResponse { FuelLeft = (ulong)sandbox.Store.Fuel };
        }
        finally
        {
            sandbox.Leave();
        }
    }

    private static string ChooseName(Sandbox sandbox, string requested)
    {
        if (requested.Length != 0)
        {
            return sandbox.Has(requested)
                ? throw RpcErrors.Resource(ErrorReason.InstanceExists, "instance", requested, $"sandbox {sandbox.Name} has an instance '{requested}'")
                : requested;
        }

        for (int i = sandbox.Instances.Count; ; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"instance-{i}");
            if (!sandbox.Has(name)) return name;
        }
    }

    private static Memory FindMemory(Sandbox sandbox, string instance, string memory)
    {
        string name = memory.Length == 0 ? DefaultMemory : memory;
        return sandbox.Find(instance).Instance.GetMemory(name)
            ?? throw RpcErrors.Resource(ErrorReason.ExportNotFound, "memory", name, $"instance '{instance}' exports no memory '{name}'");
    }

    private static Grpc.Core.RpcException OutOfRange(Memory memory, ulong offset, ulong size) => RpcErrors.Create(
        ErrorReason.MemoryOutOfRange,
        string.Create(CultureInfo.InvariantCulture, $"{size} bytes at {offset} are outside of the memory, which has {memory.ByteCount}"),
        [("memory_bytes", memory.ByteCount.ToString(CultureInfo.InvariantCulture))]);

    private Linker BuildLinker(Sandbox sandbox, InstantiateRequest request)
    {
        var linker = new Linker(_engine) { AllowShadowing = true };
        _wasi.Define(linker);
        foreach (NamedInstance instance in sandbox.Instances) linker.DefineInstance(instance.Name, instance.Instance);
        foreach (ImportBinding binding in request.Imports) linker.DefineInstance(binding.Module, sandbox.Find(binding.Instance).Instance);
        return linker;
    }

    private async Task RunAsync(
        Sandbox sandbox, GuestInvocation invocation, OutputBuffer output, Func<CallResponse, Task> write, CancellationToken cancellation)
    {
        Store store = sandbox.Store;
        store.Scheduler = _threads.Resume;
        sandbox.Router.Current = output;
        bool queued = false;
        try
        {
            using CancellationTokenRegistration onLeave = cancellation.UnsafeRegister(static s => ((Store)s!).Cancel(), store);
            using CancellationTokenRegistration onAbort = _calls.Abort.UnsafeRegister(static s => ((Store)s!).Cancel(), store);
            _threads.Queue(invocation);
            queued = true;
            await OutputPump.RunAsync(output, write, static chunk => chunk.Kind == OutputKind.Stdout
                ? new CallResponse { Stdout = UnsafeByteOperations.UnsafeWrap(chunk.Bytes) }
                : new CallResponse { Stderr = UnsafeByteOperations.UnsafeWrap(chunk.Bytes) });
        }
        finally
        {
            if (queued) await OutputPump.FinishAsync(output, store);
        }

        sandbox.Account(invocation, output.Written);
        if (invocation.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }
}
