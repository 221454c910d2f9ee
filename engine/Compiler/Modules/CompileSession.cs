// One compilation of one module, from bytes to artifact:
//
//     decode and validate the description -> compile functions on all threads -> trampolines -> link -> write
//
// Threads share a WorkQueue; each has a FunctionWorker of its own. Results go to an array by function index, so the
// artifact is a function of the module, the target and the tunables.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Threading;
using Kiln.Codegen.Machine;
using Kiln.Compiler.Trampolines;
using Kiln.Contract;
using Kiln.Contract.Artifact;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Modules;

/// <summary>The state of compiling one module.</summary>
internal sealed class CompileSession
{
    private const int BodyBytesPerThread = 16 * 1024;
    private const int ProgressSteps = 100;

    private readonly CompileOptions _options;
    private readonly CodegenOptions _codegen;
    private readonly WorkerPool _pool;
    private readonly CancellationToken _cancellation;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly FirstFailure _failure = new();
    private ModuleEnvironment _environment = null!;
    private CodePiece[] _functions = [];
    private int _done;
    private int _reported;

    public CompileSession(CompileOptions options, WorkerPool pool, CancellationToken cancellation)
    {
        _options = options;
        _codegen = CodegenSettings.Of(options);
        _pool = pool;
        _cancellation = cancellation;
    }

    /// <summary>Order of the work for tests; null for the usual one.</summary>
    public int? ShuffleSeed { get; init; }

    /// <summary>Compiles a module.</summary>
    public ModuleArtifact Run(ReadOnlyMemory<byte> wasm, BuildId compiler)
    {
        _options.Progress?.OnPhase(CompilePhase.Decode);
        ValidatedModule validated = ModuleDescription.Read(wasm, _options);
        WasmModule module = validated.Module;
        _environment = new ModuleEnvironment(validated, _options.Tunables, _options.Limits, CodegenSettings.Narrow(_options).Features, ThreadCount(module));
        TimeSpan decode = Stopwatch.GetElapsedTime(_start);

        _options.Progress?.OnPhase(CompilePhase.Functions);
        List<FunctionWorker> workers = CompileFunctions(module);
        try
        {
            TrampolineSet trampolines = TrampolineSet.OfModule(workers[0], module, _environment.Offsets.Shape, _codegen);
            TimeSpan functions = Stopwatch.GetElapsedTime(_start) - decode;

            _options.Progress?.OnPhase(CompilePhase.Link);
            CompileTarget target = CodegenSettings.Narrow(_options);
            LinkedCode linked = CodeLinker.Link(_functions, (uint)module.ImportedFunctionCount, trampolines, target, _options.Tunables);
            TimeSpan link = Stopwatch.GetElapsedTime(_start) - decode - functions;

            _options.Progress?.OnPhase(CompilePhase.Write);
            (NameRow[] names, byte[] strings) = ModuleText.Names(module);
            ArtifactWriter writer = new()
            {
                Compiler = compiler,
                Target = target,
                Tunables = _options.Tunables,
                ModuleDigest = SHA256.HashData(wasm.Span),
                FunctionCount = (uint)module.Functions.Length,
                ImportedFunctionCount = (uint)module.ImportedFunctionCount,
                Module = ModuleText.WithoutCode(wasm.Span),
                Code = linked.Code.Span,
                Traps = linked.Traps.Span,
                Addresses = linked.Addresses.Span,
                Inlined = linked.Inlined.Span,
                StackMaps = linked.StackMaps.Span,
                StackMapSlots = linked.StackMapSlots.Span,
                Trampolines = linked.Trampolines,
                Names = names,
                Strings = strings,
                Text = linked.Text,
            };
            ModuleArtifact artifact = ArtifactReader.Read(writer.ToArray(), verifyContent: false);
            Report(module, workers, decode, functions, link, artifact.Text.Length);
            return artifact;
        }
        finally
        {
            foreach (FunctionWorker worker in workers) _pool.Return(worker);
        }
    }

    private List<FunctionWorker> CompileFunctions(WasmModule module)
    {
        _functions = new CodePiece[module.Bodies.Length];
        int threads = ThreadCount(module);
        WorkQueue queue = new(module.Bodies, threads, ShuffleSeed);
        List<FunctionWorker> workers = [];
        for (int i = 0; i < threads; i++) workers.Add(_pool.Rent());

        Thread[] helpers = new Thread[threads - 1];
        for (int i = 0; i < helpers.Length; i++)
        {
            FunctionWorker worker = workers[i + 1];
            helpers[i] = new Thread(() => Work(worker, queue), maxStackSize: 1 << 20) { IsBackground = true, Name = "kiln compile" };
            helpers[i].Start();
        }

        Work(workers[0], queue);
        foreach (Thread helper in helpers) helper.Join();
        _failure.Rethrow();
        _options.Progress?.OnFunctions(_functions.Length, _functions.Length);
        return workers;
    }

    private int ThreadCount(WasmModule module)
    {
        int asked = _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount;
        long useful = 1 + module.CodeSection.Length / BodyBytesPerThread;
        return (int)Math.Max(1, Math.Min(Math.Min(asked, useful), module.Bodies.Length));
    }

    private void Work(FunctionWorker worker, WorkQueue queue)
    {
        int at = 0;
        try
        {
            while (queue.TryTake(out Range portion))
            {
                for (at = portion.Start.Value; at < portion.End.Value; at++) CompileOne(worker, at);
            }
        }
        catch (Exception e)
        {
            _failure.Add(at, e);
        }
    }

    private void CompileOne(FunctionWorker worker, int position)
    {
        if (position >= _failure.Limit) return;
        _cancellation.ThrowIfCancellationRequested();
        if (Stopwatch.GetElapsedTime(_start) > _options.Limits.Time)
            throw new CompileLimitException(nameof(CompileLimits.Time), $"compiling takes longer than {_options.Limits.Time}");

        uint function = (uint)(_environment.Module.ImportedFunctionCount + position);
        try
        {
            if (_failure.ValidateOnly || _environment.Inlining.IsReplaced(position)) worker.Validate(_environment, function);
            else _functions[position] = worker.Compile(_environment, function, _codegen);
        }
        catch (Exception e) when (e is Wasm.ModuleException or Wasm.UnsupportedFeatureException or EngineBug)
        {
            _failure.Add(position, e);
        }

        int done = Interlocked.Increment(ref _done);
        if (_options.Progress is { } progress) ReportProgress(progress, done);
    }

    private void ReportProgress(ICompileProgress progress, int done)
    {
        int step = Math.Max(1, _functions.Length / ProgressSteps);
        if (done / step <= Volatile.Read(ref _reported) || done == _functions.Length) return;
        lock (_failure)
        {
            if (done / step <= _reported) return;
            _reported = done / step;
            progress.OnFunctions(done, _functions.Length);
        }
    }

    private void Report(WasmModule module, List<FunctionWorker> workers, TimeSpan decode, TimeSpan functions, TimeSpan link, long textBytes)
    {
        if (_options.Progress is not { } progress) return;
        long translate = 0;
        long codegen = 0;
        foreach (FunctionWorker worker in workers)
        {
            translate += worker.TranslateTicks;
            codegen += worker.CodegenTicks;
        }

        progress.OnDone(new CompileTimings(
            decode, functions, link, Stopwatch.GetElapsedTime(_start) - decode - functions - link,
            Stopwatch.GetElapsedTime(0, translate), Stopwatch.GetElapsedTime(0, codegen),
            module.Bodies.Length, module.CodeSection.Length, textBytes));
    }
}
