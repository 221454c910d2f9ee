using System.Threading.Tasks;
using Kiln.Client;
using Xunit;

namespace Kiln.Functional.Tests.Daemons;

/// <summary>One daemon for all tests that leave it as they found it.</summary>
public sealed class SharedDaemon : IAsyncLifetime
{
    /// <summary>The daemon.</summary>
    public DaemonProcess Process { get; private set; } = null!;

    /// <summary>A client over the Unix socket.</summary>
    public KilnClient Client { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Process = await DaemonProcess.StartAsync(null, "--set", "Sandboxes:DefaultLease=00:00:30");
        Client = Process.Connect();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(Name)]
public sealed class SharedDaemonCollection : ICollectionFixture<SharedDaemon>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "shared daemon";
}
