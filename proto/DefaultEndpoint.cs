// Where daemon and clients meet when nobody says otherwise.

using System;
using System.IO;

namespace Kiln;

/// <summary>The default places of a user's daemon, the same for daemon and clients.</summary>
public static class DefaultEndpoint
{
    /// <summary>The TCP port.</summary>
    public const int Port = 7878;

    /// <summary>$XDG_RUNTIME_DIR/kiln.sock, or /tmp/kiln-UID/kilnd.sock.</summary>
    public static string SocketPath =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime)
            ? Path.Combine(runtime, "kiln.sock")
            : Path.Combine(RuntimeFolder, "kilnd.sock");

    /// <summary>/tmp/kiln-UID: the folder for sockets and logs where the system has no runtime directory. Its owner makes it with mode 0700.</summary>
    public static string RuntimeFolder => $"/tmp/kiln-{UserId}";

    private static string UserId
    {
        get
        {
            try
            {
                foreach (string line in File.ReadLines("/proc/self/status"))
                {
                    if (line.StartsWith("Uid:", StringComparison.Ordinal)) return line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[1];
                }
            }
            catch (IOException)
            {
                // Not Linux: the user's name serves as well.
            }

            return Environment.UserName;
        }
    }
}
