using System;
using System.Collections.Generic;
using Kiln.Wasi.FileSystem;
using Kiln.Wasi.Preview1;

namespace Kiln.Wasi;

/// <summary>
/// The state behind the WASI functions of one store: file system, descriptors, arguments, environment,
/// clocks. Dispose it with the store; it gives the file system's bytes back.
/// </summary>
public sealed class WasiContext : IDisposable
{
    /// <summary>Device number of every node: there is one file system.</summary>
    internal const ulong Device = 1;

    private readonly TimeProvider _time;
    private readonly long _epoch;

    /// <summary>Prepares a guest's surroundings.</summary>
    /// <param name="store">The store whose memory limit pays for the files; null for no limit.</param>
    /// <param name="options">What the guest finds.</param>
    /// <exception cref="ArgumentException">An argument or variable holds a NUL, or a name an equals sign.</exception>
    /// <exception cref="FileSystemException">A preopened path cannot be made.</exception>
    public WasiContext(Store? store, WasiOptions options)
    {
        _time = options.Time ?? TimeProvider.System;
        _epoch = _time.GetTimestamp();
        FileSystem = options.FileSystem ?? new MemoryFileSystem(BudgetOf(store), _time);
        Random = options.Random;
        ArgumentBytes = new byte[options.Arguments.Count][];
        for (int i = 0; i < ArgumentBytes.Length; i++) ArgumentBytes[i] = Checked(options.Arguments[i], "argument");
        EnvironmentBytes = new byte[options.Environment.Count][];
        for (int i = 0; i < EnvironmentBytes.Length; i++)
        {
            (string name, string value) = options.Environment[i];
            if (name.Length == 0 || name.Contains('=')) throw new ArgumentException($"'{name}' is not a name of an environment variable");
            EnvironmentBytes[i] = Checked($"{name}={value}", "environment variable");
        }

        Add(new StreamDescriptor(options.Input ?? EmptyInput.Instance, null, options.IsTerminal));
        Add(new StreamDescriptor(null, options.Output ?? DiscardingOutput.Instance, options.IsTerminal));
        Add(new StreamDescriptor(null, options.Error ?? DiscardingOutput.Instance, options.IsTerminal));
        foreach ((string guestName, string path) in options.Preopens)
        {
            Add(new DirectoryDescriptor(FileSystem.CreateDirectory(path), Rights.Directory, Rights.Directory | Rights.File, guestName));
        }

        StartTime = MonotonicNow;
    }

    /// <summary>The guest's files; what it left there can be read after the run.</summary>
    public MemoryFileSystem FileSystem { get; }

    internal DescriptorTable Descriptors { get; } = new();

    internal byte[][] ArgumentBytes { get; }

    internal byte[][] EnvironmentBytes { get; }

    internal Random? Random { get; }

    /// <summary>Monotonic time when the guest started, nanoseconds.</summary>
    internal ulong StartTime { get; }

    /// <summary>Monotonic time, nanoseconds. It starts near zero for each guest, so it tells nothing of the host.</summary>
    internal ulong MonotonicNow => (ulong)_time.GetElapsedTime(_epoch).Ticks * 100 + 1;

    /// <summary>A budget that charges a store's memory limit.</summary>
    public static MemoryBudget BudgetOf(Store? store) =>
        store is null ? new MemoryBudget(static _ => true, static _ => { }) : new MemoryBudget(store.TryChargeMemory, store.ReleaseMemory);

    /// <summary>Closes all descriptors.</summary>
    public void Dispose() => Descriptors.CloseAll();

    private static byte[] Checked(string text, string what)
    {
        if (text.Contains('\0')) throw new ArgumentException($"an {what} holds a NUL character");
        return ProcessFunctions.Terminated(text);
    }

    private void Add(Descriptor descriptor) => Descriptors.Add(descriptor, out _);
}
