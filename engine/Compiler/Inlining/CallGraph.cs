using System;
using Kiln.Foundation.Collections;
using Kiln.Wasm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Inlining;

// In:  a module whose description is valid; bodies may still turn out malformed or invalid.
// Out: which defined function calls which defined functions directly, and where; how large each body is; which bodies
//      have only instructions that mean the same in the middle of another function.
//
// Decoding alone, about a hundredth of the time that compiling takes. A body that is malformed calls nothing and is
// not inlined: compiling it will say what is wrong with it.

/// <summary>The direct calls inside a module. Functions are counted from the first defined one.</summary>
internal sealed class CallGraph
{
    private const int MostLocals = 64; // each becomes a zero where the body is inlined

    private readonly int[] _firstCall;
    private readonly bool[] _canInline;
    private readonly GrowList<(uint Offset, int Callee)> _calls = new(1024);

    /// <summary>Reads all bodies of a module.</summary>
    public CallGraph(ValidatedModule validated)
    {
        WasmModule module = validated.Module;
        Count = module.Bodies.Length;
        _firstCall = new int[Count + 1];
        _canInline = new bool[Count];
        ByteCount = new int[Count];
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
    }

    /// <summary>Number of defined functions.</summary>
    public int Count { get; }

    /// <summary>Bytes of each body.</summary>
    public int[] ByteCount { get; }

    /// <summary>The direct calls of a function in order: offset of the instruction in the module, and who is called.</summary>
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
            if (op.Opcode == Opcode.Call && op.Index1 >= (uint)module.ImportedFunctionCount && op.Index1 < (uint)module.Functions.Length)
                _calls.Add(((uint)op.Offset.Value, (int)op.Index1 - module.ImportedFunctionCount));
        }

        return canInline;
    }
}
