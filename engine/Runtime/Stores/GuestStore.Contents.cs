using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Kiln.Runtime.Code;
using Kiln.Runtime.Hosts;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Stacks;
using Kiln.Runtime.Tables;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Stores;

// What a store owns lives until the store is disposed: an instance whose instantiation failed may have put its functions
// into another one's table, so nothing is freed earlier. Compiled code and native records refer to managed objects by
// their number in these lists.
public sealed unsafe partial class GuestStore
{
    private readonly List<nint> _blocks = [];
    private readonly List<GuestInstance> _instances = [];
    private readonly List<LinearMemory> _memories = [];
    private readonly List<GuestTable> _tables = [];
    private readonly List<GuestFunction> _functions = [];
    private readonly HashSet<CodeImage> _images = [];
    private HostBinding[] _bindings = [];
    private int _bindingCount;
    private long _tableElements;

    /// <summary>Instances in the store.</summary>
    public int InstanceCount => _instances.Count;

    /// <summary>A memory that belongs to no instance.</summary>
    public LinearMemory CreateMemory(MemoryType type) => AddMemory(type, (VmMemory*)AllocateBlock(sizeof(VmMemory)));

    /// <summary>A shared memory as this store has it, always the same object.</summary>
    public LinearMemory Attach(SharedLinearMemory shared)
    {
        if (shared.Runtime != Runtime) throw Runtime.Errors.Misuse("the shared memory belongs to another engine");
        foreach (LinearMemory known in _memories)
        {
            if (known.Shared == shared) return known;
        }

        CheckMemoryCount();
        LinearMemory memory = new(this, shared);
        _memories.Add(memory);
        return memory;
    }

    /// <summary>A table that belongs to no instance; its element type has engine-wide indices.</summary>
    public GuestTable CreateTable(TableType type, ulong initial)
    {
        GuestTable table = AddTable(type, (VmTable*)AllocateBlock(sizeof(VmTable)), initial);
        table.Publish();
        return table;
    }

    /// <summary>A global that belongs to no instance; its type has engine-wide indices.</summary>
    public GlobalCell CreateGlobal(GlobalType type, ValueSlot initial)
    {
        GlobalCell global = new(this, type, (ValueSlot*)AllocateBlock(sizeof(ValueSlot)));
        global.Value = initial;
        AddGlobalRoot(type.Type, global.Cell);
        return global;
    }

    /// <summary>
    /// A host function as a function of this store. <paramref name="trampolines"/> has, in row 0, those of its type.
    /// </summary>
    public GuestFunction CreateFunction(HostFunction function, CodeImage trampolines)
    {
        KeepImage(trampolines);
        HostContext* context = (HostContext*)AllocateBlock(sizeof(HostContext));
        Bind(context, null, function);
        VmFuncRef* record = (VmFuncRef*)AllocateBlock(sizeof(VmFuncRef));
        record->Code = trampolines.Start + trampolines.Artifact.Trampolines[0].ExitOffset;
        record->Context = (ulong)context;
        record->TypeId = function.TypeId;
        record->FunctionIndex = uint.MaxValue;
        record->Owner = uint.MaxValue;
        return AddFunction(record, function.Type, trampolines.Start + trampolines.Artifact.Trampolines[0].EntryOffset);
    }

    /// <summary>The function a raw funcref refers to, always the same object; null for null.</summary>
    public GuestFunction? FunctionOf(ulong reference)
    {
        if (reference == 0) return null;
        VmFuncRef* record = (VmFuncRef*)reference;
        if (record->Function != 0) return _functions[(int)record->Function - 1];
        GuestInstance owner = _instances[(int)record->Owner];
        uint typeIndex = owner.Module.Description.Functions[(int)record->FunctionIndex];
        return AddFunction(record, Runtime.Types.Function(owner.Module.Types[typeIndex]), owner.Module.EntryTrampoline(typeIndex));
    }

    internal bool TryChargeElements(long count)
    {
        if (count > Quotas.TableElements - _tableElements) return false;
        _tableElements += count;
        return true;
    }

    internal void ReleaseElements(long count) => _tableElements -= count;

    internal bool OwnsReservation(ulong address)
    {
        foreach (LinearMemory memory in _memories)
        {
            if (memory.Reservation.Contains(address)) return true;
        }

        return false;
    }

    internal GuestInstance Instance(uint number) => _instances[(int)number];

    internal HostBinding Binding(uint number) => _bindings[number];

    /// <summary>Native memory, zeroed and 16-byte aligned, for as long as the store lives.</summary>
    internal void* AllocateBlock(int bytes)
    {
        // calloc takes pages of large blocks from the system as they are; it aligns to 16 on every 64-bit Linux.
        void* block = NativeMemory.AllocZeroed((nuint)Math.Max(bytes, 16));
        _blocks.Add((nint)block);
        return block;
    }

    /// <summary>Refuses an instance that the store's limits do not allow, before anything is made of it.</summary>
    internal void CheckRoom(GuestModule module)
    {
        WasmModule description = module.Description;
        if (_instances.Count >= Quotas.Instances) throw Runtime.Errors.Limit($"the store has its {Quotas.Instances} instances already");
        if (description.Memories.Length - description.ImportedMemoryCount > Quotas.Memories - _memories.Count)
            throw Runtime.Errors.Limit($"the store may have {Quotas.Memories} memories");
        if (description.Tables.Length - description.ImportedTableCount > Quotas.Tables - _tables.Count)
            throw Runtime.Errors.Limit($"the store may have {Quotas.Tables} tables");

        ulong bytes = 0;
        for (int i = description.ImportedMemoryCount; i < description.Memories.Length; i++)
        {
            MemoryType type = description.Memories[i];
            if (type.Limits.Min > (ulong)long.MaxValue >> type.PageSizeLog2) throw Runtime.Errors.Limit($"a memory of {type.Limits.Min} pages exceeds any limit");
            bytes = Math.Min(bytes + (type.Limits.Min << type.PageSizeLog2), long.MaxValue);
        }

        if ((long)bytes > Quotas.MemoryBytes - Memory.Used) throw Runtime.Errors.Limit($"the module's memories start with {bytes} bytes, which exceeds the store's memory limit");

        ulong elements = 0;
        for (int i = description.ImportedTableCount; i < description.Tables.Length; i++) elements = Math.Min(elements + Math.Min(description.Tables[i].Type.Limits.Min, long.MaxValue), long.MaxValue);
        if ((long)elements > Quotas.TableElements - _tableElements) throw Runtime.Errors.Limit($"the module's tables start with {elements} elements, which exceeds the store's table limit");
    }

    internal uint AddInstance(GuestInstance instance)
    {
        KeepImage(instance.Module.Image);
        _instances.Add(instance);
        return (uint)_instances.Count - 1;
    }

    internal LinearMemory AddMemory(MemoryType type, VmMemory* cell)
    {
        if (type.IsShared) return AddSharedMemory(type, cell);
        CheckMemoryCount();
        LinearMemory memory = new(this, type, cell);
        _memories.Add(memory);
        return memory;
    }

    // In place of the pair there is a pointer to it.
    private LinearMemory AddSharedMemory(MemoryType type, VmMemory* cell)
    {
        SharedLinearMemory shared = new(Runtime, type);
        try
        {
            *(VmMemory**)cell = shared.Cell;
            return Attach(shared);
        }
        finally
        {
            shared.Release(null, isDisposal: true);
        }
    }

    private void CheckMemoryCount()
    {
        if (_memories.Count >= Quotas.Memories) throw Runtime.Errors.Limit($"the store has its {Quotas.Memories} memories already");
    }

    internal GuestTable AddTable(TableType type, VmTable* cell, ulong initial)
    {
        if (_tables.Count >= Quotas.Tables) throw Runtime.Errors.Limit($"the store has its {Quotas.Tables} tables already");
        GuestTable table = new(this, type, cell, initial);
        _tables.Add(table);
        return table;
    }

    internal GuestFunction AddFunction(VmFuncRef* record, FuncType type, ulong entryTrampoline)
    {
        GuestFunction function = new(this, record, type, entryTrampoline);
        _functions.Add(function);
        record->Function = (uint)_functions.Count;
        return function;
    }

    internal void Bind(HostContext* context, GuestInstance? instance, HostFunction function)
    {
        context->Magic = Contract.Layout.HostContextLayout.MagicValue;
        context->Stub = Runtime.Stubs.HostCall;
        context->Store = _context;
        context->Binding = (uint)_bindingCount;
        if (_bindingCount == _bindings.Length) Array.Resize(ref _bindings, Math.Max(4, 2 * _bindingCount));
        _bindings[_bindingCount++] = new HostBinding(this, instance, function);
    }

    private void KeepImage(CodeImage image)
    {
        if (_images.Contains(image)) return;
        if (!image.TryAcquire()) throw Runtime.Errors.Misuse("the module is disposed");
        _images.Add(image);
    }

    // In the finaliser, reservations and stacks may be finalised already: their memory must not be touched. Reservations
    // free themselves then; stacks only go back to their arena's list.
    private void FreeAll(bool isDisposal)
    {
        foreach (LinearMemory memory in _memories)
        {
            if (memory.Shared is { } shared) shared.Release(Memory, isDisposal);
            else if (isDisposal) memory.Free();
        }

        foreach (GuestStack stack in _stacks) Runtime.Stacks.Return(stack, _deepStack && isDisposal);
        foreach (CodeImage image in _images) image.Release();
        foreach (GuestTable table in _tables) table.Free();
        foreach (nint block in _blocks) NativeMemory.Free((void*)block);
        _blocks.Clear();
        _memories.Clear();
        _tables.Clear();
        _images.Clear();
        if (_self.IsAllocated) _self.Free();
        Runtime.RemoveUser();
    }
}
