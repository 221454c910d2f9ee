using System;
using Kiln.Foundation.Collections;
using Kiln.Wasm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Inlining;

// In:  a module whose description is valid; bodies may still turn out malformed or invalid.
// Out: which defined function calls which defined functions, directly or through a constant table, and where; how large
//      each body is; which bodies have only instructions that mean the same in the middle of another function.
//
// Decoding alone, about a hundredth of the time that compiling takes. A body that is malformed calls nothing and is
// not inlined: compiling it will say what is wrong with it.

/// <summary>The calls inside a module whose callees are known. Functions are counted from the first defined one.</summary>
internal sealed class CallGraph
{
    private const int MostLocals = 64; // each becomes a zero where the body is inlined

    private readonly int[] _firstCall;
    private readonly bool[] _canInline;
    private readonly GrowList<(uint Type, uint Table)> _indirect = new(16);
    private GrowList<(uint Offset, int Callee)> _calls = new(1024); // while bodies are read, ~n for the n-th of _indirect

    /// <summary>Reads all bodies of a module.</summary>
    public CallGraph(ValidatedModule validated)
    {
        WasmModule module = validated.Module;
        Count = module.Bodies.Length;
        _firstCall = new int[Count + 1];
        _canInline = new bool[Count];
        ByteCount = new int[Count];
        Tables = ConstantTables.Of(validated);
        OperatorBuffers buffers = new();
        for (int i = 0; i < Count; i++)
        {
            _firstCall[i] = _calls.Count;
            ByteCount[i] = module.Bodies[i].Length;
            try
            {
                _canInline[i] = Scan(validated, i, buffers);
            }
            catch (ModuleException)
            {
                _calls.Truncate(_firstCall[i]);
            }
        }

        _firstCall[Count] = _calls.Count;
        if (_indirect.Count != 0) Resolve((uint)module.ImportedFunctionCount);
    }

    /// <summary>Number of defined functions.</summary>
    public int Count { get; }

    /// <summary>Bytes of each body.</summary>
    public int[] ByteCount { get; }

    /// <summary>Tables whose elements are known.</summary>
    public ConstantTables Tables { get; }

    /// <summary>The calls of a function in order: offset of the instruction in the module, and who is called; one instruction may call several.</summary>
    public ReadOnlySpan<(uint Offset, int Callee)> CallsOf(int function) => _calls.Span[_firstCall[function].._firstCall[function + 1]];

    /// <summary>True if the body may stand in another function: it leaves by its end or by a return only.</summary>
    public bool CanInline(int function) => _canInline[function];

    private bool Scan(ValidatedModule validated, int function, OperatorBuffers buffers)
    {
        WasmModule module = validated.Module;
        OperatorReader reader = FunctionValidator.ReaderOf(validated, (uint)(module.ImportedFunctionCount + function), buffers, out ulong locals);
        bool canInline = locals <= MostLocals;
        Operator op = default;
        while (!reader.IsAtEnd)
        {
            reader.Read(ref op);
            canInline &= op.Opcode.Row().Feature is not (Feature.TailCalls or Feature.Exceptions or Feature.Gc or Feature.StackSwitching or Feature.Threads);
            switch (op.Opcode)
            {
                case Opcode.Call:
                    if (op.Index1 >= (uint)module.ImportedFunctionCount && op.Index1 < (uint)module.Functions.Length)
                        _calls.Add(((uint)op.Offset.Value, (int)op.Index1 - module.ImportedFunctionCount));
                    break;
                case Opcode.CallIndirect:
                    if (Tables.Find(op.Index1, op.Index2) is null) break;
                    _calls.Add(((uint)op.Offset.Value, ~_indirect.Count));
                    _indirect.Add((op.Index1, op.Index2));
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

    // What is called through tables, now that it is known which tables are written.
    private void Resolve(uint imported)
    {
        GrowList<(uint Offset, int Callee)> calls = new(_calls.Count);
        for (int i = 0; i < Count; i++)
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

                (uint type, uint table) = _indirect[~call.Callee];
                if (Tables.TargetsOf(type, table) is not { } targets) continue;
                foreach ((uint _, uint function) in targets.Targets)
                {
                    if (function >= imported) calls.Add((call.Offset, (int)(function - imported)));
                }
            }
        }

        _firstCall[Count] = calls.Count;
        _calls = calls;
    }
}
