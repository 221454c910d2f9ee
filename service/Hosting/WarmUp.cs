using System;
using System.Diagnostics;
using System.IO;
using System.Runtime;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Service.Cache;
using Kiln.Service.Execution;
using Kiln.Service.Observability;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Hosting;

/// <summary>
/// Compiles small built-in modules again and again after the start, until a round of it gives the runtime's JIT next to nothing
/// to do: then it has optimised the compiler, before the first client needs it. The results are thrown away. One thread does it;
/// it waits while a client's module is compiled, which is as good.
/// </summary>
internal sealed class WarmUp(Engine engine, CodeCache code, IOptions<ExecutionOptions> options, ILogger<WarmUp> log) : IHostedService
{
    /// <summary>The part of a round's time that the JIT may spend when it has no backlog. With one, it spends more than half, on as little as one core.</summary>
    private const double QuietShare = 0.05;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly string[] s_modules = ["json-filter.wasm", "lzpack.wasm"];

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;

    /// <summary>Completed when the compiler is warm or the time for the warm-up is over, at the latest after one round more.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.WarmUp <= TimeSpan.Zero)
        {
            _ended.SetResult();
            return Task.CompletedTask;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "warm-up" };
        _thread.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        _thread?.Join();
        return Task.CompletedTask;
    }

    private void Run()
    {
        var compile = new CompileOptions { Threads = 1, Cancellation = _stopping.Token };
        var clock = Stopwatch.StartNew();
        TimeSpan first = default, last = default;
        int rounds = 0;
        try
        {
            byte[][] modules = Array.ConvertAll(s_modules, Read);
            bool quiet = false;
            while (!quiet && clock.Elapsed < options.Value.WarmUp)
            {
                TimeSpan began = clock.Elapsed, jitBefore = JitInfo.GetCompilationTime();
                foreach (byte[] module in modules) Module.Compile(engine, module, compile).Dispose();
                last = clock.Elapsed - began;
                quiet = JitInfo.GetCompilationTime() - jitBefore < QuietShare * last;
                if (rounds++ == 0) first = last;
                while (code.IsCompiling && clock.Elapsed < options.Value.WarmUp && !_stopping.IsCancellationRequested) Thread.Sleep(s_pause);
            }

            log.WarmedUp(rounds, clock.Elapsed.TotalMilliseconds, first.TotalMilliseconds, last.TotalMilliseconds);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The daemon stops before it was warm.
        }
        catch (Exception e)
        {
            // A daemon that is cold serves all the same.
            log.NotWarmedUp(e, rounds);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private static byte[] Read(string name)
    {
        using Stream stream = typeof(WarmUp).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"resource {name} is missing from the daemon's assembly");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
