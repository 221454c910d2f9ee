namespace Grpc.Core;

/// <summary>The state of a channel's connections.</summary>
public enum ConnectivityState
{
    /// <summary>Not connecting; a call starts a connection.</summary>
    Idle,

    /// <summary>Connecting.</summary>
    Connecting,

    /// <summary>Connected.</summary>
    Ready,

    /// <summary>A failure that may heal; the channel will try again.</summary>
    TransientFailure,

    /// <summary>Shut down.</summary>
    Shutdown,
}
