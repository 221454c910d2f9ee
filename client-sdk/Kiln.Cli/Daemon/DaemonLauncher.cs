// Reaches the daemon, or starts one: in a session of its own, so that it outlives this program and its terminal, and
// with its log in a file. Two programs may start one at the same time; the daemon's lock lets one live and both use it.

using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Client;

namespace Kiln.Cli.Daemon;

/// <summary>The local daemon did not start.</summary>
internal sealed class DaemonStartException(string message) : Exception(message);

/// <summary>Connects to the daemon at an end point.</summary>
internal sealed class DaemonLauncher(KilnEndpoint endpoint, bool mayStart)
{
    private const string Program = "kilnd";
    private static readonly TimeSpan s_probe = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_startTime = TimeSpan.FromSeconds(30);

    /// <summary>A client of a daemon that answers; whoever is at a terminal does not wait until it is warm. Throws <see cref="DaemonStartException"/>.</summary>
    public async Task<KilnClient> ConnectAsync(CancellationToken cancellation)
    {
        var client = new KilnClient(endpoint);
        try
        {
            if (await client.AnswersAsync(s_probe, cancellation)) return client;
            if (!mayStart) throw new DaemonStartException($"no daemon answers at {endpoint}");
            client.Dispose();
            return await StartAsync(cancellation);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task<KilnClient> StartAsync(CancellationToken cancellation)
    {
        string socket = endpoint.SocketPath!;
        string log = Path.Combine(Path.GetDirectoryName(socket)!, "kilnd.log");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using Process shell = Launch(FindProgram(), socket, log);
        long start = Stopwatch.GetTimestamp();
        bool gone = false;
        while (true)
        {
            var client = new KilnClient(endpoint, new KilnClientOptions { MaxAttempts = 1 });
            if (File.Exists(socket) && await client.AnswersAsync(s_probe, cancellation))
            {
                client.Dispose();
                return new KilnClient(endpoint);
            }

            client.Dispose();
            // A daemon that gave way to another one started at the same time leaves that one to be waited for a little.
            if (gone || Stopwatch.GetElapsedTime(start) > s_startTime)
            {
                throw new DaemonStartException($"the daemon did not start; its log is {log}{LastLine(log)}");
            }

            gone = shell.HasExited && Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(5);
            await Task.Delay(50, cancellation);
        }
    }

    private static Process Launch(string program, string socket, string log)
    {
        // setsid takes it out of the terminal's reach; the shell is there for the redirections.
        var info = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList =
            {
                "-c",
                "if command -v setsid >/dev/null; then exec setsid \"$@\" </dev/null >>\"$KILND_LOG\" 2>&1; fi; trap '' HUP INT; exec \"$@\" </dev/null >>\"$KILND_LOG\" 2>&1",
                "sh",
                program,
                "--listen",
                "none",
                "--socket",
                socket,
            },
            WorkingDirectory = "/",
            UseShellExecute = false,
        };
        info.Environment["KILND_LOG"] = log;
        return Process.Start(info) ?? throw new DaemonStartException("cannot start /bin/sh");
    }

    private static string FindProgram()
    {
        if (Environment.GetEnvironmentVariable("KILN_DAEMON") is { Length: > 0 } named)
        {
            return File.Exists(named) ? Path.GetFullPath(named) : throw new DaemonStartException($"KILN_DAEMON names {named}, which is not there");
        }

        string beside = Path.Combine(AppContext.BaseDirectory, Program);
        if (File.Exists(beside)) return beside;
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string path = Path.Combine(folder, Program);
            if (File.Exists(path)) return path;
        }

        throw new DaemonStartException($"no daemon answers, and there is no {Program} to start beside this program, on the PATH or in KILN_DAEMON");
    }

    private static string LastLine(string log)
    {
        try
        {
            string[] lines = File.ReadAllLines(log);
            return lines.Length == 0 ? "" : $"\n{lines[^1]}";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
