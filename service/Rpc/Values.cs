using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.Intrinsics;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Kiln.V1;

namespace Kiln.Service.Rpc;

/// <summary>Values and types between engine and protocol.</summary>
internal static class Values
{
    /// <summary>Reads arguments for a function; throws ARGUMENT_MISMATCH.</summary>
    public static Value[] ReadArguments(RepeatedField<V1.Value> arguments, ExternType function)
    {
        IReadOnlyList<ValueKind> parameters = function.Parameters;
        if (arguments.Count != parameters.Count)
        {
            throw RpcErrors.InvalidField(
                "arguments",
                string.Create(CultureInfo.InvariantCulture, $"{arguments.Count} given, but the function is {function}"),
                ErrorReason.ArgumentMismatch);
        }

        if (arguments.Count == 0) return [];
        var values = new Value[arguments.Count];
        for (int i = 0; i < values.Length; i++) values[i] = Read(arguments[i], parameters[i], i);
        return values;
    }

    /// <summary>An engine value as a message.</summary>
    public static V1.Value ToMessage(in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.I32: return new V1.Value { I32 = value.AsInt32() };
            case ValueKind.I64: return new V1.Value { I64 = value.AsInt64() };
            case ValueKind.F32: return new V1.Value { F32Bits = value.AsSingleBits() };
            case ValueKind.F64: return new V1.Value { F64Bits = value.AsDoubleBits() };
            case ValueKind.V128:
                byte[] lanes = new byte[16];
                value.AsV128().CopyTo(lanes);
                return new V1.Value { V128 = UnsafeByteOperations.UnsafeWrap(lanes) };
            default:
                return new V1.Value { Reference = new Reference { Type = ExternType.Text(value.Kind), IsNull = value.IsNullReference } };
        }
    }

    /// <summary>An engine type as a message.</summary>
    public static V1.ExternType ToMessage(ExternType type)
    {
        var message = new V1.ExternType { Kind = ToMessage(type.Kind), Text = type.ToString() };
        if (type.Kind == ExternKind.Func)
        {
            message.Function = new FunctionType();
            foreach (ValueKind kind in type.Parameters) message.Function.Parameters.Add(ExternType.Text(kind));
            foreach (ValueKind kind in type.Results) message.Function.Results.Add(ExternType.Text(kind));
        }

        return message;
    }

    private static V1.ExternKind ToMessage(ExternKind kind) => kind switch
    {
        ExternKind.Func => V1.ExternKind.Function,
        ExternKind.Table => V1.ExternKind.Table,
        ExternKind.Memory => V1.ExternKind.Memory,
        ExternKind.Global => V1.ExternKind.Global,
        ExternKind.Tag => V1.ExternKind.Tag,
    };

    private static Value Read(V1.Value argument, ValueKind kind, int index)
    {
        Value? value = (kind, argument.ValueCase) switch
        {
            (ValueKind.I32, V1.Value.ValueOneofCase.I32) => Value.FromInt32(argument.I32),
            (ValueKind.I64, V1.Value.ValueOneofCase.I64) => Value.FromInt64(argument.I64),
            (ValueKind.F32, V1.Value.ValueOneofCase.F32Bits) => Value.FromSingleBits(argument.F32Bits),
            (ValueKind.F64, V1.Value.ValueOneofCase.F64Bits) => Value.FromDoubleBits(argument.F64Bits),
            (ValueKind.V128, V1.Value.ValueOneofCase.V128) when argument.V128.Length == 16 => Value.FromV128(Vector128.Create(argument.V128.Span)),
            (ValueKind.FuncRef or ValueKind.ExternRef, V1.Value.ValueOneofCase.Reference) when argument.Reference.IsNull => Value.Default(kind),
            (_, V1.Value.ValueOneofCase.Literal) => Value.TryParse(argument.Literal, kind, out Value literal) ? literal : null,
            _ => null,
        };
        return value ?? throw RpcErrors.InvalidField(
            string.Create(CultureInfo.InvariantCulture, $"arguments[{index}]"),
            argument.ValueCase == V1.Value.ValueOneofCase.Literal
                ? $"'{argument.Literal}' is not a literal of type {ExternType.Text(kind)}"
                : $"the parameter's type is {ExternType.Text(kind)}",
            ErrorReason.ArgumentMismatch);
    }
}
