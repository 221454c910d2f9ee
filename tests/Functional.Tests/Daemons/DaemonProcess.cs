using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Kiln.Client;

namespace Kiln.Functional.Tests.Daemons;

/// <summary>A real daemon process with a data directory of its own, from the build output.</summary>
public sealed class DaemonProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_startTime = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly bool _ownsData;

    private DaemonProcess(string data, bool ownsData, IReadOnlyList<string> arguments)
    {
        Data = data;
        _ownsData = ownsData;
        Port = FreePort();
        Socket = Path.Combine(data, "kilnd.sock");
        var info = new ProcessStartInfo(Build.Daemon)
        {
            RedirectStandardError = true,
            ArgumentList = { "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}"), "--socket", Socket, "--data", data, "--set", "Execution:WarmUp=0" },
        };
        foreach (string argument in arguments) info.ArgumentList.Add(argument);
        _process = new Process { StartInfo = info };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log) _log.AppendLine(line.Data);
        };
        _process.Start();
        _process.BeginErrorReadLine();
    }

    /// <summary>The data directory.</summary>
    public string Data { get; }

    /// <summary>The Unix socket.</summary>
    public string Socket { get; }

    /// <summary>The TCP port.</summary>
    public int Port { get; }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>What it has logged.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>The artifact files.</summary>
    public string[] Artifacts => Directory.GetFiles(Path.Combine(Data, "code"));

    /// <summary>Starts one and waits until it serves. Without a data directory it gets a new one and deletes it at the end.</summary>
    public static Task<DaemonProcess> StartAsync(string? data = null, params string[] arguments) => StartAsync(data, mustServe: true, arguments);

    /// <summary>Starts one, with a data directory of its own, and waits only until it says that it has started.</summary>
    public static Task<DaemonProcess> StartWarmingAsync(params string[] arguments) => StartAsync(null, mustServe: false, arguments);

    private static async Task<DaemonProcess> StartAsync(string? data, bool mustServe, string[] arguments)
    {
        var daemon = new DaemonProcess(data ?? Directory.CreateTempSubdirectory("kiln-test-").FullName, data is null, arguments);
        using KilnClient client = daemon.Connect();
        long start = Stopwatch.GetTimestamp();
        while (mustServe ? !await client.IsServingAsync(TimeSpan.FromSeconds(5)) : !daemon.Log.Contains(" serves on ", StringComparison.Ordinal))
        {
            if (daemon._process.HasExited || Stopwatch.GetElapsedTime(start) > s_startTime)
            {
                throw new InvalidOperationException($"the daemon did not start:\n{daemon.Log}");
            }

            await Task.Delay(30);
        }

        return daemon;
    }

    /// <summary>Starts one that is expected to refuse; its exit code and log.</summary>
    public static async Task<(int ExitCode, string Log)> StartFailingAsync(string data, params string[] arguments)
    {
        var daemon = new DaemonProcess(data, ownsData: false, arguments);
        await daemon._process.WaitForExitAsync().WaitAsync(s_startTime);
        return (daemon._process.ExitCode, daemon.Log);
    }

    /// <summary>A client over the Unix socket, or over TCP.</summary>
    public KilnClient Connect(bool tcp = false) => new(tcp ? KilnEndpoint.Tcp("127.0.0.1", Port) : KilnEndpoint.Unix(Socket));

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("/bin/kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        if (_ownsData) Directory.Delete(Data, recursive: true);
    }

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}
