using System;
using Kiln.Contract.Layout;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Tables;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Instances;

/// <summary>An instance: its VM context in native memory, and the managed objects behind its memories and tables.</summary>
public sealed unsafe class GuestInstance
{
    // In front of a VM context lies the number of its instance in its store.
    private const int Prefix = 16;

    private readonly byte* _context;
    private readonly LinearMemory[] _memories;
    private readonly GuestTable[] _tables;
    private readonly GlobalCell?[] _globals;
    private readonly GuestTag[] _tags;
    private readonly ulong[]?[] _elements;
    private readonly bool[] _dataDropped;

    internal GuestInstance(GuestStore store, GuestModule module)
    {
        Store = store;
        Module = module;
        WasmModule description = module.Description;
        byte* block = (byte*)store.AllocateBlock(Prefix + module.Offsets.Size);
        _context = block + Prefix;
        _memories = new LinearMemory[description.Memories.Length];
        _tables = new GuestTable[description.Tables.Length];
        _globals = new GlobalCell?[description.Globals.Length];
        _tags = new GuestTag[description.Tags.Length];
        _elements = new ulong[]?[description.Elements.Length];
        _dataDropped = new bool[description.Data.Length];
        VmContext* head = (VmContext*)_context;
        head->Magic = VmContextLayout.MagicValue;
        head->Store = store.Context;
        head->Builtins = module.Runtime.Stubs.Builtins;
        head->TypeIds = module.NativeTypeIds;
        Number = store.AddInstance(this);
        *(uint*)block = Number;
    }

    /// <summary>The store it belongs to.</summary>
    public GuestStore Store { get; }

    /// <summary>The module it is an instance of.</summary>
    public GuestModule Module { get; }

    /// <summary>What the public API made of it.</summary>
    public object? Owner { get; set; }

    internal uint Number { get; }

    internal byte* Context => _context;

    /// <summary>The object behind an export: a <see cref="GuestFunction"/>, <see cref="LinearMemory"/>, <see cref="GuestTable"/>, <see cref="GlobalCell"/> or <see cref="GuestTag"/>.</summary>
    public object Export(Export export) => export.Kind switch
    {
        ExternKind.Function => Store.FunctionOf((ulong)FuncRef(export.Index))!,
        ExternKind.Table => Table(export.Index),
        ExternKind.Memory => Memory(export.Index),
        ExternKind.Global => Global(export.Index),
        ExternKind.Tag => _tags[export.Index],
    };

    /// <summary>A memory of its index space.</summary>
    public LinearMemory Memory(uint index) => _memories[index];

    /// <summary>A table of its index space.</summary>
    public GuestTable Table(uint index) => _tables[index];

    /// <summary>A global of its index space.</summary>
    public GlobalCell Global(uint index)
    {
        if (_globals[index] is { } known) return known;
        return _globals[index] = new GlobalCell(Store, Module.Types.Translate(Module.Description.Globals[(int)index].Type), GlobalAddress(index));
    }

    /// <summary>Number, in its store, of the instance that owns a VM context.</summary>
    internal static uint NumberOf(VmContext* context) => *(uint*)((byte*)context - Prefix);

    internal void SetTag(uint index, GuestTag tag) => _tags[index] = tag;

    internal void SetMemory(uint index, LinearMemory memory) => _memories[index] = memory;

    internal void SetTable(uint index, GuestTable table) => _tables[index] = table;

    internal void SetGlobal(uint index, GlobalCell global) => _globals[index] = global;

    /// <summary>The cell of a global, wherever it lies.</summary>
    internal ValueSlot* GlobalAddress(uint index)
    {
        VmOffsets offsets = Module.Offsets;
        return offsets.IsImportedGlobal(index)
            ? *(ValueSlot**)(_context + offsets.ImportedGlobal(index))
            : (ValueSlot*)(_context + offsets.DefinedGlobal(index));
    }

    /// <summary>The funcref record of an escaping function.</summary>
    internal VmFuncRef* FuncRef(uint function) => (VmFuncRef*)(_context + Module.Offsets.FuncRef(function));

    /// <summary><c>memory.init</c>; false, and nothing written, if a range is out of bounds.</summary>
    internal bool TryInitMemory(uint memory, uint segment, ulong to, ulong from, ulong count)
    {
        if (!InitsMemoryInBounds(memory, segment, to, from, count)) return false;
        Data(segment).Slice((int)from, (int)count).CopyTo(new Span<byte>(_memories[memory].Cell->Base + to, (int)count));
        return true;
    }

    /// <summary>Whether both ranges of a <c>memory.init</c> are in bounds.</summary>
    internal bool InitsMemoryInBounds(uint memory, uint segment, ulong to, ulong from, ulong count)
    {
        ulong size = _memories[memory].Cell->ByteLength;
        ulong length = (ulong)Data(segment).Length;
        return to <= size && count <= size - to && from <= length && count <= length - from;
    }

    private ReadOnlySpan<byte> Data(uint segment) =>
        _dataDropped[segment] ? default : Module.Description.Slice(Module.Description.Data[(int)segment].Content);

    /// <summary><c>data.drop</c>.</summary>
    internal void DropData(uint segment) => _dataDropped[segment] = true;

    /// <summary><c>table.init</c>; false, and nothing written, if a range is out of bounds.</summary>
    internal bool TryInitTable(uint table, uint segment, ulong to, ulong from, ulong count)
    {
        Span<ulong> target = _tables[table].Elements;
        ulong[] source = Elements(segment);
        if (to > (ulong)target.Length || count > (ulong)target.Length - to) return false;
        if (from > (ulong)source.Length || count > (ulong)source.Length - from) return false;
        source.AsSpan((int)from, (int)count).CopyTo(target[(int)to..]);
        return true;
    }

    /// <summary><c>elem.drop</c>.</summary>
    internal void DropElements(uint segment) => _elements[segment] = [];

    // The references of a segment, evaluated at the first use.
    private ulong[] Elements(uint segment)
    {
        if (_elements[segment] is { } known) return known;
        ElementItems items = Module.Description.Elements[(int)segment].Items;
        ulong[] references = new ulong[items.Count];
        for (int i = 0; i < references.Length; i++)
        {
            references[i] = items.Functions.IsDefault
                ? ConstantEvaluation.Evaluate(this, items.Expressions[i]).Low
                : (ulong)FuncRef(items.Functions[i]);
        }

        return _elements[segment] = references;
    }
}
