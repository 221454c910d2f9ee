using System;
using Kiln.Contract;
using Kiln.Wasm;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Modules;

/// <summary>Reads everything of a module but its bodies.</summary>
internal static class ModuleDescription
{
    /// <summary>Decodes and validates a module's description and checks the limits of the compilation.</summary>
    /// <exception cref="ModuleException">It is malformed or invalid.</exception>
    /// <exception cref="CompileLimitException">It asks for too much work.</exception>
    public static ValidatedModule Read(ReadOnlyMemory<byte> wasm, CompileOptions options)
    {
        CompileLimits limits = options.Limits;
        if (wasm.Length > limits.ModuleBytes)
            throw new CompileLimitException(nameof(CompileLimits.ModuleBytes), $"the module has {wasm.Length} bytes, more than {limits.ModuleBytes}");
        WasmModule module = ModuleDecoder.Decode(wasm, options.Features);
        if (module.Bodies.Length > limits.Functions)
            throw new CompileLimitException(nameof(CompileLimits.Functions), $"the module defines {module.Bodies.Length} functions, more than {limits.Functions}");
        for (int i = 0; i < module.Bodies.Length; i++)
        {
            if (module.Bodies[i].Length > limits.FunctionBytes)
            {
                throw new CompileLimitException(
                    nameof(CompileLimits.FunctionBytes), $"function {module.ImportedFunctionCount + i} has {module.Bodies[i].Length} bytes, more than {limits.FunctionBytes}");
            }
        }

        return ModuleValidator.Validate(module);
    }
}
