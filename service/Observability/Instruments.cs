using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;

namespace Kiln.Service.Observability;

/// <summary>The daemon's metrics, all names in one place. Meter "Kiln".</summary>
internal sealed class Instruments : IDisposable
{
    private readonly Meter _meter = new("Kiln");

    /// <summary>Creates the instruments.</summary>
    public Instruments()
    {
        CacheLookups = _meter.CreateCounter<long>("kiln.cache.lookups", "{lookup}", "Lookups of compiled code by result.");
        CacheRejections = _meter.CreateCounter<long>("kiln.cache.rejections", "{file}", "Artifact files refused as damaged or foreign.");
        CacheEvictions = _meter.CreateCounter<long>("kiln.cache.evictions", "{entry}", "Entries evicted, by tier.");
        CompileDuration = _meter.CreateHistogram<double>("kiln.compile.duration", "s", "Time of compilations.");
        Runs = _meter.CreateCounter<long>("kiln.exec.runs", "{run}", "Guest executions by outcome.");
        GuestDuration = _meter.CreateHistogram<double>("kiln.exec.duration", "s", "Time spent in guests.");
        Fuel = _meter.CreateCounter<long>("kiln.exec.fuel", "{unit}", "Fuel consumed.");
        UploadBytes = _meter.CreateCounter<long>("kiln.upload.bytes", "By", "Bytes of modules received.");
        Sandboxes = _meter.CreateUpDownCounter<long>("kiln.sandbox.active", "{sandbox}", "Sandboxes that exist.");
    }

    /// <summary>Lookups of compiled code by result.</summary>
    public Counter<long> CacheLookups { get; }

    /// <summary>Artifact files refused.</summary>
    public Counter<long> CacheRejections { get; }

    /// <summary>Evictions by tier.</summary>
    public Counter<long> CacheEvictions { get; }

    /// <summary>Compile time in seconds.</summary>
    public Histogram<double> CompileDuration { get; }

    /// <summary>Guest executions by outcome.</summary>
    public Counter<long> Runs { get; }

    /// <summary>Guest time in seconds.</summary>
    public Histogram<double> GuestDuration { get; }

    /// <summary>Fuel consumed.</summary>
    public Counter<long> Fuel { get; }

    /// <summary>Bytes of modules received.</summary>
    public Counter<long> UploadBytes { get; }

    /// <summary>Sandboxes that exist.</summary>
    public UpDownCounter<long> Sandboxes { get; }

    /// <summary>A tag.</summary>
    public static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
