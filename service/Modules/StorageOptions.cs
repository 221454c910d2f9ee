using System;
using System.Collections.Generic;
using System.ComponentModel.DataAnnotations;
using System.IO;
using Kiln.Service.Hosting;

namespace Kiln.Service.Modules;

/// <summary>Where and how much the daemon stores (section Kiln:Storage).</summary>
internal sealed class StorageOptions : IValidatableObject
{
    /// <summary>The data directory; empty for $XDG_CACHE_HOME/kiln, or ~/.cache/kiln.</summary>
    public string Path { get; set; } = "";

    /// <summary>Largest module.</summary>
    public ByteSize MaxModule { get; set; } = new(256L << 20);

    /// <summary>Largest module inside a request instead of uploaded.</summary>
    public ByteSize MaxInlineModule { get; set; } = new(1L << 20);

    /// <summary>Size of all stored modules together; the least recently used ones go first.</summary>
    public ByteSize Modules { get; set; } = new(8L << 30);

    /// <summary>How long a broken upload is kept.</summary>
    public TimeSpan KeepUploads { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The data directory as a full path.</summary>
    public string FullPath
    {
        get
        {
            if (Path.Length != 0) return System.IO.Path.GetFullPath(Path);
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(cache))
            {
                string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
                cache = home.Length == 0 ? DefaultEndpoint.RuntimeFolder : System.IO.Path.Combine(home, ".cache");
            }

            return System.IO.Path.Combine(cache, "kiln");
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxModule.Bytes is < 8 or > int.MaxValue) yield return new ValidationResult("Kiln:Storage:MaxModule must be from 8 bytes to 2 GiB");
        if (MaxInlineModule.Bytes > MaxModule.Bytes) yield return new ValidationResult("Kiln:Storage:MaxInlineModule must not exceed MaxModule");
        if (Modules.Bytes < MaxModule.Bytes) yield return new ValidationResult("Kiln:Storage:Modules must be at least MaxModule");
    }
}
