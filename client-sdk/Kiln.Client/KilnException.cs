// What a failed call throws. A trap, exhausted fuel, a passed deadline are no failures: they are outcomes of a run.

using System;
using System.Collections.Generic;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Kiln.V1;

namespace Kiln.Client;

/// <summary>The daemon refused or failed a call, or could not be reached. Details come from the rich status.</summary>
public class KilnException : Exception
{
    private const string DetailsTrailer = "grpc-status-details-bin";
    private const string Domain = "kiln";

    private protected KilnException(RpcException error, Google.Rpc.Status? details, ErrorReason reason, IReadOnlyDictionary<string, string> metadata)
        : base(error.Status.Detail, error)
    {
        StatusCode = error.StatusCode;
        Reason = reason;
        Metadata = metadata;
        var violations = new List<(string, string)>();
        foreach (Any detail in details?.Details ?? [])
        {
            if (detail.TryUnpack(out BadRequest bad))
            {
                foreach (BadRequest.Types.FieldViolation violation in bad.FieldViolations) violations.Add((violation.Field, violation.Description));
            }
            else if (detail.TryUnpack(out RetryInfo retry))
            {
                RetryDelay = retry.RetryDelay?.ToTimeSpan();
            }
        }

        FieldViolations = violations;
    }

    /// <summary>The canonical code.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>Why; <see cref="ErrorReason.Unspecified"/> when the daemon did not say, for instance because it was not reached.</summary>
    public ErrorReason Reason { get; }

    /// <summary>What the reason names besides, such as "offset" or "maximum".</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Fields of the request that are wrong.</summary>
    public IReadOnlyList<(string Field, string Description)> FieldViolations { get; }

    /// <summary>How long to wait before trying again, if the daemon says.</summary>
    public TimeSpan? RetryDelay { get; }

    internal static KilnException From(RpcException error)
    {
        Google.Rpc.Status? details = null;
        ErrorReason reason = ErrorReason.Unspecified;
        var metadata = new Dictionary<string, string>();
        if (error.Trailers.GetValueBytes(DetailsTrailer) is { } bytes)
        {
            try
            {
                details = Google.Rpc.Status.Parser.ParseFrom(bytes);
                foreach (Any detail in details.Details)
                {
                    if (!detail.TryUnpack(out ErrorInfo info) || info.Domain != Domain) continue;
                    // Field 1, "reason": this version of the package calls it "type".
                    reason = ReadReason(info.Type);
                    foreach ((string key, string value) in info.Metadata) metadata[key] = value;
                }
            }
            catch (InvalidProtocolBufferException)
            {
                // The status itself still says what happened.
            }
        }

        return reason switch
        {
            ErrorReason.InvalidModule or ErrorReason.UnsupportedFeature => new InvalidModuleException(error, details, reason, metadata),
            ErrorReason.ModuleNotFound => new ModuleNotFoundException(error, details, reason, metadata),
            ErrorReason.SandboxNotFound => new SandboxNotFoundException(error, details, reason, metadata),
            _ when error.StatusCode == StatusCode.Unavailable => new DaemonUnavailableException(error, details, reason, metadata),
            _ => new KilnException(error, details, reason, metadata),
        };
    }

    private static ErrorReason ReadReason(string name) =>
        ErrorsReflection.Descriptor.EnumTypes[0].FindValueByName($"ERROR_REASON_{name}") is { } value ? (ErrorReason)value.Number : ErrorReason.Unspecified;
}

/// <summary>The module is malformed, invalid, or uses what the engine cannot compile.</summary>
public sealed class InvalidModuleException : KilnException
{
    internal InvalidModuleException(RpcException error, Google.Rpc.Status? details, ErrorReason reason, IReadOnlyDictionary<string, string> metadata)
        : base(error, details, reason, metadata)
    {
    }

    /// <summary>Offset of the mistake in the module's bytes, if known.</summary>
    public uint? Offset => Read("offset");

    /// <summary>Index of the function with the mistake, if it is in one.</summary>
    public uint? FunctionIndex => Read("function");

    private uint? Read(string key) =>
        Metadata.TryGetValue(key, out string? text) && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
}

/// <summary>The daemon does not hold the module: upload it.</summary>
public sealed class ModuleNotFoundException : KilnException
{
    internal ModuleNotFoundException(RpcException error, Google.Rpc.Status? details, ErrorReason reason, IReadOnlyDictionary<string, string> metadata)
        : base(error, details, reason, metadata)
    {
    }
}

/// <summary>The sandbox is gone: it was closed, or its lease expired.</summary>
public sealed class SandboxNotFoundException : KilnException
{
    internal SandboxNotFoundException(RpcException error, Google.Rpc.Status? details, ErrorReason reason, IReadOnlyDictionary<string, string> metadata)
        : base(error, details, reason, metadata)
    {
    }
}

/// <summary>The daemon could not be reached, or is shutting down.</summary>
public sealed class DaemonUnavailableException : KilnException
{
    internal DaemonUnavailableException(RpcException error, Google.Rpc.Status? details, ErrorReason reason, IReadOnlyDictionary<string, string> metadata)
        : base(error, details, reason, metadata)
    {
    }
}
