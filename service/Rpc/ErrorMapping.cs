using System;
using System.Collections.Generic;
using System.Globalization;
using Grpc.Core;
using Kiln.V1;

namespace Kiln.Service.Rpc;

/// <summary>From the exceptions of engine and platform to errors of calls.</summary>
internal static class ErrorMapping
{
    /// <summary>The error for an exception that is somebody else's doing; null for a mistake of ours.</summary>
    public static RpcException? TryMap(Exception exception) => exception switch
    {
        RpcException rpc => rpc,
        ModuleException module => RpcErrors.InvalidModule(module),
        UnsupportedFeatureException unsupported => RpcErrors.Create(ErrorReason.UnsupportedFeature, unsupported.Message),
        CompileLimitException limit => RpcErrors.Create(ErrorReason.CompileLimit, limit.Message, [("limit", limit.Limit)]),
        LinkException link => RpcErrors.Create(ErrorReason.Link, link.Message, [("import_module", link.Module), ("import_name", link.Name)]),
        StoreLimitException limit => RpcErrors.Create(ErrorReason.StoreLimit, limit.Message),
        OperationCanceledException => RpcErrors.Create(ErrorReason.Cancelled, "the call was cancelled"),
        _ => null,
    };

    /// <summary>The error for a mistake of ours: no details go out but a number that the log has, too.</summary>
    public static RpcException Internal(string incident) =>
        RpcErrors.Create(ErrorReason.Internal, string.Create(CultureInfo.InvariantCulture, $"internal error, incident {incident}"), new List<(string, string)> { ("incident", incident) });
}
