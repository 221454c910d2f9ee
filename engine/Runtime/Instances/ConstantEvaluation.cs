using System;
using Kiln.Foundation.Diagnostics;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;

namespace Kiln.Runtime.Instances;

/// <summary>
/// Evaluates constant expressions of a validated module (core spec, section 3.4.14) in an instance whose imports and
/// earlier globals are in place.
/// </summary>
internal static unsafe class ConstantEvaluation
{
    private const int UsualDepth = 16;

    /// <summary>The expression's value.</summary>
    public static ValueSlot Evaluate(GuestInstance instance, ConstExpression expression)
    {
        int most = expression.Instructions.Length;
        Span<ValueSlot> stack = most <= UsualDepth ? stackalloc ValueSlot[UsualDepth] : new ValueSlot[most];
        int depth = 0;
        foreach (ref readonly ConstInstruction instruction in expression.Instructions.AsSpan())
        {
            switch (instruction.Opcode)
            {
                case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul:
                    depth--;
                    stack[depth - 1].Low = Compute(instruction.Opcode, stack[depth - 1].Low, stack[depth].Low);
                    break;
                default:
                    stack[depth++] = Push(instance, instruction);
                    break;
            }
        }

        EngineBug.Check(depth == 1);
        return stack[0];
    }

    private static ValueSlot Push(GuestInstance instance, in ConstInstruction instruction) => instruction.Opcode switch
    {
        Opcode.I32Const => new ValueSlot { Low = (uint)instruction.Low },
        Opcode.F32Const => new ValueSlot { Low = (uint)instruction.Low },
        Opcode.I64Const or Opcode.F64Const => new ValueSlot { Low = instruction.Low },
        Opcode.V128Const => new ValueSlot { Low = instruction.Low, High = instruction.High },
        Opcode.RefNull => default,
        Opcode.RefFunc => new ValueSlot { Low = (ulong)instance.FuncRef(instruction.Index1) },
        Opcode.GlobalGet => *instance.GlobalAddress(instruction.Index1),

        // Every other constant instruction makes garbage-collected objects; the compiler has refused such a module.
        _ => EngineBug.Throw<ValueSlot>($"{instruction.Opcode} in a constant expression"),
    };

    private static ulong Compute(Opcode opcode, ulong x, ulong y) => unchecked(opcode switch
    {
        Opcode.I32Add => (uint)(x + y),
        Opcode.I32Sub => (uint)(x - y),
        Opcode.I32Mul => (uint)(x * y),
        Opcode.I64Add => x + y,
        Opcode.I64Sub => x - y,
        Opcode.I64Mul => x * y,

        // Only the six above are binary.
        _ => EngineBug.Throw<ulong>($"{opcode} is no constant arithmetic"),
    });
}
