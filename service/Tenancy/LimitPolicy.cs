using System;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Kiln.Service.Rpc;
using Kiln.V1;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Tenancy;

/// <summary>The limits of one guest, complete.</summary>
/// <param name="Fuel">Fuel; <see cref="long.MaxValue"/> for unlimited.</param>
/// <param name="Store">What the engine enforces.</param>
/// <param name="Timeout">Wall-clock time of a run or call.</param>
/// <param name="OutputBytes">Bytes of both output streams together.</param>
internal sealed record ResolvedLimits(long Fuel, StoreLimits Store, TimeSpan Timeout, long OutputBytes)
{
    /// <summary>As a message.</summary>
    public Limits ToMessage()
    {
        var limits = new Limits
        {
            MemoryBytes = (ulong)Store.MemoryBytes,
            TableElements = (ulong)Store.TableElements,
            Instances = (uint)Store.Instances,
            StackBytes = (ulong)Store.StackBytes,
            Timeout = Duration.FromTimeSpan(Timeout),
            OutputBytes = (ulong)OutputBytes,
        };
        if (Fuel != long.MaxValue) limits.Fuel = (ulong)Fuel;
        return limits;
    }
}

/// <summary>From a request's limits to complete ones: unset ones take the default, those above the maximum are refused.</summary>
internal sealed class LimitPolicy
{
    private readonly GuestLimits _default;
    private readonly GuestLimits _maximum;
    private readonly ResolvedLimits _defaults;

    /// <summary>With the daemon's defaults and maxima.</summary>
    public LimitPolicy(IOptions<LimitOptions> options)
    {
        _default = options.Value.Default;
        _maximum = options.Value.Maximum;
        _defaults = ResolveSet(new Limits());
    }

    /// <summary>The complete limits; throws LIMIT_TOO_HIGH or INVALID_REQUEST.</summary>
    public ResolvedLimits Resolve(Limits? limits) => limits is null ? _defaults : ResolveSet(limits);

    private ResolvedLimits ResolveSet(Limits limits)
    {
        long fuel = limits.HasFuel ? Bounded(limits.Fuel, _maximum.Fuel, "limits.fuel") : _default.Fuel;
        var store = new StoreLimits
        {
            MemoryBytes = limits.HasMemoryBytes ? Bounded(limits.MemoryBytes, _maximum.Memory.Bytes, "limits.memory_bytes") : _default.Memory.Bytes,
            TableElements = limits.HasTableElements ? Bounded(limits.TableElements, _maximum.TableElements, "limits.table_elements") : _default.TableElements,
            Instances = limits.HasInstances ? (int)Bounded(limits.Instances, _maximum.Instances, "limits.instances") : _default.Instances,
            StackBytes = (int)(limits.HasStackBytes ? Bounded(limits.StackBytes, _maximum.Stack.Bytes, "limits.stack_bytes") : _default.Stack.Bytes),
        };
        TimeSpan timeout = limits.Timeout is null ? _default.Timeout : ReadTimeout(limits.Timeout, _maximum.Timeout, "limits.timeout");
        long output = limits.HasOutputBytes ? Bounded(limits.OutputBytes, _maximum.Output.Bytes, "limits.output_bytes") : _default.Output.Bytes;
        return new ResolvedLimits(fuel, store, timeout, output);
    }

    /// <summary>A positive duration up to a maximum; throws INVALID_REQUEST or LIMIT_TOO_HIGH.</summary>
    public static TimeSpan ReadTimeout(Duration duration, TimeSpan maximum, string field)
    {
        // Durations reach 10,000 years; what a TimeSpan cannot hold is above any maximum.
        if (duration.Seconds < 0 || duration.Nanos is < 0 or > 999_999_999 || (duration.Seconds == 0 && duration.Nanos == 0))
        {
            throw RpcErrors.InvalidField(field, "must be positive");
        }

        if (duration.Seconds > (long)maximum.TotalSeconds || duration.ToTimeSpan() > maximum) throw RpcErrors.LimitTooHigh(field, maximum.ToString("c", CultureInfo.InvariantCulture));
        TimeSpan span = duration.ToTimeSpan();
        return span == TimeSpan.Zero ? TimeSpan.FromTicks(1) : span;
    }

    private static long Bounded(ulong value, long maximum, string field) => value <= (ulong)maximum
        ? (long)value
        : throw RpcErrors.LimitTooHigh(field, maximum.ToString(CultureInfo.InvariantCulture));
}
