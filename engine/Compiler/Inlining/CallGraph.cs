using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using Kiln.Foundation.Collections;
using Kiln.Wasm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Inlining;

// In:  a module whose description is valid; bodies may still turn out malformed or invalid. Threads read a part each.
// Out: which defined function calls which defined functions, directly or through a constant table, and where; how large
//      each body is; which bodies have only instructions that mean the same in the middle of another function.
//
// Decoding alone, about a hundredth of the time that compiling takes. A body that is malformed calls nothing and is
// not inlined: compiling it will say what is wrong with it.

/// <summary>The calls inside a module whose callees are known. Functions are counted from the first defined one.</summary>
internal sealed class CallGraph
{
    private const int BytesPerThread = 64 * 1024;
    private const int MostLocals = 64; // each becomes a zero where the body is inlined

    private readonly ValidatedModule _validated;
    private readonly int[] _firstCall;
    private readonly int[] _part; // that read the function
    private readonly Part[] _parts;
    private readonly bool[] _canInline;
    private readonly bool[] _isTailCalled;

    // Neighbouring bodies, which one thread reads.
    private sealed class Part(int first, int end)
    {
        public readonly int First = first;
        public readonly int End = end;
        public readonly GrowList<(uint Type, uint Table)> Indirect = new(16);
        public GrowList<(uint Offset, int Callee)> Calls = new(1024); // until they are resolved, ~n for the n-th of Indirect
        public readonly OperatorBuffers Buffers = new();
        public ExceptionDispatchInfo? Failure;
    }

    /// <summary>Reads all bodies of a module, on so many threads.</summary>
    public CallGraph(ValidatedModule validated, int threads)
    {
        WasmModule module = validated.Module;
        _validated = validated;
        Count = module.Bodies.Length;
        _firstCall = new int[Count + 1];
        _part = new int[Count];
        _canInline = new bool[Count];
        _isTailCalled = new bool[Count];
        ByteCount = new int[Count];
        Tables = ConstantTables.Of(validated);
        for (int i = 0; i < Count; i++) ByteCount[i] = module.Bodies[i].Length;
        _parts = Divide(module, Math.Max(1, Math.Min(threads, module.CodeSection.Length / BytesPerThread)));

        Thread[] helpers = new Thread[_parts.Length - 1];
        for (int i = 0; i < helpers.Length; i++)
        {
            Part part = _parts[i + 1];
            helpers[i] = new Thread(() => Read(part), maxStackSize: 1 << 20) { IsBackground = true, Name = "kiln call graph" };
            helpers[i].Start();
        }

        Read(_parts[0]);
        foreach (Thread helper in helpers) helper.Join();
        foreach (Part part in _parts) part.Failure?.Throw();
        foreach (Part part in _parts) Resolve(part, (uint)module.ImportedFunctionCount);
    }

    /// <summary>Number of defined functions.</summary>
    public int Count { get; }

    /// <summary>Bytes of each body.</summary>
    public int[] ByteCount { get; }

    /// <summary>Tables whose elements are known.</summary>
    public ConstantTables Tables { get; }

    /// <summary>
    /// The calls of a function in order, but tail calls: offset of the instruction in the module, and who is called; one
    /// instruction may call several.
    /// </summary>
    public ReadOnlySpan<(uint Offset, int Callee)> CallsOf(int function)
    {
        Part part = _parts[_part[function]];
        int end = function + 1 < part.End ? _firstCall[function + 1] : part.Calls.Count;
        return part.Calls.Span[_firstCall[function]..end];
    }

    /// <summary>True if some body has a tail call of the function, which nothing replaces.</summary>
    public bool IsTailCalled(int function) => _isTailCalled[function];

    /// <summary>True if the body may stand in another function: it leaves by its end or by a return only.</summary>
    public bool CanInline(int function) => _canInline[function];

    private Part[] Divide(WasmModule module, int count)
    {
        List<Part> parts = [];
        long bytes = 0;
        int first = 0;
        for (int i = 0; i < Count; i++)
        {
            bytes += ByteCount[i];
            _part[i] = parts.Count;
            if (bytes * count < (long)module.CodeSection.Length * (parts.Count + 1) && i + 1 < Count) continue;
            parts.Add(new Part(first, i + 1));
            first = i + 1;
        }

        return parts.Count == 0 ? [new Part(0, 0)] : [.. parts];
    }

    private void Read(Part part)
    {
        try
        {
            ReadBodies(part);
        }
        catch (Exception e)
        {
            part.Failure = ExceptionDispatchInfo.Capture(e);
        }
    }

    private void ReadBodies(Part part)
    {
        for (int i = part.First; i < part.End; i++)
        {
            _firstCall[i] = part.Calls.Count;
            try
            {
                _canInline[i] = Scan(part, i);
            }
            catch (ModuleException)
            {
                part.Calls.Truncate(_firstCall[i]);
            }
        }
    }

    private bool Scan(Part part, int function)
    {
        WasmModule module = _validated.Module;
        OperatorReader reader = FunctionValidator.ReaderOf(_validated, (uint)(module.ImportedFunctionCount + function), part.Buffers, out ulong locals);
        bool canInline = locals <= MostLocals;
        Operator op = default;
        while (!reader.IsAtEnd)
        {
            reader.Read(ref op);
            canInline &= op.Opcode.Row().Feature is not (Feature.TailCalls or Feature.Exceptions or Feature.Gc or Feature.StackSwitching or Feature.Threads);
            switch (op.Opcode)
            {
                case Opcode.Call when IsDefined(op.Index1):
                    part.Calls.Add(((uint)op.Offset.Value, (int)op.Index1 - module.ImportedFunctionCount));
                    break;
                case Opcode.ReturnCall when IsDefined(op.Index1):
                    _isTailCalled[op.Index1 - module.ImportedFunctionCount] = true; // by any thread, and never false again
                    break;
                case Opcode.CallIndirect when Tables.MayBeConstant(op.Index2):
                    part.Calls.Add(((uint)op.Offset.Value, ~part.Indirect.Count));
                    part.Indirect.Add((op.Index1, op.Index2));
                    break;
                case Opcode.TableSet or Opcode.TableGrow or Opcode.TableFill or Opcode.TableCopy:
                    Tables.OnWrite(op.Index1);
                    break;
                case Opcode.TableInit:
                    Tables.OnWrite(op.Index2);
                    break;
                default:
                    break;
            }
        }

        return canInline;
    }

    private bool IsDefined(uint function) => function >= (uint)_validated.Module.ImportedFunctionCount && function < (uint)_validated.Module.Functions.Length;

    // What is called through tables, now that it is known which tables are written.
    private void Resolve(Part part, uint imported)
    {
        if (part.Indirect.Count == 0) return;
        GrowList<(uint Offset, int Callee)> calls = new(part.Calls.Count);
        for (int i = part.First; i < part.End; i++)
        {
            ReadOnlySpan<(uint Offset, int Callee)> found = CallsOf(i);
            _firstCall[i] = calls.Count;
            foreach ((uint Offset, int Callee) call in found)
            {
                if (call.Callee >= 0)
                {
                    calls.Add(call);
                    continue;
                }

                (uint type, uint table) = part.Indirect[~call.Callee];
                if (Tables.Find(type, table) is not { } targets) continue;
                foreach ((uint _, uint function) in targets.Targets)
                {
                    if (function >= imported) calls.Add((call.Offset, (int)(function - imported)));
                }
            }
        }

        part.Calls = calls;
    }
}
