using System;
using System.Collections.Generic;
using System.Threading;
using Kiln.Runtime.Platform;

namespace Kiln.Runtime.Code;

/// <summary>
/// The code of an engine: its stubs and the images of its modules, in one reservation, so that a rel32 reaches from any
/// of them to any other. Thread-safe.
/// </summary>
internal sealed unsafe class CodeMemory : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CodeFile _file;
    private readonly FreeRanges _free;
    private readonly SortedList<ulong, WeakReference<CodeImage>> _images = [];
    private long _bytesInUse;

    /// <summary>Reserves <paramref name="size"/> bytes of address space, whole pages.</summary>
    public CodeMemory(ulong size)
    {
        _file = new CodeFile(size);
        _free = new FreeRanges(size);
    }

    /// <summary>First address of the reservation.</summary>
    public ulong Start => (ulong)_file.Start;

    /// <summary>Address after its last byte.</summary>
    public ulong End => Start + _file.Size;

    /// <summary>Bytes that images and stubs take, in whole pages.</summary>
    public long BytesInUse => Interlocked.Read(ref _bytesInUse);

    /// <summary>Address for <paramref name="length"/> bytes of code, to be written with <see cref="Write"/>.</summary>
    /// <exception cref="OutOfMemoryException">The reservation is used up.</exception>
    public ulong Allocate(int length)
    {
        ulong size = VirtualMemory.RoundUp((ulong)Math.Max(length, 1));
        lock (_gate)
        {
            if (!_free.TryTake(size, out ulong start)) throw new OutOfMemoryException("the engine's code memory is used up");
            _bytesInUse += (long)size;
            return Start + start;
        }
    }

    /// <summary>Fills an allocation and makes it executable.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> code)
    {
        _file.Write(address - Start, code);
        _file.Publish(address - Start, VirtualMemory.RoundUp((ulong)Math.Max(code.Length, 1)));
    }

    /// <summary>Frees an allocation; nothing may run in it or return to it any more.</summary>
    public void Free(ulong address, int length)
    {
        ulong size = VirtualMemory.RoundUp((ulong)Math.Max(length, 1));
        lock (_gate)
        {
            if (_file.Start == null) return;
            _images.Remove(address);
            _file.Discard(address - Start, size);
            _free.Return(address - Start, size);
            _bytesInUse -= (long)size;
        }
    }

    /// <summary>Makes an image known to <see cref="FindImage"/>.</summary>
    public void Register(CodeImage image)
    {
        lock (_gate) _images.Add(image.Start, new WeakReference<CodeImage>(image));
    }

    /// <summary>The image that contains an address, or null.</summary>
    public CodeImage? FindImage(ulong address)
    {
        lock (_gate)
        {
            int low = 0;
            int high = _images.Count - 1;
            while (low <= high)
            {
                int middle = (low + high) >> 1;
                ulong start = _images.Keys[middle];
                if (address < start)
                {
                    high = middle - 1;
                }
                else if (_images.Values[middle].TryGetTarget(out CodeImage? image) && address < image.End)
                {
                    return image;
                }
                else
                {
                    low = middle + 1;
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _file.Dispose();
    }
}
