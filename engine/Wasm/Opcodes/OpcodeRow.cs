namespace Kiln.Wasm.Opcodes;

/// <summary>One instruction as the specification's tables list it.</summary>
public sealed class OpcodeRow
{
    /// <summary>The signature of an instruction whose typing rule is in <c>FunctionValidator</c>.</summary>
    public const string Special = "special";

    internal OpcodeRow(
        Opcode opcode, string name, byte prefix, uint code, ImmediateKind immediate, string signature, Feature feature,
        byte accessBytes = 0, byte laneCount = 0)
    {
        Opcode = opcode;
        Name = name;
        Prefix = prefix;
        Code = code;
        Immediate = immediate;
        Signature = signature;
        Feature = feature;
        AccessBytes = accessBytes;
        LaneCount = laneCount;
    }

    /// <summary>The enum value; its number is the row's position in the table.</summary>
    public Opcode Opcode { get; }

    /// <summary>
    /// The unique name. Without a space it is the mnemonic (<c>i32.add</c>); with one it is a second encoding
    /// of the mnemonic before the space (<c>select t</c>, <c>ref.test null</c>).
    /// </summary>
    public string Name { get; }

    /// <summary>The keyword of the text format.</summary>
    public string Mnemonic => Name.IndexOf(' ') is var space and >= 0 ? Name[..space] : Name;

    /// <summary>0xFB to 0xFE for a prefixed instruction, else 0.</summary>
    public byte Prefix { get; }

    /// <summary>The opcode byte, or what follows the prefix as an unsigned LEB128.</summary>
    public uint Code { get; }

    /// <summary>What follows.</summary>
    public ImmediateKind Immediate { get; }

    /// <summary>
    /// <c>[parameters] -> [results]</c> in the notation of the specification, where <c>addr</c> is the address
    /// type of the memory or table in the immediate; or <see cref="Special"/>.
    /// </summary>
    public string Signature { get; }

    /// <summary>The proposal that it belongs to.</summary>
    public Feature Feature { get; }

    /// <summary>Bytes that a load, store or atomic access touches (its natural alignment); 0 for other instructions.</summary>
    public byte AccessBytes { get; }

    /// <summary>The number of lanes that a lane immediate selects from; 0 for other instructions.</summary>
    public byte LaneCount { get; }

    /// <summary>True for atomic accesses, which must be aligned naturally.</summary>
    public bool IsAtomic => Prefix == 0xFE;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
