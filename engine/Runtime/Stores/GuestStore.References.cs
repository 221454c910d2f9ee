using System.Collections.Generic;
using Kiln.Contract.Layout;
using Kiln.Foundation.Diagnostics;
using Kiln.Runtime.Instances;
using Kiln.Runtime.References;
using Kiln.Runtime.Tables;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Stores;

// References to host objects. Handles are made in one place, where the host hands values to a guest: it first reserves as many
// as it needs, which may collect, and then writes them where the guest will find them, which never collects. So a handle
// that is on its way, in a slot array or a local of managed code, is never looked for.
public sealed unsafe partial class GuestStore
{
    private readonly HandleTable _handles;
    private readonly bool _collectAlways;
    private readonly List<nint> _handleGlobals = [];

    /// <summary>Number of references to host objects that guests may still hold: those found by the last collection, and those made since.</summary>
    public int HandleCount => _handles.InUse;

    /// <summary>
    /// To be called before <see cref="ReferenceOf"/> is called up to <paramref name="count"/> times; the store is entered. Frees
    /// the host objects that no guest can reach, if that is due.
    /// </summary>
    public void ReserveHandles(int count)
    {
        if (_collectAlways || _handles.IsFull(count)) Collect();
    }

    /// <summary>A raw reference to a host object; 0 for null. It must be where the collector finds it before handles are reserved again.</summary>
    public ulong ReferenceOf(object? host) => host is null ? 0 : _handles.Add(host);

    /// <summary>The host object of a raw reference; null for 0.</summary>
    public object? ObjectOf(ulong reference)
    {
        if (reference == 0) return null;
        try
        {
            return _handles[reference];
        }
        catch (EngineBug bug)
        {
            Poison(bug.Message, "");
            throw;
        }
    }

    /// <summary>Frees the host objects that no guest can reach. Also while the store's guest waits without a thread.</summary>
    public void CollectNow()
    {
        lock (_ownerGate)
        {
            // The guest is a place on its stack like one in a host call, and cannot go on before the gate is free.
            if (_ownership == StoreOwnership.Parked)
            {
                Collect();
                return;
            }
        }

        StoreOwnership? entered = Enter();
        try
        {
            Collect();
        }
        finally
        {
            Leave(entered);
        }
    }

    private void Collect()
    {
        CheckAlive();
        try
        {
            MarkAndSweep();
        }
        catch (EngineBug bug)
        {
            Poison(bug.Message, "");
            throw;
        }
    }

    private void MarkAndSweep()
    {
        RootScan roots = new(_handles);
        _handles.BeginMarking();
        roots.AddActivations(Runtime, _context->Current);
        foreach (nint cell in _handleGlobals) roots.Add(((ValueSlot*)cell)->Low);
        foreach (GuestTable table in _tables)
        {
            if (table.HoldsHandles) roots.AddAll(table.Elements);
        }

        foreach (GuestInstance instance in _instances) instance.AddSegmentRoots(ref roots);
        _handles.Sweep(roots.Places);
    }

    /// <summary>A place where a collection is possible and seldom due: for tests that collect wherever they can.</summary>
    public void Safepoint()
    {
        if (_collectAlways) Collect();
    }

    /// <summary>Makes the cell of a global a root if its type, with engine-wide indices, asks for it.</summary>
    internal void AddGlobalRoot(Wasm.Types.ValType type, ValueSlot* cell)
    {
        if (ReferenceShape.IsHandle(type, Runtime.Types)) _handleGlobals.Add((nint)cell);
    }
}
