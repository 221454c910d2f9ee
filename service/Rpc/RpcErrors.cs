// The one factory of errors. Every failed call carries a google.rpc.Status in the trailer grpc-status-details-bin, with
// an ErrorInfo {reason, domain "kiln"} first and details by kind after it. What the guest did is never an error here.

using System;
using System.Collections.Generic;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Kiln.V1;

namespace Kiln.Service.Rpc;

/// <summary>Makes the exceptions that end calls with a rich status.</summary>
internal static class RpcErrors
{
    /// <summary>The trailer with the serialized google.rpc.Status.</summary>
    public const string DetailsTrailer = "grpc-status-details-bin";

    private const string Domain = "kiln";
    private const string ReasonPrefix = "ERROR_REASON_";

    private static readonly (ErrorReason Reason, StatusCode Code)[] s_rows =
    [
        (ErrorReason.Unspecified,        StatusCode.Unknown),
        (ErrorReason.InvalidRequest,     StatusCode.InvalidArgument),
        (ErrorReason.InvalidModule,      StatusCode.InvalidArgument),
        (ErrorReason.UnsupportedFeature, StatusCode.InvalidArgument),
        (ErrorReason.ModuleTooLarge,     StatusCode.InvalidArgument),
        (ErrorReason.ModuleNotFound,     StatusCode.FailedPrecondition),
        (ErrorReason.DigestMismatch,     StatusCode.InvalidArgument),
        (ErrorReason.UploadOffset,       StatusCode.FailedPrecondition),
        (ErrorReason.UploadBusy,         StatusCode.Aborted),
        (ErrorReason.Link,               StatusCode.InvalidArgument),
        (ErrorReason.ExportNotFound,     StatusCode.NotFound),
        (ErrorReason.ArgumentMismatch,   StatusCode.InvalidArgument),
        (ErrorReason.LimitTooHigh,       StatusCode.InvalidArgument),
        (ErrorReason.SandboxNotFound,    StatusCode.NotFound),
        (ErrorReason.SandboxBusy,        StatusCode.Aborted),
        (ErrorReason.InstanceNotFound,   StatusCode.NotFound),
        (ErrorReason.InstanceExists,     StatusCode.AlreadyExists),
        (ErrorReason.MemoryOutOfRange,   StatusCode.OutOfRange),
        (ErrorReason.QuotaExceeded,      StatusCode.ResourceExhausted),
        (ErrorReason.ShuttingDown,       StatusCode.Unavailable),
        (ErrorReason.Cancelled,          StatusCode.Cancelled),
        (ErrorReason.Deadline,           StatusCode.DeadlineExceeded),
        (ErrorReason.Internal,           StatusCode.Internal),
        (ErrorReason.StoreLimit,         StatusCode.ResourceExhausted),
        (ErrorReason.CompileLimit,       StatusCode.ResourceExhausted),
    ];

    /// <summary>An error with metadata and further details.</summary>
    public static RpcException Create(
        ErrorReason reason, string message, IEnumerable<(string Key, string Value)>? metadata = null, params IMessage[] details)
    {
        StatusCode code = Code(reason);
        // Field 1 of ErrorInfo is "reason"; this version of the package still calls it by its first name.
        var info = new ErrorInfo { Domain = Domain, Type = Name(reason) };
        foreach ((string key, string value) in metadata ?? []) info.Metadata[key] = value;
        var status = new Google.Rpc.Status { Code = (int)code, Message = message, Details = { Any.Pack(info) } };
        foreach (IMessage detail in details) status.Details.Add(Any.Pack(detail));
        return new RpcException(
            new Grpc.Core.Status(code, message),
            new Grpc.Core.Metadata { { DetailsTrailer, status.ToByteArray() } },
            message);
    }

    /// <summary>A field of the request is missing or wrong.</summary>
    public static RpcException InvalidField(string field, string description, ErrorReason reason = ErrorReason.InvalidRequest) => Create(
        reason,
        $"{field}: {description}",
        null,
        new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = description } } });

    /// <summary>A limit is above the maximum.</summary>
    public static RpcException LimitTooHigh(string field, string maximum) => Create(
        ErrorReason.LimitTooHigh,
        $"{field}: the daemon's maximum is {maximum}",
        [("maximum", maximum)],
        new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = $"above the maximum of {maximum}" } } });

    /// <summary>No module with this digest is stored.</summary>
    public static RpcException ModuleNotFound(string digest) => Create(
        ErrorReason.ModuleNotFound,
        $"module {digest} is not stored; upload it first",
        null,
        new PreconditionFailure
        {
            Violations =
            {
                new PreconditionFailure.Types.Violation { Type = "MISSING", Subject = $"modules/sha256-{digest}", Description = "The module is not stored." },
            },
        });

    /// <summary>A named thing does not exist, or exists already.</summary>
    public static RpcException Resource(ErrorReason reason, string type, string name, string message) => Create(
        reason,
        message,
        null,
        new ResourceInfo { ResourceType = type, ResourceName = name, Description = message });

    /// <summary>A quota is used up.</summary>
    public static RpcException QuotaExceeded(string subject, string message, TimeSpan retryAfter) => Create(
        ErrorReason.QuotaExceeded,
        message,
        null,
        new QuotaFailure { Violations = { new QuotaFailure.Types.Violation { Subject = subject, Description = message } } },
        new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) });

    /// <summary>The daemon is shutting down.</summary>
    public static RpcException ShuttingDown() => Create(
        ErrorReason.ShuttingDown,
        "the daemon is shutting down",
        null,
        new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) });

    /// <summary>The module is malformed or invalid.</summary>
    public static RpcException InvalidModule(ModuleException exception) =>
        Create(ErrorReason.InvalidModule, Located(exception.Message, exception.WasmOffset, exception.FunctionIndex), Where(exception.WasmOffset, exception.FunctionIndex));

    private static string Located(string message, uint? offset, uint? function)
    {
        string text = message;
        if (function is { } index) text = string.Create(CultureInfo.InvariantCulture, $"{text} (in function {index})");
        if (offset is { } at) text = string.Create(CultureInfo.InvariantCulture, $"{text} (at offset 0x{at:x})");
        return text;
    }

    private static IEnumerable<(string, string)> Where(uint? offset, uint? function)
    {
        if (offset is { } at) yield return ("offset", at.ToString(CultureInfo.InvariantCulture));
        if (function is { } index) yield return ("function", index.ToString(CultureInfo.InvariantCulture));
    }

    private static StatusCode Code(ErrorReason reason)
    {
        foreach ((ErrorReason row, StatusCode code) in s_rows)
        {
            if (row == reason) return code;
        }

        return StatusCode.Unknown;
    }

    private static string Name(ErrorReason reason) =>
        ErrorsReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)reason).Name[ReasonPrefix.Length..];
}
