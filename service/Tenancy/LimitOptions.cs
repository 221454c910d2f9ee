using System;
using System.Collections.Generic;
using System.ComponentModel.DataAnnotations;
using Kiln.Service.Hosting;

namespace Kiln.Service.Tenancy;

/// <summary>Limits of guests: what applies where a request says nothing, and what a request may ask for (section Kiln:Limits).</summary>
internal sealed class LimitOptions : IValidatableObject
{
    /// <summary>What applies where a request says nothing.</summary>
    public GuestLimits Default { get; set; } = new();

    /// <summary>What a request may ask for.</summary>
    public GuestLimits Maximum { get; set; } = new()
    {
        Memory = new ByteSize(16L << 30),
        TableElements = 100_000_000,
        Instances = 10_000,
        Stack = new ByteSize(1L << 20),
        Timeout = TimeSpan.FromHours(24),
        Output = new ByteSize(16L << 30),
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((GuestLimits limits, string name) in new[] { (Default, "Default"), (Maximum, "Maximum") })
        {
            if (limits.Stack.Bytes is < 32 << 10 or > 256 << 20) yield return new ValidationResult($"Kiln:Limits:{name}:Stack must be from 32KiB to 256MiB");
            if (limits.Timeout <= TimeSpan.Zero) yield return new ValidationResult($"Kiln:Limits:{name}:Timeout must be positive");
            if (limits.Instances < 1) yield return new ValidationResult($"Kiln:Limits:{name}:Instances must be at least 1");
        }

        if (Default.Fuel > Maximum.Fuel) yield return new ValidationResult("Kiln:Limits:Default:Fuel exceeds the maximum");
        if (Default.Memory.Bytes > Maximum.Memory.Bytes) yield return new ValidationResult("Kiln:Limits:Default:Memory exceeds the maximum");
        if (Default.TableElements > Maximum.TableElements) yield return new ValidationResult("Kiln:Limits:Default:TableElements exceeds the maximum");
        if (Default.Instances > Maximum.Instances) yield return new ValidationResult("Kiln:Limits:Default:Instances exceeds the maximum");
        if (Default.Stack.Bytes > Maximum.Stack.Bytes) yield return new ValidationResult("Kiln:Limits:Default:Stack exceeds the maximum");
        if (Default.Timeout > Maximum.Timeout) yield return new ValidationResult("Kiln:Limits:Default:Timeout exceeds the maximum");
        if (Default.Output.Bytes > Maximum.Output.Bytes) yield return new ValidationResult("Kiln:Limits:Default:Output exceeds the maximum");
    }
}

/// <summary>One set of limits.</summary>
internal sealed class GuestLimits
{
    /// <summary>Fuel.</summary>
    [Range(0, long.MaxValue)]
    public long Fuel { get; set; } = long.MaxValue;

    /// <summary>Linear memories and files together.</summary>
    public ByteSize Memory { get; set; } = new(1L << 30);

    /// <summary>Elements of all tables together.</summary>
    [Range(0, long.MaxValue)]
    public long TableElements { get; set; } = 10_000_000;

    /// <summary>Instances.</summary>
    public int Instances { get; set; } = 100;

    /// <summary>Call stack.</summary>
    public ByteSize Stack { get; set; } = new(1L << 20);

    /// <summary>Wall-clock time of a run or call.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Standard output and standard error together.</summary>
    public ByteSize Output { get; set; } = new(256L << 20);
}
