// Transport credentials of a channel: none, TLS, or either with call credentials on top.
// A channel asks what they are through ChannelCredentialsConfiguratorBase.

using System;

namespace Grpc.Core;

/// <summary>Transport credentials of a channel.</summary>
public abstract class ChannelCredentials
{
    /// <summary>No transport security.</summary>
    public static ChannelCredentials Insecure { get; } = new InsecureChannelCredentials();

    /// <summary>TLS with the system's root certificates.</summary>
    public static ChannelCredentials SecureSsl { get; } = new SslCredentials();

    /// <summary>Whether call credentials may be put on top.</summary>
    internal virtual bool IsComposable => false;

    /// <summary>Channel credentials with call credentials that apply to every call.</summary>
    /// <exception cref="ArgumentException">The channel credentials give no transport security.</exception>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials) =>
        new CompositeChannelCredentials(channelCredentials, callCredentials);

    /// <summary>Tells a channel's configurator what these credentials are.</summary>
    public abstract void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state);
}

/// <summary>Through this a channel learns what credentials consist of.</summary>
public abstract class ChannelCredentialsConfiguratorBase
{
    /// <summary>For channels.</summary>
    protected ChannelCredentialsConfiguratorBase()
    {
    }

    /// <summary>There is no transport security.</summary>
    public abstract void SetInsecureCredentials(object? state);

    /// <summary>TLS; null parts mean the defaults.</summary>
    public abstract void SetSslCredentials(
        object? state, string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback);

    /// <summary>Transport credentials and call credentials.</summary>
    public abstract void SetCompositeCredentials(object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials);
}

/// <summary>Decides whether to accept a server's certificate.</summary>
public delegate bool VerifyPeerCallback(VerifyPeerContext context);

/// <summary>What a <see cref="VerifyPeerCallback"/> sees.</summary>
public class VerifyPeerContext
{
    internal VerifyPeerContext(string targetName, string peerPem)
    {
        TargetName = targetName;
        PeerPem = peerPem;
    }

    /// <summary>The name that the channel connects to.</summary>
    public string TargetName { get; }

    /// <summary>The server's certificate as PEM.</summary>
    public string PeerPem { get; }
}

/// <summary>A certificate chain with its private key, both PEM.</summary>
public sealed class KeyCertificatePair
{
    /// <summary>The pair.</summary>
    public KeyCertificatePair(string certificateChain, string privateKey)
    {
        ArgumentNullException.ThrowIfNull(certificateChain);
        ArgumentNullException.ThrowIfNull(privateKey);
        CertificateChain = certificateChain;
        PrivateKey = privateKey;
    }

    /// <summary>PEM certificate chain.</summary>
    public string CertificateChain { get; }

    /// <summary>PEM private key.</summary>
    public string PrivateKey { get; }
}

/// <summary>TLS credentials.</summary>
public sealed class SslCredentials : ChannelCredentials
{
    private readonly VerifyPeerCallback? _verifyPeerCallback;

    /// <summary>The system's root certificates, no client certificate.</summary>
    public SslCredentials() : this(null, null, null)
    {
    }

    /// <summary>The given roots (PEM), no client certificate.</summary>
    public SslCredentials(string? rootCertificates) : this(rootCertificates, null, null)
    {
    }

    /// <summary>The given roots (PEM) and client certificate.</summary>
    public SslCredentials(string? rootCertificates, KeyCertificatePair? keyCertificatePair) : this(rootCertificates, keyCertificatePair, null)
    {
    }

    /// <summary>The given roots (PEM), client certificate and check of the server's certificate.</summary>
    public SslCredentials(string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback)
    {
        RootCertificates = rootCertificates;
        KeyCertificatePair = keyCertificatePair;
        _verifyPeerCallback = verifyPeerCallback;
    }

    /// <summary>PEM root certificates; null for the system's.</summary>
    public string? RootCertificates { get; }

    /// <summary>The client certificate; null for none.</summary>
    public KeyCertificatePair? KeyCertificatePair { get; }

    internal override bool IsComposable => true;

    /// <inheritdoc/>
    public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) =>
        configurator.SetSslCredentials(state, RootCertificates, KeyCertificatePair, _verifyPeerCallback);
}

internal sealed class InsecureChannelCredentials : ChannelCredentials
{
    public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) =>
        configurator.SetInsecureCredentials(state);
}

internal sealed class CompositeChannelCredentials : ChannelCredentials
{
    private readonly ChannelCredentials _channelCredentials;
    private readonly CallCredentials _callCredentials;

    internal CompositeChannelCredentials(ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        ArgumentNullException.ThrowIfNull(channelCredentials);
        ArgumentNullException.ThrowIfNull(callCredentials);
        if (!channelCredentials.IsComposable)
        {
            throw new ArgumentException("The channel credentials do not allow composition with call credentials.", nameof(channelCredentials));
        }

        _channelCredentials = channelCredentials;
        _callCredentials = callCredentials;
    }

    public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) =>
        configurator.SetCompositeCredentials(state, _channelCredentials, _callCredentials);
}
