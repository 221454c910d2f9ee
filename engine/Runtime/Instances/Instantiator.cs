using System;
using Kiln.Contract;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Hosts;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Tables;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Modules;

namespace Kiln.Runtime.Instances;

// Core spec, section 4.5.4, in its order: imports; allocation of functions, tables, memories and globals; values of
// globals and tables; active element segments; active data segments; start function. A trap in one of the last three
// ends the instantiation, but what was written stays: the instance lives on in its store, for its functions may be in
// tables of others by then.

/// <summary>Makes instances.</summary>
public static unsafe class Instantiator
{
    /// <summary>
    /// Instantiates a module with definitions that fit its imports (<see cref="ImportMatching.Fits"/>), in their order.
    /// Returns the trap, if there was one. Throws again what a host function threw that the start function called. If a
    /// limit of the store does not allow the instance, nothing is changed but for what was charged.
    /// </summary>
    public static TrapReport? Instantiate(GuestStore store, GuestModule module, ReadOnlySpan<object> imports, out GuestInstance instance)
    {
        StoreOwnership? entered = store.Enter();
        try
        {
            instance = Allocate(store, module, imports);
            return Initialise(instance) ?? (StartFunction(instance) is { } start ? store.Invoke(start, []) : null);
        }
        finally
        {
            GuestStore.Leave(entered);
        }
    }

    /// <summary>
    /// As <see cref="Instantiate"/>, up to the start function, which is left to the caller: null if there is none, or a trap.
    /// </summary>
    public static TrapReport? Prepare(GuestStore store, GuestModule module, ReadOnlySpan<object> imports, out GuestInstance instance, out GuestFunction? start)
    {
        StoreOwnership? entered = store.Enter();
        try
        {
            instance = Allocate(store, module, imports);
            TrapReport? trap = Initialise(instance);
            start = trap is null ? StartFunction(instance) : null;
            return trap;
        }
        finally
        {
            GuestStore.Leave(entered);
        }
    }

    private static GuestInstance Allocate(GuestStore store, GuestModule module, ReadOnlySpan<object> imports)
    {
        store.CheckRoom(module);
        GuestInstance instance = new(store, module);
        Import(instance, imports);
        AllocateMemories(instance);
        EvaluateGlobals(instance);
        AllocateTables(instance);
        AllocateTags(instance);
        return instance;
    }

    private static void Import(GuestInstance instance, ReadOnlySpan<object> imports)
    {
        GuestModule module = instance.Module;
        byte* context = instance.Context;
        HostContext* hosts = null;
        for (int i = 0; i < imports.Length; i++)
        {
            Import import = module.Description.Imports[i];
            switch (imports[i])
            {
                case HostFunction host:
                    if (hosts == null) hosts = (HostContext*)instance.Store.AllocateBlock(module.Description.ImportedFunctionCount * sizeof(HostContext));
                    instance.Store.Bind(hosts, instance, host);
                    VmFunctionImport* slot = (VmFunctionImport*)(context + module.Offsets.ImportedFunction(import.Index));
                    slot->Code = module.ExitTrampoline(module.Description.Functions[(int)import.Index]);
                    slot->Context = (ulong)hosts++;
                    instance.SetImportedType(import.Index, host.TypeId);
                    break;
                case GuestFunction function:
                    VmFunctionImport* guest = (VmFunctionImport*)(context + module.Offsets.ImportedFunction(import.Index));
                    guest->Code = function.Record->Code;
                    guest->Context = function.Record->Context;
                    instance.SetImportedType(import.Index, function.TypeId);
                    break;
                case LinearMemory memory:
                    *(VmMemory**)(context + module.Offsets.ImportedMemory(import.Index)) = memory.Cell;
                    instance.SetMemory(import.Index, memory);
                    break;
                case GuestTable table:
                    *(VmTable**)(context + module.Offsets.ImportedTable(import.Index)) = table.Cell;
                    instance.SetTable(import.Index, table);
                    break;
                case GlobalCell global:
                    *(ValueSlot**)(context + module.Offsets.ImportedGlobal(import.Index)) = global.Cell;
                    instance.SetGlobal(import.Index, global);
                    break;
                case GuestTag tag:
                    *(void**)(context + module.Offsets.ImportedTag(import.Index)) = tag.Address;
                    instance.SetTag(import.Index, tag);
                    break;
            }
        }
    }

    private static void AllocateMemories(GuestInstance instance)
    {
        WasmModule description = instance.Module.Description;
        for (uint i = (uint)description.ImportedMemoryCount; i < (uint)description.Memories.Length; i++)
        {
            VmMemory* cell = (VmMemory*)(instance.Context + instance.Module.Offsets.DefinedMemory(i));
            instance.SetMemory(i, instance.Store.AddMemory(description.Memories[(int)i], cell));
        }
    }

    private static void EvaluateGlobals(GuestInstance instance)
    {
        WasmModule description = instance.Module.Description;
        for (uint i = (uint)description.ImportedGlobalCount; i < (uint)description.Globals.Length; i++)
        {
            Global global = description.Globals[(int)i];
            ValueSlot* cell = instance.GlobalAddress(i);
            *cell = ConstantEvaluation.Evaluate(instance, global.Initial!);
            if (global.Type.Type.IsRef) instance.Store.AddGlobalRoot(instance.Module.Types.Translate(global.Type).Type, cell);
        }
    }

    private static void AllocateTables(GuestInstance instance)
    {
        WasmModule description = instance.Module.Description;
        for (uint i = (uint)description.ImportedTableCount; i < (uint)description.Tables.Length; i++)
        {
            VmTable* cell = (VmTable*)(instance.Context + instance.Module.Offsets.DefinedTable(i));
            Table table = description.Tables[(int)i];
            ulong initial = table.Initial is { } expression ? ConstantEvaluation.Evaluate(instance, expression).Low : 0;
            instance.SetTable(i, instance.Store.AddTable(instance.Module.Types.Translate(table.Type), cell, initial));
        }
    }

    private static void AllocateTags(GuestInstance instance)
    {
        WasmModule description = instance.Module.Description;
        for (uint i = (uint)description.ImportedTagCount; i < (uint)description.Tags.Length; i++)
            instance.SetTag(i, new GuestTag(instance.Store, instance.Module.Types[description.Tags[(int)i].TypeIndex]));
    }

    private static TrapReport? Initialise(GuestInstance instance)
    {
        WasmModule description = instance.Module.Description;
        for (int i = 0; i < description.Elements.Length; i++)
        {
            ElementSegment segment = description.Elements[i];
            if (segment.Mode == SegmentMode.Active)
            {
                ulong to = Offset(instance, segment.Offset!, description.Tables[(int)segment.TableIndex].Type.Is64);
                if (!instance.TryApplySegment((uint)i, to)) return OutOfBounds(Trap.TableOutOfBounds);
            }

            if (segment.Mode != SegmentMode.Passive) instance.DropElements((uint)i);
        }

        for (uint i = (uint)description.ImportedTableCount; i < (uint)description.Tables.Length; i++) instance.Table(i).Publish();

        for (int i = 0; i < description.Data.Length; i++)
        {
            DataSegment segment = description.Data[i];
            if (segment.Mode != SegmentMode.Active) continue;
            ulong to = Offset(instance, segment.Offset!, description.Memories[(int)segment.MemoryIndex].Is64);
            if (!instance.TryInitMemory(segment.MemoryIndex, (uint)i, to, 0, (ulong)segment.Content.Length)) return OutOfBounds(Trap.MemoryOutOfBounds);
            instance.DropData((uint)i);
        }

        return null;
    }

    private static ulong Offset(GuestInstance instance, ConstExpression expression, bool is64)
    {
        ulong value = ConstantEvaluation.Evaluate(instance, expression).Low;
        return is64 ? value : (uint)value;
    }

    private static GuestFunction? StartFunction(GuestInstance instance)
    {
        if (instance.Module.Description.StartFunction is not { } function) return null;
        VmFuncRef* record = (VmFuncRef*)instance.Store.AllocateBlock(sizeof(VmFuncRef));
        instance.Fill(record, function);
        return instance.Store.FunctionOf((ulong)record);
    }

    private static TrapReport OutOfBounds(Trap trap) => new(trap, []);
}
