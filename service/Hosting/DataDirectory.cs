// The daemon's data directory: one owner at a time (a lock file), a secret for authenticating artifacts, and folders.
//
//   lock            held exclusively while a daemon lives; the kernel releases it when the process dies, however
//   secret.key      32 random bytes, mode 0600, made once
//   tmp/            files being written; emptied at start, so a killed daemon leaves nothing behind
//   modules/        module files by digest
//   uploads/        parts of modules whose upload is not complete
//   code/           artifact files

using System;
using System.IO;
using System.Security.Cryptography;
using Kiln.Service.Modules;
using Kiln.Service.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Hosting;

/// <summary>The data directory, opened and locked.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const int SecretSize = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    /// <summary>Opens the directory, making it if need be. Throws <see cref="IOException"/> if another daemon holds it.</summary>
    public DataDirectory(IOptions<StorageOptions> options, ILogger<DataDirectory> log)
    {
        Root = options.Value.FullPath;
        Directory.CreateDirectory(Root, OwnerFolder);
        try
        {
            _lock = new FileStream(Path.Combine(Root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"another daemon uses the data directory {Root} (set Kiln:Storage:Path or --data)", e);
        }

        Temporary = MakeFolder("tmp");
        Modules = MakeFolder("modules");
        Uploads = MakeFolder("uploads");
        Code = MakeFolder("code");
        foreach (string orphan in Directory.EnumerateFiles(Temporary))
        {
            File.Delete(orphan);
            log.OrphanDeleted(orphan);
        }

        Secret = ReadOrMakeSecret(log);
    }

    /// <summary>Full path of the directory.</summary>
    public string Root { get; }

    /// <summary>Folder for files being written.</summary>
    public string Temporary { get; }

    /// <summary>Folder of module files.</summary>
    public string Modules { get; }

    /// <summary>Folder of unfinished uploads.</summary>
    public string Uploads { get; }

    /// <summary>Folder of artifact files.</summary>
    public string Code { get; }

    /// <summary>The secret that authenticates artifact files.</summary>
    public byte[] Secret { get; }

    /// <summary>A new file in <see cref="Temporary"/>, to be renamed to its place once it is complete.</summary>
    public FileStream CreateTemporary() => new(
        Path.Combine(Temporary, Path.GetRandomFileName()),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });

    /// <summary>Lets another daemon take the directory.</summary>
    public void Dispose() => _lock.Dispose();

    private string MakeFolder(string name)
    {
        string path = Path.Combine(Root, name);
        Directory.CreateDirectory(path, OwnerFolder);
        return path;
    }

    private byte[] ReadOrMakeSecret(ILogger log)
    {
        string path = Path.Combine(Root, "secret.key");
        if (File.Exists(path))
        {
            byte[] secret = File.ReadAllBytes(path);
            if (secret.Length == SecretSize)
            {
                if (File.GetUnixFileMode(path) != OwnerOnly)
                {
                    log.SecretModeTightened(path);
                    File.SetUnixFileMode(path, OwnerOnly);
                }

                return secret;
            }

            log.SecretReplaced(path, secret.Length);
        }

        byte[] fresh = RandomNumberGenerator.GetBytes(SecretSize);
        using (FileStream file = CreateTemporary())
        {
            file.Write(fresh);
            file.Flush(flushToDisk: true);
            File.Move(file.Name, path, overwrite: true);
        }

        return fresh;
    }
}
