using System;
using System.Collections.Immutable;
using System.Diagnostics;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Machine;
using Kiln.Compiler.Inlining;
using Kiln.Compiler.Trampolines;
using Kiln.Compiler.Translate;
using Kiln.Contract;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Modules;

/// <summary>
/// Everything one thread needs to compile functions, reused from function to function and from module to module.
/// What it compiles stays in <see cref="Sink"/>, which belongs to one module.
/// </summary>
internal sealed class FunctionWorker
{
    private readonly FunctionTranslator _translator = new();
    private readonly TrampolineTranslator _trampolines = new();
    private readonly IrFunction _ir = new();
    private readonly CompilationContext _codegen = new();

    /// <summary>What was compiled since <see cref="Begin"/>.</summary>
    public CodeSink Sink { get; } = new();

    /// <summary>Time spent validating and translating since <see cref="Begin"/>, in stopwatch ticks.</summary>
    public long TranslateTicks { get; private set; }

    /// <summary>Time spent in code generation since <see cref="Begin"/>, in stopwatch ticks.</summary>
    public long CodegenTicks { get; private set; }

    /// <summary>The function compiled last, optimised.</summary>
    public IrFunction Ir => _ir;

    /// <summary>The code generator's buffers, with the function compiled last.</summary>
    public CompilationContext Codegen => _codegen;

    /// <summary>Starts a module; what was compiled before is forgotten.</summary>
    public void Begin()
    {
        Sink.Clear();
        TranslateTicks = 0;
        CodegenTicks = 0;
    }

    /// <summary>Validates and compiles a function.</summary>
    /// <exception cref="ModuleException">It is malformed or invalid.</exception>
    /// <exception cref="UnsupportedFeatureException">It has an instruction that is not compiled yet.</exception>
    /// <exception cref="EngineBug">The compiler has an error; the dump is the function's IR.</exception>
    public CodePiece Compile(ModuleEnvironment environment, uint functionIndex, CodegenOptions options)
    {
        Translate(environment, functionIndex);
        return Generate(options, $"function {functionIndex}", _translator.InlinedLocations);
    }

    /// <summary>Validates and translates a function into <see cref="Ir"/>.</summary>
    public void Translate(ModuleEnvironment environment, uint functionIndex)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            _translator.Translate(environment, functionIndex, _ir);
        }
        catch (Exception e) when (e is not (ModuleException or UnsupportedFeatureException or CompileLimitException or EngineBug or OutOfMemoryException))
        {
            throw new EngineBug($"translating function {functionIndex}: {e.Message}", e.StackTrace, e);
        }

        TranslateTicks += Stopwatch.GetTimestamp() - start;
    }

    /// <summary>Validates a function without compiling it.</summary>
    public void Validate(ModuleEnvironment environment, uint functionIndex) => _translator.Validate(environment, functionIndex);

    /// <summary>Compiles the entry trampoline of a type of <paramref name="types"/>.</summary>
    public CodePiece CompileEntry(FuncType type, ImmutableArray<SubType> types, CodegenOptions options)
    {
        _trampolines.TranslateEntry(type, types, _ir);
        return Generate(options, $"entry trampoline of {type}");
    }

    /// <summary>Compiles the exit trampoline of a type of <paramref name="types"/>.</summary>
    public CodePiece CompileExit(FuncType type, ImmutableArray<SubType> types, CodegenOptions options)
    {
        _trampolines.TranslateExit(type, types, _ir);
        return Generate(options, $"exit trampoline of {type}");
    }

    /// <summary>Compiles <see cref="Ir"/>, in whose source locations numbers stand for <paramref name="inlined"/>.</summary>
    public CodePiece Generate(CodegenOptions options, string what, ReadOnlySpan<InlinedLocation> inlined = default)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            CodePiece piece = Sink.Add(FunctionCompiler.Compile(_ir, options, _codegen), inlined);
            CodegenTicks += Stopwatch.GetTimestamp() - start;
            return piece;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            string dump = (e as EngineBug)?.Dump + "\n" + PrintIr();
            throw new EngineBug($"compiling {what}: {e.Message}", dump, e);
        }
    }

    private string PrintIr()
    {
        try
        {
            return IrPrinter.Print(_ir);
        }
        catch (Exception e)
        {
            return $"(the IR cannot be printed: {e.Message})";
        }
    }
}
