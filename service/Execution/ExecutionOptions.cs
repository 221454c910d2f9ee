using System;
using System.ComponentModel.DataAnnotations;
using Kiln.Service.Hosting;

namespace Kiln.Service.Execution;

/// <summary>How guests are executed (section Kiln:Execution).</summary>
internal sealed class ExecutionOptions
{
    /// <summary>How many guests run at once, each on a thread; further ones wait. Guests that wait themselves (atomics) do not count.</summary>
    [Range(1, 4096)]
    public int Guests { get; set; } = Math.Max(16, 4 * Environment.ProcessorCount);

    /// <summary>How many guests may wait, for a thread or for being woken, before others are refused.</summary>
    [Range(0, 1_000_000)]
    public int MaxWaiting { get; set; } = 10_000;

    /// <summary>Output of one guest that is held for a slow client before the guest has to wait.</summary>
    public ByteSize OutputBuffer { get; set; } = new(256L << 10);

    /// <summary>
    /// How long the compiler is warmed up after the start at most; zero for not at all. It ends when the runtime's JIT has nothing
    /// left to optimise, mostly after four to seven seconds. Health says SERVING from then on; calls are served from the start.
    /// </summary>
    public TimeSpan WarmUp { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether relaxed SIMD instructions give the results of the specification's deterministic profile, the same on every
    /// machine, instead of those this machine computes fastest. Code of the other kind in the cache is not used.
    /// </summary>
    public bool RelaxedSimdDeterministic { get; set; }

    /// <summary>Whether the engine checks every function it compiles; for finding its mistakes.</summary>
    public bool VerifyCompiler { get; set; }
}
