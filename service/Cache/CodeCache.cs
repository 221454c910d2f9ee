// Compiled code by content. A request is served from the first tier that has it:
//
//     loaded code (LoadedCode)  >  artifact files (ArtifactFiles)  >  compilation
//
// The key is the SHA-256 over the module's digest and the engine's artifact key (build, target features, tunables), so a
// new build never sees an old one's code. Requests for one key share one flight: it looks on disk, compiles if it must, and
// goes on when those who wait for it leave.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Service.Modules;
using Kiln.Service.Observability;
using Kiln.Service.Rpc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using CacheResult = Kiln.V1.CacheResult;
using ErrorReason = Kiln.V1.ErrorReason;

namespace Kiln.Service.Cache;

/// <summary>Compiled code with where it came from and how long that took. Dispose the lease.</summary>
internal readonly record struct CodeResult(CodeLease Lease, CacheResult Source, TimeSpan Elapsed, FlightTimings Timings);

/// <summary>How long the steps of one flight took; zero for steps that did not happen.</summary>
internal readonly record struct FlightTimings(TimeSpan Queued, TimeSpan Compile, TimeSpan Store, TimeSpan Load);

/// <summary>The code cache. Thread-safe.</summary>
internal sealed class CodeCache : IDisposable
{
    private readonly Engine _engine;
    private readonly ArtifactFiles _files;
    private readonly LoadedCode _loaded;
    private readonly CacheOptions _options;
    private readonly Instruments _instruments;
    private readonly ILogger<CodeCache> _log;
    private readonly Hash256 _engineKey;
    private readonly SemaphoreSlim _compilers;
    private readonly Lock _gate = new();
    private readonly Dictionary<Hash256, Flight> _flights = [];
    private readonly CancellationTokenSource _stopping = new();
    private int _waiting;

    /// <summary>Over the disk tier.</summary>
    public CodeCache(Engine engine, ArtifactFiles files, IOptions<CacheOptions> options, Instruments instruments, ILogger<CodeCache> log)
    {
        _engine = engine;
        _files = files;
        _options = options.Value;
        _instruments = instruments;
        _log = log;
        _engineKey = Hash256.Of(Encoding.UTF8.GetBytes(engine.ArtifactKey));
        _loaded = new LoadedCode(_options.Memory.Bytes, instruments, log);
        _compilers = new SemaphoreSlim(_options.Compilations);
    }

    /// <summary>Identity of the engine: the SHA-256 of its artifact key.</summary>
    public string EngineId => _engineKey.ToString();

    /// <summary>Whether a module is being compiled or read from disk.</summary>
    public bool IsCompiling
    {
        get
        {
            lock (_gate) return _flights.Count != 0;
        }
    }

    /// <summary>Whether code for the module is loaded or on disk.</summary>
    public bool Contains(Hash256 digest)
    {
        Hash256 key = KeyOf(digest);
        return _loaded.Contains(key) || _files.Contains(key);
    }

    /// <summary>
    /// The code of a module. Cancelling stops the waiting, not the compilation. Throws what compiling throws, and
    /// MODULE_NOT_FOUND when the bytes are needed and not stored.
    /// </summary>
    public ValueTask<CodeResult> GetAsync(in ModuleContent content, Action<CompileProgress>? progress, CancellationToken cancellation)
    {
        Hash256 key = KeyOf(content.Digest);
        if (_loaded.TryAcquire(key, out CodeLease lease))
        {
            _instruments.CacheLookups.Add(1, Instruments.Tag("result", "memory"));
            return ValueTask.FromResult(new CodeResult(lease, CacheResult.MemoryHit, TimeSpan.Zero, default));
        }

        return new ValueTask<CodeResult>(GetSlowlyAsync(content, key, progress, cancellation));
    }

    /// <summary>The artifact of a module, compiling it if need be.</summary>
    public async Task<byte[]> ReadArtifactAsync(ModuleContent content, CancellationToken cancellation)
    {
        CodeResult code = await GetAsync(content, null, cancellation);
        using CodeLease lease = code.Lease;
        return _files.TryRead(lease.Loaded.Key) ?? lease.Loaded.Module.Serialize();
    }

    /// <summary>Stops compilations and lets go of the code. Nobody holds a lease any more.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        Task[] flights;
        lock (_gate)
        {
            flights = [.. _flights.Values.Select(static flight => flight.Task)];
        }

        // Their failures are for those who wait for them; here only their end matters.
        Task.WhenAll(flights).ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
        _stopping.Dispose();
        _loaded.Dispose();
        _compilers.Dispose();
    }

    private Hash256 KeyOf(Hash256 digest)
    {
        Span<byte> input = stackalloc byte[2 * Hash256.Size];
        digest.CopyTo(input);
        _engineKey.CopyTo(input[Hash256.Size..]);
        return Hash256.Of(input);
    }

    private async Task<CodeResult> GetSlowlyAsync(ModuleContent content, Hash256 key, Action<CompileProgress>? progress, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        if (Interlocked.Increment(ref _waiting) > _options.MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw RpcErrors.QuotaExceeded("compilations", "too many requests wait for compilations", TimeSpan.FromSeconds(1));
        }

        try
        {
            while (true)
            {
                Flight? flight;
                bool joined;
                lock (_gate)
                {
                    joined = _flights.TryGetValue(key, out flight);
                    if (!joined)
                    {
                        if (_loaded.TryAcquire(key, out CodeLease early))
                        {
                            return new CodeResult(early, CacheResult.MemoryHit, Stopwatch.GetElapsedTime(start), default);
                        }

                        flight = new Flight(key);
                        _flights.Add(key, flight);
                        flight.Task = Task.Run(() => FlyAsync(flight, content), CancellationToken.None);
                    }
                }

                flight!.Listen(progress);
                (CacheResult source, FlightTimings timings) = await flight.Task.WaitAsync(cancellation);

                // Between the flight's end and here the module may have been evicted again: then fly once more.
                if (_loaded.TryAcquire(key, out CodeLease lease))
                {
                    CacheResult result = joined ? CacheResult.Joined : source;
                    _instruments.CacheLookups.Add(1, Instruments.Tag("result", result.ToString()));
                    return new CodeResult(lease, result, Stopwatch.GetElapsedTime(start), timings);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<(CacheResult, FlightTimings)> FlyAsync(Flight flight, ModuleContent content)
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            Module? module = _files.TryLoad(_engine, flight.Key, out long size);
            if (module is not null)
            {
                _loaded.Add(new LoadedModule(flight.Key, content.Digest, module, size));
                return (CacheResult.DiskHit, new FlightTimings(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, Stopwatch.GetElapsedTime(start)));
            }

            ReadOnlyMemory<byte> bytes = content.Read();
            await _compilers.WaitAsync(_stopping.Token);
            try
            {
                TimeSpan queued = Stopwatch.GetElapsedTime(start);
                // A compilation keeps its thread busy: it gets one of its own, not one that serves requests.
                (LoadedModule loaded, FlightTimings timings) = await Task.Factory.StartNew(
                    () => Compile(flight, content.Digest, bytes, queued), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                _loaded.Add(loaded);
                return (CacheResult.Miss, timings);
            }
            finally
            {
                _compilers.Release();
            }
        }
        finally
        {
            lock (_gate)
            {
                _flights.Remove(flight.Key);
            }
        }
    }

    private (LoadedModule, FlightTimings) Compile(Flight flight, Hash256 digest, ReadOnlyMemory<byte> bytes, TimeSpan queued)
    {
        long start = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(_options.CompileTimeout);
        Module module;
        try
        {
            module = Module.Compile(
                _engine, bytes, new CompileOptions { Threads = _options.CompileThreads, Progress = flight, Cancellation = limit.Token });
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            throw RpcErrors.Create(
                ErrorReason.CompileLimit,
                $"compiling took longer than {_options.CompileTimeout:c}",
                [("limit", _options.CompileTimeout.ToString("c", CultureInfo.InvariantCulture))]);
        }

        TimeSpan compile = Stopwatch.GetElapsedTime(start);
        _instruments.CompileDuration.Record(compile.TotalSeconds);

        start = Stopwatch.GetTimestamp();
        byte[] artifact = module.Serialize();
        try
        {
            _files.Store(flight.Key, artifact);
        }
        catch (Exception e) when (e is System.IO.IOException or UnauthorizedAccessException)
        {
            // A full disk does not keep anybody from running.
            _log.ArtifactNotStored(e, digest.ToString());
        }

        TimeSpan store = Stopwatch.GetElapsedTime(start);
        _log.Compiled(digest.ToString(), compile.TotalMilliseconds, artifact.Length);
        return (new LoadedModule(flight.Key, digest, module, artifact.Length), new FlightTimings(queued, compile, store, TimeSpan.Zero));
    }

    /// <summary>One compilation and those who watch it.</summary>
    private sealed class Flight(Hash256 key) : IProgress<CompileProgress>
    {
        private readonly Lock _gate = new();
        private Action<CompileProgress>[] _listeners = [];

        public Hash256 Key { get; } = key;

        public Task<(CacheResult Source, FlightTimings Timings)> Task { get; set; } = null!;

        public void Listen(Action<CompileProgress>? listener)
        {
            if (listener is null) return;
            lock (_gate)
            {
                _listeners = [.. _listeners, listener];
            }
        }

        public void Report(CompileProgress value)
        {
            foreach (Action<CompileProgress> listener in Volatile.Read(ref _listeners)) listener(value);
        }
    }
}
