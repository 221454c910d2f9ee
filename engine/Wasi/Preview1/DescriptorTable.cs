using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Kiln.Wasi.Preview1;

/// <summary>Maps the guest's descriptor numbers to open descriptors. New ones get the lowest free number.</summary>
public sealed class DescriptorTable(int capacity = DescriptorTable.DefaultCapacity)
{
    /// <summary>Open descriptors that one guest may have.</summary>
    public const int DefaultCapacity = 65_536;

    private readonly List<Descriptor?> _slots = [];
    private readonly PriorityQueue<uint, uint> _free = new();

    /// <summary>Finds an open descriptor.</summary>
    public bool TryGet(uint fd, [NotNullWhen(true)] out Descriptor? descriptor)
    {
        descriptor = fd < (uint)_slots.Count ? _slots[(int)fd] : null;
        return descriptor is not null;
    }

    /// <summary>Opens a descriptor under the lowest free number.</summary>
    public Errno Add(Descriptor descriptor, out uint fd)
    {
        // A number freed and then taken by Replace is still queued: skip it.
        while (_free.TryDequeue(out fd, out _))
        {
            if (_slots[(int)fd] is not null) continue;
            _slots[(int)fd] = descriptor;
            return Errno.Success;
        }

        fd = (uint)_slots.Count;
        if (_slots.Count >= capacity) return Errno.TooManyOpenFiles;
        _slots.Add(descriptor);
        return Errno.Success;
    }

    /// <summary>Closes a number.</summary>
    public Errno Close(uint fd)
    {
        if (!TryGet(fd, out Descriptor? descriptor)) return Errno.BadFile;
        _slots[(int)fd] = null;
        _free.Enqueue(fd, fd);
        descriptor.Close();
        return Errno.Success;
    }

    /// <summary>Moves a descriptor to another open number, whose old descriptor is closed.</summary>
    public Errno Renumber(uint from, uint to)
    {
        if (!TryGet(from, out Descriptor? moved) || !TryGet(to, out Descriptor? replaced)) return Errno.BadFile;
        if (from == to) return Errno.Success;
        _slots[(int)to] = moved;
        _slots[(int)from] = null;
        _free.Enqueue(from, from);
        replaced.Close();
        return Errno.Success;
    }

    /// <summary>Closes everything.</summary>
    public void CloseAll()
    {
        for (uint fd = 0; fd < _slots.Count; fd++) Close(fd);
    }
}
