// A decoded module in, text that WatParser reads back to the same module out. Fields are printed in the order of
// the binary format with every index in a comment; functions keep the identifiers of the name section.
using System;
using Kiln.Foundation.Collections;
using Kiln.Wasm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Text.Printing;

/// <summary>Prints modules as WebAssembly text.</summary>
public sealed class WatPrinter
{
    private readonly WasmModule _module;
    private readonly WatPrintOptions _options;
    private readonly WatWriter _to = new();
    private readonly FunctionNames _names;
    private readonly InstructionPrinter _instructions;
    private readonly GrowList<LocalRun> _locals = new();

    private WatPrinter(WasmModule module, WatPrintOptions? options)
    {
        _module = module;
        _options = options ?? new WatPrintOptions();
        _names = new FunctionNames(module);
        _instructions = new InstructionPrinter(_to, module, _names, _options.Offsets);
    }

    /// <summary>Prints a whole module, which need not be valid.</summary>
    /// <param name="module">The module, decoded with its bodies unless <see cref="WatPrintOptions.Bodies"/> is off.</param>
    /// <param name="options">How to print; null for the defaults.</param>
    /// <returns>The text, ending with a line feed.</returns>
    /// <exception cref="ModuleException">A body is malformed, or the text is longer than <see cref="WatPrintOptions.MaxLength"/>.</exception>
    public static string Print(WasmModule module, WatPrintOptions? options = null)
    {
        var printer = new WatPrinter(module, options);
        printer.PrintModule();
        return printer._to.Add('\n').ToString();
    }

    /// <summary>Prints one function, imported or defined.</summary>
    /// <param name="module">The module.</param>
    /// <param name="functionIndex">An index of the module's function index space.</param>
    /// <param name="options">How to print; null for the defaults.</param>
    /// <returns>The text, ending with a line feed.</returns>
    /// <exception cref="ModuleException">The body is malformed, or the text is longer than <see cref="WatPrintOptions.MaxLength"/>.</exception>
    public static string PrintFunction(WasmModule module, uint functionIndex, WatPrintOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(functionIndex, (uint)module.Functions.Length);
        var printer = new WatPrinter(module, options);
        if (functionIndex >= (uint)module.ImportedFunctionCount) printer.PrintFunctionField(functionIndex);
        else printer.PrintFunctionHead(functionIndex).Add(')');
        return printer._to.Add('\n').ToString();
    }

    private void PrintModule()
    {
        _to.Add("(module");
        if (_module.Names.Module is { Length: > 0 } name) _to.AddOperand(FunctionNames.ToIdentifier(name));
        _to.Indentation = 1;
        new TypePrinter(_to, _module).PrintAll();
        PrintImports();
        for (int i = _module.ImportedFunctionCount; i < _module.Functions.Length; i++)
        {
            _to.Line();
            PrintFunctionField((uint)i);
        }

        PrintTables();
        PrintMemoriesAndTags();
        PrintGlobals();
        PrintExports();
        if (_module.StartFunction is { } start) _to.Line().Add("(start ").Add(_names.Reference(start)).Add(')');
        PrintElements();
        PrintData();
        PrintCustomSections();
        _to.Add(')');
    }

    private void PrintImports()
    {
        foreach (Import import in _module.Imports)
        {
            _to.Line().Add("(import ").AddString(import.Module).Add(' ').AddString(import.Name).Add(' ');
            switch (import.Kind)
            {
                case ExternKind.Function: PrintFunctionHead(import.Index); break;
                case ExternKind.Table: PrintTableHead(import.Index); break;
                case ExternKind.Memory: PrintMemoryHead(import.Index); break;
                case ExternKind.Global: PrintGlobalHead(import.Index); break;
                case ExternKind.Tag: PrintTagHead(import.Index); break;
            }

            _to.Add("))");
        }
    }

    // "(keyword (;index;)"
    private void PrintHead(string keyword, uint index) => _to.Add('(').Add(keyword).Add(" (;").Add(index).Add(";)");

    private WatWriter PrintFunctionHead(uint index)
    {
        _to.Add("(func");
        if (_names.Identifier(index) is { } identifier) _to.AddOperand(identifier);
        _to.Add(" (;").Add(index).Add(";)");
        PrintTypeUse(_module.Functions[(int)index]);
        return _to;
    }

    // The signature is printed too, if there is one, for the reader's sake.
    private void PrintTypeUse(uint type)
    {
        _to.Add(" (type").AddOperand(type).Add(')');
        if (type < (uint)_module.Types.Length && _module.Types[(int)type].Composite is FuncType signature) TypePrinter.PrintSignature(_to, signature);
    }

    private void PrintFunctionField(uint index)
    {
        PrintFunctionHead(index);
        if (_options.Bodies)
        {
            _to.Indentation++;
            OperatorReader reader = FunctionBody.Open(_module, index, _instructions.Buffers, _locals);
            PrintLocals();
            _instructions.PrintBody(ref reader);
            CheckLength();
            _to.Indentation--;
        }

        _to.Add(')');
    }

    private void PrintLocals()
    {
        if (_locals.Count == 0) return;
        _to.Line().Add("(local");
        foreach (LocalRun run in _locals)
        {
            string type = run.Type.ToString();
            if (run.Count > (uint)_options.MaxLength / 4) throw TooLong();
            for (uint i = 0; i < run.Count; i++) _to.AddOperand(type);
            CheckLength();
        }

        _to.Add(')');
    }

    private void CheckLength()
    {
        if (_to.Length > _options.MaxLength) throw TooLong();
    }

    private ModuleException TooLong() => new($"the text of the module is longer than {_options.MaxLength} characters", default);

    private void PrintTables()
    {
        for (int i = _module.ImportedTableCount; i < _module.Tables.Length; i++)
        {
            _to.Line();
            PrintTableHead((uint)i);
            if (_module.Tables[i].Initial is { } initial) _instructions.PrintConstant(initial, "");
            _to.Add(')');
        }
    }

    private void PrintTableHead(uint index)
    {
        TableType type = _module.Tables[(int)index].Type;
        PrintHead("table", index);
        if (type.Is64) _to.Add(" i64");
        _to.AddOperand(type.Limits.ToString()).AddOperand(type.Element.ToString());
    }

    private void PrintMemoriesAndTags()
    {
        for (int i = _module.ImportedMemoryCount; i < _module.Memories.Length; i++)
        {
            _to.Line();
            PrintMemoryHead((uint)i);
            _to.Add(')');
        }

        for (int i = _module.ImportedTagCount; i < _module.Tags.Length; i++)
        {
            _to.Line();
            PrintTagHead((uint)i);
            _to.Add(')');
        }
    }

    private void PrintMemoryHead(uint index)
    {
        MemoryType type = _module.Memories[(int)index];
        PrintHead("memory", index);
        if (type.Is64) _to.Add(" i64");
        _to.AddOperand(type.Limits.ToString());
        if (type.IsShared) _to.Add(" shared");
        if (type.PageSizeLog2 != MemoryType.DefaultPageSizeLog2) _to.Add(" (pagesize").AddOperand(1UL << type.PageSizeLog2).Add(')');
    }

    private void PrintTagHead(uint index)
    {
        PrintHead("tag", index);
        PrintTypeUse(_module.Tags[(int)index].TypeIndex);
    }

    private void PrintGlobals()
    {
        for (int i = _module.ImportedGlobalCount; i < _module.Globals.Length; i++)
        {
            _to.Line();
            PrintGlobalHead((uint)i);
            if (_module.Globals[i].Initial is { } initial) _instructions.PrintConstant(initial, "");
            _to.Add(')');
        }
    }

    private void PrintGlobalHead(uint index)
    {
        GlobalType type = _module.Globals[(int)index].Type;
        PrintHead("global", index);
        _to.AddOperand(type.IsMutable ? $"(mut {type.Type})" : type.Type.ToString());
    }

    private void PrintExports()
    {
        foreach (Export export in _module.Exports)
        {
            string keyword = export.Kind switch
            {
                ExternKind.Function => "func",
                ExternKind.Table => "table",
                ExternKind.Memory => "memory",
                ExternKind.Global => "global",
                ExternKind.Tag => "tag",
            };
            _to.Line().Add("(export ").AddString(export.Name).Add(" (").Add(keyword);
            _to.AddOperand(export.Kind == ExternKind.Function ? _names.Reference(export.Index) : export.Index.ToString()).Add("))");
        }
    }

    private void PrintElements()
    {
        for (int i = 0; i < _module.Elements.Length; i++)
        {
            ElementSegment segment = _module.Elements[i];
            _to.Line();
            PrintHead("elem", (uint)i);
            if (segment.Mode == SegmentMode.Declarative) _to.Add(" declare");
            if (segment.Mode == SegmentMode.Active && segment.TableIndex != 0) _to.Add(" (table").AddOperand(segment.TableIndex).Add(')');
            if (segment.Offset is { } offset) _instructions.PrintConstant(offset, "offset");
            if (segment.Items.Functions.IsDefault)
            {
                _to.AddOperand(segment.Type.ToString());
                foreach (ConstExpression item in segment.Items.Expressions) _instructions.PrintConstant(item, "item");
            }
            else
            {
                _to.Add(" func");
                foreach (uint function in segment.Items.Functions) _to.AddOperand(_names.Reference(function));
            }

            _to.Add(')');
        }
    }

    private void PrintData()
    {
        for (int i = 0; i < _module.Data.Length; i++)
        {
            DataSegment segment = _module.Data[i];
            _to.Line();
            PrintHead("data", (uint)i);
            if (segment.Mode == SegmentMode.Active && segment.MemoryIndex != 0) _to.Add(" (memory").AddOperand(segment.MemoryIndex).Add(')');
            if (segment.Offset is { } offset) _instructions.PrintConstant(offset, "offset");
            PrintBytes(_module.Slice(segment.Content));
            _to.Add(')');
        }
    }

    // The name section is made of identifiers again; the others become annotations.
    private void PrintCustomSections()
    {
        foreach (CustomSection section in _module.CustomSections)
        {
            if (section.Name == "name") continue;
            _to.Line().Add("(@custom ").AddString(section.Name);
            PrintBytes(_module.Slice(section.Content));
            _to.Add(')');
        }
    }

    private void PrintBytes(ReadOnlySpan<byte> bytes)
    {
        const int BytesPerLine = 64;
        if (bytes.Length <= BytesPerLine)
        {
            _to.Add(' ').AddString(bytes);
            return;
        }

        _to.Indentation++;
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(BytesPerLine, bytes.Length);
            _to.Line().AddString(bytes[..length]);
            bytes = bytes[length..];
        }

        _to.Indentation--;
    }
}
