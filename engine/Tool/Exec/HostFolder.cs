using System;
using System.IO;
using Kiln.Wasi.FileSystem;

namespace Kiln.Tool.Exec;

/// <summary>Copies a folder of the host into a guest's file system; the guest never touches the original.</summary>
public static class HostFolder
{
    /// <summary>Copies everything below <paramref name="folder"/> to the same place below <paramref name="target"/>.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="FileSystemException">The store's memory limit does not allow a file.</exception>
    public static void CopyInto(MemoryFileSystem files, string folder, string target)
    {
        files.CreateDirectory(target);
        foreach (string path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        {
            string inside = target.TrimEnd('/') + "/" + Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (Directory.Exists(path)) files.CreateDirectory(inside);
            else files.WriteFile(inside, File.ReadAllBytes(path));
        }
    }
}
