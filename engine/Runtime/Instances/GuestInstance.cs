using System;
using Kiln.Contract.Layout;
using Kiln.Runtime.Memories;
using Kiln.Runtime.References;
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
    private readonly uint[] _importedTypes;
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
        _importedTypes = new uint[description.ImportedFunctionCount];
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

    /// <summary>Says which type, by its engine-wide id, an imported function really has.</summary>
    internal void SetImportedType(uint function, uint typeId) => _importedTypes[function] = typeId;

    /// <summary>The funcref record of an escaping function, initialised by now.</summary>
    internal VmFuncRef* FuncRef(uint function)
    {
        VmFuncRef* record = (VmFuncRef*)(_context + Module.Offsets.FuncRef(function));
        if (record->Code == 0) Fill(record, function);
        return record;
    }

    /// <summary>Makes a record one of a function of this instance.</summary>
    internal void Fill(VmFuncRef* record, uint function)
    {
        if (Module.Offsets.IsImportedFunction(function))
        {
            VmFunctionImport* import = (VmFunctionImport*)(_context + Module.Offsets.ImportedFunction(function));
            record->Code = import->Code;
            record->Context = import->Context;
            record->TypeId = _importedTypes[function];
        }
        else
        {
            record->Code = Module.FunctionCode(function);
            record->Context = (ulong)_context;
            record->TypeId = Module.Types[Module.Description.Functions[(int)function]];
        }

        record->FunctionIndex = function;
        record->Owner = Number;
    }

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
        ulong length = (ulong)Data(segment).Length;
        return _memories[memory].Cell->Contains(to, count) && from <= length && count <= length - from;
    }

    private ReadOnlySpan<byte> Data(uint segment) =>
        _dataDropped[segment] ? default : Module.Description.Slice(Module.Description.Data[(int)segment].Content);

    /// <summary><c>data.drop</c>.</summary>
    internal void DropData(uint segment) => _dataDropped[segment] = true;

    /// <summary><c>table.init</c>; false, and nothing written, if a range is out of bounds.</summary>
    internal bool TryInitTable(uint table, uint segment, ulong to, ulong from, ulong count)
    {
        ulong[] source = Elements(segment);
        if (from > (ulong)source.Length || count > (ulong)source.Length - from) return false;
        return _tables[table].TryInit(to, source.AsSpan((int)from, (int)count));
    }

    /// <summary>Applies an active segment; false, and nothing changed, if the table is too short.</summary>
    internal bool TryApplySegment(uint segment, ulong to)
    {
        ElementSegment description = Module.Description.Elements[(int)segment];
        ulong count = (ulong)description.Items.Count;
        return description.Items.Functions.IsDefault
            ? TryInitTable(description.TableIndex, segment, to, 0, count)
            : _tables[description.TableIndex].TryCover(to, count, this, segment);
    }

    /// <summary>The raw reference to a function that a segment names.</summary>
    internal ulong FunctionOfSegment(uint segment, int item) => (ulong)FuncRef(Module.Description.Elements[(int)segment].Items.Functions[item]);

    /// <summary>Adds the segments that hold handles to the roots.</summary>
    internal void AddSegmentRoots(ref RootScan roots)
    {
        for (int i = 0; i < _elements.Length; i++)
        {
            if (_elements[i] is not { Length: > 0 } references) continue;
            ValType type = Module.Description.Elements[i].Type;
            if (ReferenceShape.IsHandle(type.HeapType, Module.Description.Types.AsSpan())) roots.AddAll(references);
        }
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
