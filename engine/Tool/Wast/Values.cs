using System;
using System.Runtime.Intrinsics;
using Kiln.Text.Scripts;

namespace Kiln.Tool.Wast;

/// <summary>Between a script's constants and expectations and the engine's values.</summary>
internal static class Values
{
    /// <summary>An object that stands for the host reference of a number: equal numbers, equal references.</summary>
    private sealed record HostReference(uint Number);

    public static Value FromScript(WastValue value) => value.Kind switch
    {
        WastValueKind.I32 => Value.FromInt32((int)(uint)value.Low),
        WastValueKind.I64 => Value.FromInt64((long)value.Low),
        WastValueKind.F32 => Value.FromSingleBits((uint)value.Low),
        WastValueKind.F64 => Value.FromDoubleBits(value.Low),
        WastValueKind.V128 => Value.FromV128(Vector128.Create(value.Low, value.High).AsByte()),
        WastValueKind.RefNull => value.HeapType switch
        {
            "func" or "nofunc" => Value.FromFunc(null),
            "extern" or "noextern" => Value.FromExtern(null),
            _ => throw new UnsupportedFeatureException($"ref.null {value.HeapType}"),
        },
        WastValueKind.RefExtern => Value.FromExtern(new HostReference((uint)value.Low)),
        WastValueKind.RefHost => throw new UnsupportedFeatureException("ref.host"),
    };

    public static bool Matches(Value actual, WastExpected expected)
    {
        switch (expected)
        {
            case WastExpectedEither either:
                foreach (WastExpected alternative in either.Alternatives)
                {
                    if (Matches(actual, alternative)) return true;
                }

                return false;
            case WastExpectedNumber number:
                return number.Kind switch
                {
                    WastValueKind.I32 => actual.Kind == ValueKind.I32 && number.Pattern.Matches((uint)actual.AsInt32()),
                    WastValueKind.I64 => actual.Kind == ValueKind.I64 && number.Pattern.Matches((ulong)actual.AsInt64()),
                    WastValueKind.F32 => actual.Kind == ValueKind.F32 && number.Pattern.Matches(actual.AsSingleBits()),
                    WastValueKind.F64 => actual.Kind == ValueKind.F64 && number.Pattern.Matches(actual.AsDoubleBits()),
                    WastValueKind.V128 or WastValueKind.RefNull or WastValueKind.RefExtern or WastValueKind.RefHost => false,
                };
            case WastExpectedVector vector:
                if (actual.Kind != ValueKind.V128) return false;
                Vector128<ulong> halves = actual.AsV128().AsUInt64();
                return vector.Matches(new UInt128(halves[1], halves[0]));
            case WastExpectedReference reference:
                return MatchesReference(actual, reference);
            default:
                return false;
        }
    }

    private static bool MatchesReference(Value actual, WastExpectedReference expected) => expected.Kind switch
    {
        WastReferenceKind.Null => actual.IsNullReference && expected.HeapType switch
        {
            "func" or "nofunc" => actual.Kind == ValueKind.FuncRef,
            "extern" or "noextern" => actual.Kind == ValueKind.ExternRef,
            _ => true,
        },
        WastReferenceKind.Func => actual is { Kind: ValueKind.FuncRef, IsNullReference: false },
        WastReferenceKind.Extern => actual is { Kind: ValueKind.ExternRef, IsNullReference: false }
            && (expected.Number is not { } number || actual.AsExtern() is HostReference host && host.Number == number),
        WastReferenceKind.Host or WastReferenceKind.Any or WastReferenceKind.Eq or WastReferenceKind.I31 or WastReferenceKind.Struct
            or WastReferenceKind.Array or WastReferenceKind.Exn or WastReferenceKind.Cont => false,
    };

    public static string Describe(WastExpected expected) => expected switch
    {
        WastExpectedNumber { Pattern.Nan: NanPattern.Exact } number => $"{number.Kind.ToString().ToLowerInvariant()}:0x{number.Pattern.Bits:x}",
        WastExpectedNumber number => $"{number.Kind.ToString().ToLowerInvariant()}:nan:{number.Pattern.Nan.ToString().ToLowerInvariant()}",
        WastExpectedVector vector => "v128:" + string.Join(' ', System.Linq.Enumerable.Select(vector.Lanes, lane => lane.Nan == NanPattern.Exact ? $"0x{lane.Bits:x}" : $"nan:{lane.Nan}")),
        WastExpectedReference reference => $"ref.{reference.Kind.ToString().ToLowerInvariant()} {reference.HeapType}{reference.Number}",
        WastExpectedEither either => "either " + string.Join(" | ", System.Linq.Enumerable.Select(either.Alternatives, Describe)),
        _ => expected.ToString(),
    };

    /// <summary>A value with its bits, so that NaNs and signed zeros can be told apart.</summary>
    public static string Describe(Value value) => value.Kind switch
    {
        ValueKind.I32 => $"i32:0x{value.AsInt32():x}",
        ValueKind.I64 => $"i64:0x{value.AsInt64():x}",
        ValueKind.F32 => $"f32:0x{value.AsSingleBits():x} ({value.AsSingle()})",
        ValueKind.F64 => $"f64:0x{value.AsDoubleBits():x} ({value.AsDouble()})",
        ValueKind.V128 or ValueKind.FuncRef or ValueKind.ExternRef => value.ToString(),
    };
}
