// In: the signatures of the opcode table as text. Out: the same in nine bytes per opcode, which is what the
// validator compares the operand stack with.

using System;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Opcodes;

/// <summary>How the validator treats an opcode.</summary>
internal enum SignatureKind : byte
{
    /// <summary>A typing rule of its own.</summary>
    Special,

    /// <summary>At most three number or vector parameters, at most one result, nothing to check in the immediate.</summary>
    Plain,

    /// <summary>A memory access: its immediate is a <c>MemArg</c>.</summary>
    Access,

    /// <summary>A lane access: its immediate is a lane or a list of lanes.</summary>
    Lane,

    /// <summary>Any other signature of the table.</summary>
    General,
}

/// <summary>A signature of the table. A token is the bits of a number or vector type, or an index above them.</summary>
internal readonly struct Signature
{
    /// <summary>The token of an address.</summary>
    public const byte Address = 6;

    private const byte FirstRef = 16;
    private static readonly (string Name, ValType Type)[] Refs =
    [
        ("i31ref", ValType.Ref(HeapKind.I31, true)), ("(ref i31)", ValType.Ref(HeapKind.I31, false)),
        ("eqref", ValType.Ref(HeapKind.Eq, true)), ("arrayref", ValType.Ref(HeapKind.Array, true)),
    ];

    private static readonly Signature[] Table = Build();

    public readonly SignatureKind Kind;
    public readonly byte ParameterCount;
    public readonly byte ResultCount;
    public readonly byte P0;
    public readonly byte P1;
    public readonly byte P2;
    public readonly byte P3;
    public readonly byte R0;
    public readonly byte R1;

    private Signature(OpcodeRow row)
    {
        if (row.Signature == OpcodeRow.Special) return;
        string[] sides = row.Signature.Split(" -> ");
        Span<byte> parameters = stackalloc byte[4];
        Span<byte> results = stackalloc byte[2];
        ParameterCount = (byte)Parse(sides[0], parameters);
        ResultCount = (byte)Parse(sides[1], results);
        (P0, P1, P2, P3) = (parameters[0], parameters[1], parameters[2], parameters[3]);
        (R0, R1) = (results[0], results[1]);
        Kind = row.Immediate switch
        {
            ImmediateKind.MemArg or ImmediateKind.MemArgLane => SignatureKind.Access,
            ImmediateKind.Lane or ImmediateKind.Shuffle => SignatureKind.Lane,
            ImmediateKind.None or ImmediateKind.I32 or ImmediateKind.I64 or ImmediateKind.F32 or ImmediateKind.F64
                or ImmediateKind.V128 or ImmediateKind.Fence => IsPlain ? SignatureKind.Plain : SignatureKind.General,
            ImmediateKind.Block or ImmediateKind.TryTable or ImmediateKind.Label or ImmediateKind.LabelTable
                or ImmediateKind.Function or ImmediateKind.Type or ImmediateKind.TypeTable or ImmediateKind.TypeType
                or ImmediateKind.TypeField or ImmediateKind.TypeCount or ImmediateKind.TypeData or ImmediateKind.TypeElement
                or ImmediateKind.TypeTag or ImmediateKind.TypeHandlers or ImmediateKind.TypeTagHandlers or ImmediateKind.Tag
                or ImmediateKind.Local or ImmediateKind.Global or ImmediateKind.Table or ImmediateKind.TableTable
                or ImmediateKind.ElementTable or ImmediateKind.Element or ImmediateKind.Memory or ImmediateKind.MemoryMemory
                or ImmediateKind.DataMemory or ImmediateKind.Data or ImmediateKind.HeapType or ImmediateKind.SelectTypes
                or ImmediateKind.CastLabel => SignatureKind.General,
        };
    }

    private bool IsPlain => ParameterCount <= 3 && ResultCount <= 1 && Math.Max(Math.Max(P0, P1), Math.Max(P2, R0)) < Address;

    /// <summary>The signature of an opcode.</summary>
    public static ref readonly Signature Of(Opcode opcode) => ref Table[(int)opcode];

    /// <summary>Token of parameter <paramref name="index"/>.</summary>
    public byte Parameter(int index) => index switch { 0 => P0, 1 => P1, 2 => P2, _ => P3 };

    /// <summary>The type that a token means.</summary>
    public static ValType TypeOf(byte token, ValType address) => token switch
    {
        < Address => new ValType(token),
        Address => address,
        _ => Refs[token - FirstRef].Type,
    };

    private static Signature[] Build()
    {
        ReadOnlySpan<OpcodeRow> rows = OpcodeTable.Rows;
        Signature[] table = new Signature[rows.Length];
        for (int i = 0; i < rows.Length; i++) table[i] = new Signature(rows[i]);
        return table;
    }

    private static int Parse(string side, Span<byte> tokens)
    {
        ReadOnlySpan<char> rest = side.AsSpan(1, side.Length - 2);
        int count = 0;
        while (!rest.IsEmpty)
        {
            int length = rest[0] == '(' ? rest.IndexOf(')') + 1 : rest.IndexOf(' ');
            ReadOnlySpan<char> word = length < 0 ? rest : rest[..length];
            rest = rest[word.Length..].TrimStart();
            tokens[count++] = Token(word);
        }

        return count;
    }

    private static byte Token(ReadOnlySpan<char> word)
    {
        switch (word)
        {
            case "i32": return (byte)ValKind.I32;
            case "i64": return (byte)ValKind.I64;
            case "f32": return (byte)ValKind.F32;
            case "f64": return (byte)ValKind.F64;
            case "v128": return (byte)ValKind.V128;
            case "addr": return Address;
        }

        for (int i = 0; i < Refs.Length; i++)
        {
            if (word.SequenceEqual(Refs[i].Name)) return (byte)(FirstRef + i);
        }

        return EngineBug.Throw<byte>($"unknown type '{word}' in a signature of the opcode table");
    }
}
