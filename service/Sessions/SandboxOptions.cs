using System;
using System.Collections.Generic;
using System.ComponentModel.DataAnnotations;

namespace Kiln.Service.Sessions;

/// <summary>How many sandboxes live how long (section Kiln:Sandboxes).</summary>
internal sealed class SandboxOptions : IValidatableObject
{
    /// <summary>How many may exist at once.</summary>
    [Range(1, 1_000_000)]
    public int Maximum { get; set; } = 1000;

    /// <summary>The lease where a request says none.</summary>
    public TimeSpan DefaultLease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest lease.</summary>
    public TimeSpan MaxLease { get; set; } = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DefaultLease <= TimeSpan.Zero) yield return new ValidationResult("Kiln:Sandboxes:DefaultLease must be positive");
        if (MaxLease < DefaultLease) yield return new ValidationResult("Kiln:Sandboxes:MaxLease must not be shorter than DefaultLease");
        if (MaxLease > TimeSpan.FromDays(30)) yield return new ValidationResult("Kiln:Sandboxes:MaxLease must be at most 30 days");
    }
}
