// Every log message of the daemon, one row each. Guest output never goes to the log.

using System;
using Microsoft.Extensions.Logging;

namespace Kiln.Service.Observability;

/// <summary>The daemon's log messages.</summary>
internal static partial class Log
{
    // Hosting: 1-99

    [LoggerMessage(1, LogLevel.Information, "Kiln daemon {Version} serves on {Endpoints}; data in {Data}; engine {Engine}")]
    public static partial void Started(this ILogger log, string version, string endpoints, string data, string engine);

    [LoggerMessage(2, LogLevel.Information, "Draining: {Calls} calls and {Sandboxes} sandboxes are open, {Timeout} at most")]
    public static partial void Draining(this ILogger log, int calls, int sandboxes, TimeSpan timeout);

    [LoggerMessage(3, LogLevel.Information, "Stopped")]
    public static partial void Stopped(this ILogger log);

    [LoggerMessage(4, LogLevel.Warning, "Drain timeout: {Calls} calls are cancelled")]
    public static partial void DrainTimedOut(this ILogger log, int calls);

    [LoggerMessage(5, LogLevel.Information, "Deleted {File}, which a daemon that died was writing")]
    public static partial void OrphanDeleted(this ILogger log, string file);

    [LoggerMessage(6, LogLevel.Warning, "Secret file {File} was accessible to others; its mode is 0600 now")]
    public static partial void SecretModeTightened(this ILogger log, string file);

    [LoggerMessage(7, LogLevel.Warning, "Secret file {File} has {Length} bytes and is replaced; stored code becomes unusable")]
    public static partial void SecretReplaced(this ILogger log, string file, int length);

    [LoggerMessage(8, LogLevel.Information, "Removed stale socket {Path}")]
    public static partial void StaleSocketRemoved(this ILogger log, string path);

    [LoggerMessage(9, LogLevel.Information, "Warmed up: {Rounds} rounds in {Elapsed:0} ms, the first took {First:0.0} ms, the last {Last:0.0} ms")]
    public static partial void WarmedUp(this ILogger log, int rounds, double elapsed, double first, double last);

    [LoggerMessage(10, LogLevel.Error, "Warming up failed after {Rounds} rounds; the daemon serves, the first modules compile more slowly")]
    public static partial void NotWarmedUp(this ILogger log, Exception error, int rounds);

    // RPC: 100-199

    [LoggerMessage(100, LogLevel.Debug, "{Method} from {Peer}: {Status} in {Elapsed} ms")]
    public static partial void CallCompleted(this ILogger log, string method, string peer, string status, double elapsed);

    [LoggerMessage(101, LogLevel.Information, "{Method} from {Peer}: {Status} in {Elapsed} ms: {Detail}")]
    public static partial void CallRefused(this ILogger log, string method, string peer, string status, double elapsed, string detail);

    [LoggerMessage(102, LogLevel.Error, "{Method} from {Peer} failed, incident {Incident}")]
    public static partial void CallFailed(this ILogger log, Exception exception, string method, string peer, string incident);

    // Modules: 200-299

    [LoggerMessage(200, LogLevel.Information, "Stored module {Digest} ({Bytes} bytes)")]
    public static partial void ModuleStored(this ILogger log, string digest, long bytes);

    [LoggerMessage(201, LogLevel.Information, "Evicted module {Digest} ({Bytes} bytes)")]
    public static partial void ModuleEvicted(this ILogger log, string digest, long bytes);

    [LoggerMessage(202, LogLevel.Error, "Module file {File} is damaged and was deleted")]
    public static partial void ModuleDamaged(this ILogger log, string file);

    [LoggerMessage(203, LogLevel.Warning, "File {File} is none of the daemon's and was deleted from its data directory")]
    public static partial void ForeignFileDeleted(this ILogger log, string file);

    // Cache: 300-399

    [LoggerMessage(300, LogLevel.Information, "Compiled module {Digest} in {Elapsed} ms: {Bytes} bytes of artifact")]
    public static partial void Compiled(this ILogger log, string digest, double elapsed, long bytes);

    [LoggerMessage(301, LogLevel.Error, "Artifact file {File} was rejected ({Reason}) and deleted; the module is compiled anew")]
    public static partial void ArtifactRejected(this ILogger log, string file, string reason);

    [LoggerMessage(302, LogLevel.Information, "Evicted artifact {Key} ({Bytes} bytes) from disk")]
    public static partial void ArtifactEvicted(this ILogger log, string key, long bytes);

    [LoggerMessage(303, LogLevel.Debug, "Evicted loaded code of {Digest} ({Bytes} bytes)")]
    public static partial void CodeEvicted(this ILogger log, string digest, long bytes);

    [LoggerMessage(304, LogLevel.Error, "Artifact of {Digest} could not be stored; it is used from memory")]
    public static partial void ArtifactNotStored(this ILogger log, Exception exception, string digest);

    [LoggerMessage(305, LogLevel.Information, "Code cache holds {Files} artifact files, {Bytes} bytes")]
    public static partial void CacheOpened(this ILogger log, int files, long bytes);

    // Execution: 400-499

    [LoggerMessage(400, LogLevel.Debug, "Run of {Digest} {Function}: {Outcome}, {GuestTime} ms, code from {CacheResult}")]
    public static partial void RunCompleted(this ILogger log, string digest, string function, string outcome, double guestTime, string cacheResult);

    [LoggerMessage(401, LogLevel.Critical, "Engine bug: {Description}\n{Dump}")]
    public static partial void EngineBug(this ILogger log, string description, string? dump);

    // Sandboxes: 500-599

    [LoggerMessage(500, LogLevel.Information, "Sandbox {Name} created, lease {Lease}")]
    public static partial void SandboxCreated(this ILogger log, string name, TimeSpan lease);

    [LoggerMessage(501, LogLevel.Information, "Sandbox {Name} closed: {Reason}")]
    public static partial void SandboxClosed(this ILogger log, string name, string reason);
}
