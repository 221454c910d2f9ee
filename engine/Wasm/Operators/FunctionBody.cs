using Kiln.Foundation.Collections;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Operators;

/// <summary>A run of locals with the same type, as a body declares them.</summary>
/// <param name="Count">Number of locals.</param>
/// <param name="Type">Their type.</param>
public readonly record struct LocalRun(uint Count, ValType Type);

/// <summary>Reads bodies of modules that need not be valid, for printers; the compiler's way in is <c>FunctionValidator.Begin</c>.</summary>
public static class FunctionBody
{
    /// <summary>Reads the declarations of a body's locals and returns a reader of its instructions.</summary>
    /// <param name="module">A module decoded with its bodies.</param>
    /// <param name="functionIndex">A defined function, in the module's function index space.</param>
    /// <param name="buffers">Room for lists of the instructions.</param>
    /// <param name="locals">Cleared, then receives the declarations without the parameters.</param>
    /// <exception cref="ModuleException">The declarations are malformed.</exception>
    public static OperatorReader Open(WasmModule module, uint functionIndex, OperatorBuffers buffers, GrowList<LocalRun> locals)
    {
        ByteRange body = module.GetBody(functionIndex);
        ByteReader input = new(module.Slice(body), body.Start, module.Features, functionIndex);
        locals.Clear();
        for (uint left = input.ReadU32(); left > 0; left--)
        {
            uint count = input.ReadU32();
            locals.Add(new LocalRun(count, input.ReadValType()));
        }

        int code = body.Start + input.Position;
        return new OperatorReader(module.Slice(new ByteRange(code, body.End - code)), new WasmOffset(code), module.Features, buffers, functionIndex);
    }
}
