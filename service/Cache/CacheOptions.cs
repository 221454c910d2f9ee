using System;
using System.Collections.Generic;
using System.ComponentModel.DataAnnotations;
using Kiln.Service.Hosting;

namespace Kiln.Service.Cache;

/// <summary>How much compiled code is kept, and how it is made (section Kiln:Cache).</summary>
internal sealed class CacheOptions : IValidatableObject
{
    /// <summary>Size of the loaded code.</summary>
    public ByteSize Memory { get; set; } = new(512L << 20);

    /// <summary>Size of the artifact files.</summary>
    public ByteSize Disk { get; set; } = new(8L << 30);

    /// <summary>How many modules compile at once.</summary>
    [Range(1, 256)]
    public int Compilations { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Threads of one compilation; 0 for one a processor.</summary>
    [Range(0, 256)]
    public int CompileThreads { get; set; }

    /// <summary>How long one compilation may take.</summary>
    public TimeSpan CompileTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many requests may wait for a compilation before others are refused.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; set; } = 10_000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Memory.Bytes < 1 << 20) yield return new ValidationResult("Kiln:Cache:Memory must be at least 1MiB");
        if (CompileTimeout <= TimeSpan.Zero || CompileTimeout > TimeSpan.FromDays(1)) yield return new ValidationResult("Kiln:Cache:CompileTimeout must be positive and at most a day");
        if (Disk.Bytes < 1 << 20) yield return new ValidationResult("Kiln:Cache:Disk must be at least 1MiB");
    }
}
