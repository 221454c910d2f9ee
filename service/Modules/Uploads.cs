// Uploads in progress. The part that has arrived lies in uploads/<sha256> and survives a broken connection and a killed
// daemon: what is there is a prefix of what the client sent. Only the digest over the whole decides whether it is a module.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Service.Hosting;
using Kiln.Service.Observability;
using Kiln.Service.Rpc;
using Kiln.V1;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Modules;

/// <summary>Uploads in progress and broken ones. Thread-safe.</summary>
internal sealed class Uploads
{
    private readonly DataDirectory _data;
    private readonly ModuleStore _store;
    private readonly StorageOptions _options;
    private readonly Instruments _instruments;
    private readonly ILogger<Uploads> _log;
    private readonly HashSet<Hash256> _active = [];

    /// <summary>Over the module store.</summary>
    public Uploads(DataDirectory data, ModuleStore store, IOptions<StorageOptions> options, Instruments instruments, ILogger<Uploads> log)
    {
        _data = data;
        _store = store;
        _options = options.Value;
        _instruments = instruments;
        _log = log;
    }

    /// <summary>Bytes of the module that have arrived and are kept.</summary>
    public long CommittedOffset(Hash256 digest)
    {
        var part = new FileInfo(PathOf(digest));
        return part.Exists ? part.Length : 0;
    }

    /// <summary>Begins or resumes an upload; dispose it when the stream ends, however.</summary>
    public Upload Open(Hash256 digest, long size, long offset)
    {
        if (size > _options.MaxModule.Bytes)
        {
            throw RpcErrors.Create(
                ErrorReason.ModuleTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"the module has {size} bytes; the daemon accepts {_options.MaxModule.Bytes}"),
                [("limit", _options.MaxModule.Bytes.ToString(CultureInfo.InvariantCulture)), ("value", size.ToString(CultureInfo.InvariantCulture))]);
        }

        lock (_active)
        {
            if (!_active.Add(digest)) throw RpcErrors.Create(ErrorReason.UploadBusy, $"another client is uploading module {digest}");
        }

        try
        {
            DeleteExpired();
            return new Upload(this, digest, size, offset);
        }
        catch
        {
            Release(digest);
            throw;
        }
    }

    private string PathOf(Hash256 digest) => Path.Combine(_data.Uploads, digest.ToString());

    private void Release(Hash256 digest)
    {
        lock (_active)
        {
            _active.Remove(digest);
        }
    }

    private void DeleteExpired()
    {
        foreach (FileInfo part in new DirectoryInfo(_data.Uploads).EnumerateFiles())
        {
            if (DateTime.UtcNow - part.LastWriteTimeUtc < _options.KeepUploads) continue;
            if (!Hash256.TryParse(part.Name, out Hash256? digest))
            {
                part.Delete();
                _log.ForeignFileDeleted(part.FullName);
                continue;
            }

            lock (_active)
            {
                if (!_active.Contains(digest.Value)) part.Delete();
            }
        }
    }

    /// <summary>One upload. Used by one thread at a time.</summary>
    internal sealed class Upload : IAsyncDisposable
    {
        private readonly Uploads _owner;
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly Hash256 _digest;
        private readonly long _size;
        private readonly FileStream _file;
        private long _received;

        internal Upload(Uploads owner, Hash256 digest, long size, long offset)
        {
            _owner = owner;
            _digest = digest;
            _size = size;
            _file = new FileStream(
                owner.PathOf(digest),
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    BufferSize = 0,
                    Options = FileOptions.Asynchronous,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
            try
            {
                Resume(offset);
            }
            catch
            {
                _file.Dispose();
                _hash.Dispose();
                throw;
            }
        }

        /// <summary>Whether all bytes have arrived.</summary>
        public bool IsComplete => _received == _size;

        /// <summary>Appends the next bytes.</summary>
        public async Task AppendAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellation)
        {
            if (chunk.Length > _size - _received)
            {
                throw Mismatch(string.Create(CultureInfo.InvariantCulture, $"more than the announced {_size} bytes"));
            }

            await _file.WriteAsync(chunk, cancellation);
            _hash.AppendData(chunk.Span);
            _received += chunk.Length;
            _owner._instruments.UploadBytes.Add(chunk.Length);
        }

        /// <summary>Checks the digest and makes the module visible.</summary>
        public void Complete()
        {
            if (!IsComplete)
            {
                throw RpcErrors.Create(
                    ErrorReason.UploadOffset,
                    string.Create(CultureInfo.InvariantCulture, $"the upload ended at {_received} of {_size} bytes; resume it there"),
                    [("committed_offset", _received.ToString(CultureInfo.InvariantCulture))]);
            }

            Span<byte> hash = stackalloc byte[Hash256.Size];
            _hash.GetHashAndReset(hash);
            if (new Hash256(hash) != _digest) throw Mismatch("bytes with another SHA-256");
            _file.Flush(flushToDisk: true);
            _file.Dispose(); // others read it from the moment it is visible, and it is open for this upload alone
            _owner._store.Add(_digest, _size, _file.Name);
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            await _file.DisposeAsync();
            _hash.Dispose();
            _owner.Release(_digest);
        }

        private void Resume(long offset)
        {
            if (offset == 0)
            {
                _file.SetLength(0);
                return;
            }

            if (offset != _file.Length)
            {
                throw RpcErrors.Create(
                    ErrorReason.UploadOffset,
                    string.Create(CultureInfo.InvariantCulture, $"the upload starts at {offset}, but {_file.Length} bytes have arrived"),
                    [("committed_offset", _file.Length.ToString(CultureInfo.InvariantCulture))]);
            }

            byte[] buffer = new byte[64 << 10];
            for (int read; (read = _file.Read(buffer)) > 0;) _hash.AppendData(buffer, 0, read);
            _received = offset;
        }

        private Grpc.Core.RpcException Mismatch(string what)
        {
            _file.SetLength(0);
            return RpcErrors.Create(ErrorReason.DigestMismatch, $"the upload of module {_digest} sent {what}; it is discarded");
        }
    }
}
