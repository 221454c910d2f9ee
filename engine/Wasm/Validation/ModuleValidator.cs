// In: a decoded module. Out: a ValidatedModule, or a ModuleException. Checks everything but the bodies (core
// spec, section 3.5): types, imports, limits, constant expressions, segments, exports, the start function.

using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Kiln.Foundation.Collections;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Validates the declarations of a module.</summary>
public sealed class ModuleValidator
{
    private const int ImportSection = 2;
    private const int FunctionSection = 3;
    private const int TableSection = 4;
    private const int MemorySection = 5;
    private const int GlobalSection = 6;
    private const int ExportSection = 7;
    private const int StartSection = 8;
    private const int TagSection = 13;

    private readonly WasmModule _module;
    private readonly ModuleTypes _types;
    private readonly BitSet _declared = new();
    private readonly ValidatedModule _result;
    private readonly ConstExpressionValidator _expressions;

    private ModuleValidator(WasmModule module, DecodeOptions options)
    {
        _module = module;
        _types = ModuleTypes.Create(module, options.MaxSubtypingDepth);
        _result = new ValidatedModule(module, _types, FunctionTypes(), _declared, options);
        _expressions = new ConstExpressionValidator(_result);
    }

    /// <summary>Validates everything but the bodies.</summary>
    /// <exception cref="ModuleException">The module is invalid.</exception>
    public static ValidatedModule Validate(WasmModule module, DecodeOptions? options = null)
    {
        ModuleValidator validator = new(module, options ?? DecodeOptions.Default);
        validator.CheckTypes();
        validator.DeclareFunctions();
        validator.CheckTables();
        validator.CheckMemories();
        validator.CheckTags();
        validator.CheckGlobals();
        validator.CheckElements();
        validator.CheckData();
        validator.CheckStart();
        validator.CheckExports();
        return validator._result;
    }

    private FuncType[] FunctionTypes()
    {
        FuncType[] types = new FuncType[_module.Functions.Length];
        for (int i = 0; i < types.Length; i++)
        {
            uint index = _module.Functions[i];
            WasmOffset at = At(i < _module.ImportedFunctionCount ? ImportSection : FunctionSection);
            if (_types.Function(index) is { } type) types[i] = type;
            else Fail(_types.Contains(index) ? $"unknown type: type {index} of function {i} is not a function type" : $"unknown type {index}", at);
        }

        return types;
    }

    // Before all else: an expression may read a global, or stand in a table, that is declared later.
    private void CheckTypes()
    {
        for (int i = 0; i < _module.Tables.Length; i++) CheckType(_module.Tables[i].Type.Element, At(i < _module.ImportedTableCount ? ImportSection : TableSection));
        for (int i = 0; i < _module.Globals.Length; i++) CheckType(_module.Globals[i].Type.Type, At(i < _module.ImportedGlobalCount ? ImportSection : GlobalSection));
        foreach (ElementSegment segment in _module.Elements) CheckType(segment.Type, segment.Start);
    }

    // SPEC: the functions that occur outside of bodies are those that ref.func can name in a body.
    private void DeclareFunctions()
    {
        foreach (Export export in _module.Exports)
        {
            if (export.Kind == ExternKind.Function) Declare(export.Index);
        }

        foreach (Table table in _module.Tables) Declare(table.Initial);
        foreach (Global global in _module.Globals) Declare(global.Initial);
        foreach (DataSegment segment in _module.Data) Declare(segment.Offset);
        foreach (ElementSegment segment in _module.Elements)
        {
            Declare(segment.Offset);
            if (segment.Items.Functions.IsDefault)
            {
                foreach (ConstExpression item in segment.Items.Expressions) Declare(item);
            }
            else
            {
                foreach (uint function in segment.Items.Functions) Declare(function);
            }
        }
    }

    private void Declare(ConstExpression? expression)
    {
        if (expression is null) return;
        foreach (ConstInstruction instruction in expression.Instructions)
        {
            if (instruction.Opcode == Opcode.RefFunc) Declare(instruction.Index1);
        }
    }

    private void Declare(uint function)
    {
        if (function < (uint)_module.Functions.Length) _declared.Add((int)function);
    }

    private void CheckTables()
    {
        if (_module.Tables.Length > 1 && !Has(Feature.ReferenceTypes))
        {
            Fail("multiple tables require the feature ReferenceTypes, which is switched off", At(TableSection));
        }

        for (int i = 0; i < _module.Tables.Length; i++)
        {
            Table table = _module.Tables[i];
            WasmOffset at = At(i < _module.ImportedTableCount ? ImportSection : TableSection);
            CheckLimits(table.Type.Limits, table.Type.Is64 ? ulong.MaxValue : uint.MaxValue, "table size must be at most 2^32-1 elements", at);
            if (i < _module.ImportedTableCount) continue;
            if (table.Initial is { } initial) _expressions.Validate(initial, table.Type.Element, VisibleToTables);
            else if (!table.Type.Element.IsDefaultable) Fail($"type mismatch: table {i} of {table.Type.Element} needs an initial value", at);
        }
    }

    private void CheckMemories()
    {
        if (_module.Memories.Length > 1 && !Has(Feature.MultiMemory))
        {
            Fail("multiple memories require the feature MultiMemory, which is switched off", At(MemorySection));
        }

        for (int i = 0; i < _module.Memories.Length; i++)
        {
            MemoryType memory = _module.Memories[i];
            WasmOffset at = At(i < _module.ImportedMemoryCount ? ImportSection : MemorySection);
            CheckLimits(memory.Limits, memory.MaxPages, MemorySizeText(memory), at);
            if (memory.IsShared && memory.Limits.Max is null) Fail("shared memory must have maximum", at);
        }
    }

    private static string MemorySizeText(MemoryType memory) => memory is { Is64: false, PageSizeLog2: MemoryType.DefaultPageSizeLog2 }
        ? "memory size must be at most 65536 pages (4GiB)"
        : $"memory size must be at most {memory.MaxPages} pages";

    private void CheckTags()
    {
        for (int i = 0; i < _module.Tags.Length; i++)
        {
            TagType tag = _module.Tags[i];
            WasmOffset at = At(i < _module.ImportedTagCount ? ImportSection : TagSection);
            if (_types.Function(tag.TypeIndex) is not { } type) Fail($"unknown type {tag.TypeIndex}", at);
            else if (!type.Results.IsEmpty && !Has(Feature.StackSwitching)) Fail("non-empty tag result type", at);
        }
    }

    private void CheckGlobals()
    {
        for (int i = 0; i < _module.Globals.Length; i++)
        {
            Global global = _module.Globals[i];
            if (global.Initial is { } initial) _expressions.Validate(initial, global.Type.Type, SeesDefinedGlobals ? i : _module.ImportedGlobalCount);
        }
    }

    private void CheckElements()
    {
        foreach (ElementSegment segment in _module.Elements)
        {
            if (segment.Mode == SegmentMode.Active)
            {
                if (segment.TableIndex >= (uint)_module.Tables.Length) Fail($"unknown table {segment.TableIndex}", segment.Start);
                TableType table = _module.Tables[(int)segment.TableIndex].Type;
                if (!_types.Matches(segment.Type, table.Element)) Fail($"type mismatch: elements of {segment.Type} in a table of {table.Element}", segment.Start);
                _expressions.Validate(segment.Offset!, table.AddressType, VisibleGlobals);
            }

            if (segment.Items.Functions.IsDefault)
            {
                foreach (ConstExpression item in segment.Items.Expressions) _expressions.Validate(item, segment.Type, VisibleGlobals);
                continue;
            }

            foreach (uint function in segment.Items.Functions)
            {
                if (function >= (uint)_module.Functions.Length) Fail($"unknown function {function}", segment.Start);
            }
        }
    }

    private void CheckData()
    {
        foreach (DataSegment segment in _module.Data)
        {
            if (segment.Mode != SegmentMode.Active) continue;
            if (segment.MemoryIndex >= (uint)_module.Memories.Length) Fail($"unknown memory {segment.MemoryIndex}", segment.Start);
            _expressions.Validate(segment.Offset!, _module.Memories[(int)segment.MemoryIndex].AddressType, VisibleGlobals);
        }
    }

    private void CheckStart()
    {
        if (_module.StartFunction is not { } start) return;
        if (start >= (uint)_module.Functions.Length) Fail($"unknown function {start}", At(StartSection));
        FuncType type = _result.GetFunctionType(start);
        if (!type.Parameters.IsEmpty || !type.Results.IsEmpty) Fail($"start function must have the type [] -> [], not {type}", At(StartSection));
    }

    private void CheckExports()
    {
        HashSet<string> names = new(_module.Exports.Length, StringComparer.Ordinal);
        foreach (Export export in _module.Exports)
        {
            (int count, string what) = export.Kind switch
            {
                ExternKind.Function => (_module.Functions.Length, "function"),
                ExternKind.Table => (_module.Tables.Length, "table"),
                ExternKind.Memory => (_module.Memories.Length, "memory"),
                ExternKind.Global => (_module.Globals.Length, "global"),
                ExternKind.Tag => (_module.Tags.Length, "tag"),
            };
            if (export.Index >= (uint)count) Fail($"unknown {what} {export.Index}", At(ExportSection));
            if (export.Kind == ExternKind.Global && _module.Globals[(int)export.Index].Type.IsMutable && !Has(Feature.MutableGlobals))
            {
                Fail("export of a mutable global requires the feature MutableGlobals, which is switched off", At(ExportSection));
            }

            if (!names.Add(export.Name)) Fail($"duplicate export name \"{export.Name}\"", At(ExportSection));
        }
    }

    // Before the GC proposal a constant expression could only read imported globals.
    private bool SeesDefinedGlobals => Has(Feature.Gc) || Has(Feature.ExtendedConst);

    private int VisibleGlobals => SeesDefinedGlobals ? _module.Globals.Length : _module.ImportedGlobalCount;

    private int VisibleToTables => _module.ImportedGlobalCount;

    private bool Has(Feature feature) => _module.Features.Contains(feature);

    private WasmOffset At(int section) => _module.SectionOffsets[section];

    private static void CheckLimits(Limits limits, ulong most, string tooLarge, WasmOffset at)
    {
        if (limits.Min > limits.Max) Fail("size minimum must not be greater than maximum", at);
        if (limits.Min > most || limits.Max > most) Fail(tooLarge, at);
    }

    private void CheckType(ValType type, WasmOffset at)
    {
        if (type.IsRef && type.HeapType.IsConcrete && !_types.Contains(type.HeapType.TypeIndex)) Fail($"unknown type {type.HeapType.TypeIndex}", at);
    }

    [DoesNotReturn]
    private static void Fail(string reason, WasmOffset at) => throw new ModuleException(reason, at);
}
