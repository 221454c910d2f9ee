using System.Collections.Immutable;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;

namespace Kiln.Wasm.Decoding;

/// <summary>Decodes constant expressions; an instruction that cannot be in one is refused at once.</summary>
internal sealed class ConstExpressionDecoder
{
    private readonly OperatorBuffers _buffers = new();
    private readonly ImmutableArray<ConstInstruction>.Builder _instructions = ImmutableArray.CreateBuilder<ConstInstruction>();

    /// <summary>Reads an expression up to and with its <c>end</c>.</summary>
    public ConstExpression Read(ref ByteReader input)
    {
        WasmOffset start = input.Offset;
        OperatorReader reader = new(input, _buffers, int.MaxValue, "unexpected end of section or function");
        Operator op = default;
        _instructions.Clear();
        while (true)
        {
            reader.Read(ref op);
            if (op.Opcode == Opcode.End) break;
            if (!IsConstant(op.Opcode, input.Features)) input.Fail($"constant expression required: {op.Opcode.Name()} is not constant", op.Offset);
            _instructions.Add(new ConstInstruction(op.Opcode, op.Offset, op.Index1, op.Index2, op.Low, op.High, op.HeapType));
        }

        input.Skip(reader.Position - input.Position);
        return new ConstExpression(_instructions.ToImmutable(), new ByteRange(start.Value, input.Offset.Value - start.Value));
    }

    private static bool IsConstant(Opcode opcode, FeatureSet features)
    {
        switch (opcode)
        {
            case Opcode.I32Const:
            case Opcode.I64Const:
            case Opcode.F32Const:
            case Opcode.F64Const:
            case Opcode.V128Const:
            case Opcode.GlobalGet:
            case Opcode.RefNull:
            case Opcode.RefFunc:
            case Opcode.RefI31:
            case Opcode.StructNew:
            case Opcode.StructNewDefault:
            case Opcode.ArrayNew:
            case Opcode.ArrayNewDefault:
            case Opcode.ArrayNewFixed:
            case Opcode.AnyConvertExtern:
            case Opcode.ExternConvertAny:
                return true;
            case Opcode.I32Add:
            case Opcode.I32Sub:
            case Opcode.I32Mul:
            case Opcode.I64Add:
            case Opcode.I64Sub:
            case Opcode.I64Mul:
                return features.Contains(Feature.ExtendedConst);
            default:
                return false;
        }
    }
}
