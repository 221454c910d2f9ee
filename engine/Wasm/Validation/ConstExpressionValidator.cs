using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Validates constant expressions with the typing rules of bodies (core spec, section 3.4.13).</summary>
internal sealed class ConstExpressionValidator
{
    private readonly ValidationStack _stack = new();
    private readonly ValidatedModule _module;

    /// <summary>Creates a validator for one module.</summary>
    public ConstExpressionValidator(ValidatedModule module) => _module = module;

    /// <summary>Checks that an expression leaves a value of type <paramref name="expected"/>.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="expected">The type.</param>
    /// <param name="visibleGlobals">How many globals it can see.</param>
    public void Validate(ConstExpression expression, ValType expected, int visibleGlobals)
    {
        _stack.Reset(_module.Types, -1, 1);
        _stack.Offset = new WasmOffset(expression.Range.Start);
        _stack.PushFrame(Opcode.Block, new BlockSignature(expected), 0);
        foreach (ConstInstruction instruction in expression.Instructions)
        {
            _stack.Offset = instruction.Offset;
            Apply(in instruction, visibleGlobals);
        }

        _stack.Offset = new WasmOffset(expression.Range.End - 1);
        _stack.PopFrame();
    }

    private void Apply(in ConstInstruction instruction, int visibleGlobals)
    {
        Opcode opcode = instruction.Opcode;
        if (opcode == Opcode.GlobalGet)
        {
            _stack.Push(Global(instruction.Index1, visibleGlobals).Type);
            return;
        }

        ref readonly Signature signature = ref Signature.Of(opcode);
        if (signature.Kind != SignatureKind.Special)
        {
            _stack.Apply(in signature, default);
            return;
        }

        Operator op = default;
        op.Opcode = opcode;
        op.Offset = instruction.Offset;
        op.Index1 = instruction.Index1;
        op.Index2 = instruction.Index2;
        op.HeapType = instruction.HeapType;
        op.CastTarget = ValType.Ref(instruction.HeapType, true);
        if (opcode is >= Opcode.StructNew and <= Opcode.ArrayInitElem) AggregateRules.Apply(_stack, _module, in op);
        else ReferenceRules.Apply(_stack, _module, in op);
    }

    private GlobalType Global(uint index, int visibleGlobals)
    {
        if (index >= (uint)visibleGlobals) _stack.Fail($"unknown global {index}");
        GlobalType type = _module.Module.Globals[(int)index].Type;
        if (type.IsMutable) _stack.Fail($"constant expression required: global {index} is mutable");
        return type;
    }
}
