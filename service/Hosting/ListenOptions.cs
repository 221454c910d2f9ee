using System;
using System.Collections.Generic;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.IO;
using System.Net;

namespace Kiln.Service.Hosting;

/// <summary>Where the daemon listens (section Kiln:Listen).</summary>
internal sealed class ListenOptions : IValidatableObject
{
    /// <summary>IP address and port for HTTP/2 without TLS, such as "127.0.0.1:7878" or "[::1]:0"; "none" for no TCP.</summary>
    public string Address { get; set; } = "127.0.0.1:7878";

    /// <summary>Path of the Unix socket; empty for the default place, "none" for no socket.</summary>
    public string Socket { get; set; } = "";

    /// <summary>Access mode of the Unix socket, octal.</summary>
    [RegularExpression("^0?[0-7]{3}$")]
    public string SocketMode { get; set; } = "0600";

    /// <summary>Whether TCP may listen on other than loopback addresses. There is no authentication yet.</summary>
    public bool AllowRemote { get; set; }

    /// <summary>Largest request message.</summary>
    public ByteSize MaxMessage { get; set; } = new(64L << 20);

    /// <summary>How long a stopping daemon lets running calls finish before it cancels them.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether server reflection is offered.</summary>
    public bool Reflection { get; set; } = true;

    /// <summary>The TCP end point; null for none.</summary>
    public IPEndPoint? EndPoint => Address == "none" ? null : IPEndPoint.Parse(Address);

    /// <summary>The socket's path; null for none.</summary>
    public string? SocketPath => Socket switch
    {
        "none" => null,
        "" => DefaultEndpoint.SocketPath,
        _ => Path.GetFullPath(Socket),
    };

    /// <summary>The socket's access mode.</summary>
    public UnixFileMode SocketFileMode => (UnixFileMode)Convert.ToInt32(SocketMode, 8);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address != "none")
        {
            if (!IPEndPoint.TryParse(Address, out IPEndPoint? endPoint))
            {
                yield return new ValidationResult($"Kiln:Listen:Address '{Address}' is not an IP address and port, nor \"none\"");
            }
            else if (!IPAddress.IsLoopback(endPoint.Address) && !AllowRemote)
            {
                yield return new ValidationResult(
                    $"Kiln:Listen:Address '{Address}' is not a loopback address, and Kiln:Listen:AllowRemote is not set");
            }
        }
        else if (Socket == "none")
        {
            yield return new ValidationResult("Kiln:Listen: neither an address nor a socket");
        }

        if (SocketPath is { Length: > 107 } path)
        {
            yield return new ValidationResult(
                string.Create(CultureInfo.InvariantCulture, $"Kiln:Listen:Socket '{path}' is longer than the 107 bytes of a socket address"));
        }

        if (DrainTimeout < TimeSpan.Zero || DrainTimeout > TimeSpan.FromHours(1))
        {
            yield return new ValidationResult("Kiln:Listen:DrainTimeout must be between 0 and 1 hour");
        }
    }
}
