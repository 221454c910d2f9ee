using System;
using System.IO;
using Google.Protobuf;
using Kiln.V1;

namespace Kiln.Cli.Commands;

/// <summary>Reads a directory of this machine, to be sent along with a run. The guest works on the copy.</summary>
internal static class HostDirectory
{
    // What a request can carry, with room for the rest of it.
    private const long MaxBytes = 60L << 20;

    /// <summary>Reads HOST[::GUEST]; throws <see cref="IOException"/> when it is too large.</summary>
    public static GuestDirectory Read(string option)
    {
        int split = option.IndexOf("::", StringComparison.Ordinal);
        string host = split < 0 ? option : option[..split];
        string guest = split < 0 ? option : option[(split + 2)..];
        var directory = new DirectoryInfo(host);
        if (!directory.Exists) throw new DirectoryNotFoundException($"--dir: there is no directory '{host}'");
        var result = new GuestDirectory { GuestPath = guest };
        long bytes = 0;
        Add(result, directory, "", ref bytes);
        return result;
    }

    private static void Add(GuestDirectory result, DirectoryInfo directory, string prefix, ref long bytes)
    {
        foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos())
        {
            string path = prefix + entry.Name;
            if (entry.LinkTarget is { } target)
            {
                result.Entries.Add(new GuestFile { Path = path, SymlinkTarget = target });
            }
            else if (entry is DirectoryInfo child)
            {
                result.Entries.Add(new GuestFile { Path = path, Directory = true });
                Add(result, child, path + "/", ref bytes);
            }
            else if (entry is FileInfo { Attributes: var attributes } file && (attributes & FileAttributes.Device) == 0)
            {
                bytes += file.Length;
                if (bytes > MaxBytes) throw new IOException($"--dir: '{result.GuestPath}' holds more than the {Quantities.Size((ulong)MaxBytes)} that a request can carry");
                result.Entries.Add(new GuestFile { Path = path, Content = UnsafeByteOperations.UnsafeWrap(File.ReadAllBytes(file.FullName)) });
            }
        }
    }
}
