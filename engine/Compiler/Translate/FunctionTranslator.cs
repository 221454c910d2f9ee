// Wasm to IR, one function at a time. In: the body of a function of a module whose declarations are valid. Out: the
// function in SSA form, in which no Wasm concept is left but the layout of the VM context. The body is decoded,
// validated and translated in one walk; nothing later checks types again.

using System;
using Kiln.Codegen.Ir;
using Kiln.Compiler.Inlining;
using Kiln.Contract;
using Kiln.Wasm;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Translate;

/// <summary>Validates and translates function bodies, one after the other; one per worker.</summary>
internal sealed class FunctionTranslator
{
    private readonly FunctionValidator _validator = new();
    private Translation _translation = new();

    /// <summary>Validates a defined function and translates it into <paramref name="function"/>, which it clears first.</summary>
    /// <exception cref="ModuleException">The body is malformed or invalid.</exception>
    /// <exception cref="UnsupportedFeatureException">The body is valid but has an instruction that is not compiled yet.</exception>
    /// <exception cref="CompileLimitException">It makes more values than the limits allow.</exception>
    public void Translate(ModuleEnvironment environment, uint functionIndex, IrFunction function)
    {
        function.Clear();
        try
        {
            Walk(environment, functionIndex, function);
        }
        catch
        {
            // What was being built is in no state to be reused.
            _translation = new Translation();
            throw;
        }
    }

    /// <summary>Locations of instructions of bodies inlined into the function translated last, by the numbers in its source locations.</summary>
    public ReadOnlySpan<InlinedLocation> InlinedLocations => _translation.Inlines.Locations.Span;

    /// <summary>Validates a defined function without translating it.</summary>
    /// <exception cref="ModuleException">The body is malformed or invalid.</exception>
    public void Validate(ModuleEnvironment environment, uint functionIndex) => _validator.ValidateBody(environment.Validated, functionIndex);

    private void Walk(ModuleEnvironment environment, uint functionIndex, IrFunction function)
    {
        OperatorReader reader = _validator.Begin(environment.Validated, functionIndex);
        Translation t = _translation;
        t.Begin(environment, functionIndex, function);
        foreach (ValType local in _validator.Locals[environment.Validated.GetFunctionType(functionIndex).Parameters.Length..]) t.DeclareLocal(local);
        t.Fuel.Begin(t);

        Operator op = default;
        try
        {
            while (!_validator.IsFinished)
            {
                reader.Read(ref op);
                _validator.Validate(in op);
                OperatorTranslation.Translate(t, in op);
                t.CheckSize();
            }
        }
        catch (UnsupportedFeatureException)
        {
            // An invalid rest of the body takes precedence.
            while (!_validator.IsFinished)
            {
                reader.Read(ref op);
                _validator.Validate(in op);
            }

            _validator.Finish(in reader);
            throw;
        }

        _validator.Finish(in reader);
        t.Builder.Finish();
        InterruptCheck.InsertAtEntry(t, function);
    }
}
