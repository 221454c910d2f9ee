using System;
using System.Globalization;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// A row of the instruction table: what the Intel manual prints for one instruction form, and the
/// <see cref="Encoding"/> parsed from it.
/// </summary>
public readonly struct EncodingRow
{
    /// <summary>Parses a row; a row that cannot be understood is an <see cref="EngineBug"/> at first use of the table.</summary>
    /// <param name="op">The instruction.</param>
    /// <param name="form">What its operands do.</param>
    /// <param name="syntax">Mnemonic and operands: <c>add r32, r/m32</c>; <c>{cc}</c> stands for the condition.</param>
    /// <param name="notation">Opcode column: <c>REX.W 81 /0 id</c>, <c>VEX.LIG.F3.0F.WIG 58 /r</c>; empty for pseudo-instructions.</param>
    /// <param name="feature">The extension it needs.</param>
    public EncodingRow(X64Op op, Form form, string syntax, string notation, CpuFeature feature = CpuFeature.None)
    {
        Op = op;
        Syntax = syntax;
        Notation = notation;
        Feature = feature;
        Encoding = new EncodingParser(form).Parse(syntax, notation);
    }

    /// <summary>The instruction.</summary>
    public X64Op Op { get; }

    /// <summary>Mnemonic and operands as the manual prints them.</summary>
    public string Syntax { get; }

    /// <summary>The opcode column as the manual prints it.</summary>
    public string Notation { get; }

    /// <summary>The extension it needs.</summary>
    public CpuFeature Feature { get; }

    /// <summary>What the encoder reads.</summary>
    public Encoding Encoding { get; }

    /// <summary>The mnemonic.</summary>
    public string Mnemonic
    {
        get
        {
            int space = Syntax.IndexOf(' ', StringComparison.Ordinal);
            return space < 0 ? Syntax : Syntax[..space];
        }
    }
}

/// <summary>Facts about an encoding that are one bit each.</summary>
[Flags]
public enum EncodingFlags : ushort
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>REX.W or VEX.W is set.</summary>
    W = 1 << 0,

    /// <summary>VEX-encoded.</summary>
    Vex = 1 << 1,

    /// <summary>The R operand is an 8-bit register (spl to dil need a REX prefix).</summary>
    ByteReg = 1 << 2,

    /// <summary>The M operand, if a register, is an 8-bit one.</summary>
    ByteRm = 1 << 3,

    /// <summary>M must be memory.</summary>
    MemoryOnly = 1 << 4,

    /// <summary>M must be a register.</summary>
    RegisterOnly = 1 << 5,

    /// <summary>The condition code is added to the opcode.</summary>
    Condition = 1 << 6,

    /// <summary>R is an xmm register.</summary>
    FloatReg = 1 << 7,

    /// <summary>M, if a register, is an xmm register.</summary>
    FloatRm = 1 << 8,

    /// <summary>V is an xmm register.</summary>
    FloatV = 1 << 9,

    /// <summary>There is a ModRM byte.</summary>
    ModRm = 1 << 10,

    /// <summary>There is a lock prefix.</summary>
    Lock = 1 << 11,
}

/// <summary>What the encoder needs to know of a row, packed.</summary>
public struct Encoding
{
    /// <summary>Operand form.</summary>
    public Form Form;

    /// <summary>The opcode byte, before a register or condition is added.</summary>
    public byte Opcode;

    /// <summary>0: one byte; 1: 0F; 2: 0F 38; 3: 0F 3A. The numbers of VEX.mmmmm.</summary>
    public byte Map;

    /// <summary>Mandatory or operand-size prefix: 0, 66, F3 or F2.</summary>
    public byte Prefix;

    /// <summary>The digit in ModRM.reg, or -1.</summary>
    public sbyte Digit;

    /// <summary>Bytes of immediate: 0, 1, 2, 4, 8.</summary>
    public byte ImmediateBytes;

    /// <summary>Bytes that M reads or writes as memory; 0 for an address only.</summary>
    public byte MemoryBytes;

    /// <summary>The rest.</summary>
    public EncodingFlags Flags;

    /// <summary>True if any of <paramref name="flags"/> is set.</summary>
    public readonly bool Is(EncodingFlags flags) => (Flags & flags) != 0;
}

/// <summary>Parses the manual's notation. Runs once per row.</summary>
internal ref struct EncodingParser(Form form)
{
    private Encoding _result = new() { Form = form, Digit = -1 };

    public Encoding Parse(string syntax, string notation)
    {
        foreach (string token in notation.Split(' ', StringSplitOptions.RemoveEmptyEntries)) ParseToken(token);
        int space = syntax.IndexOf(' ', StringComparison.Ordinal);
        if (notation.Length != 0 && space >= 0) ParseOperands(syntax[(space + 1)..].Split(", "));
        return _result;
    }

    private void ParseToken(string token)
    {
        switch (token)
        {
            case "NP": break;
            case "REX.W": _result.Flags |= EncodingFlags.W; break;
            case "/r": _result.Flags |= EncodingFlags.ModRm; break;
            case "ib" or "cb" or "/is4": _result.ImmediateBytes = 1; break;
            case "iw": _result.ImmediateBytes = 2; break;
            case "id" or "cd": _result.ImmediateBytes = 4; break;
            case "io": _result.ImmediateBytes = 8; break;
            case ['/', var digit]:
                _result.Digit = (sbyte)(digit - '0');
                _result.Flags |= EncodingFlags.ModRm;
                break;
            case ['V', 'E', 'X', '.', ..]: ParseVex(token); break;
            default: ParseOpcodeByte(token); break;
        }
    }

    private void ParseVex(string token)
    {
        _result.Flags |= EncodingFlags.Vex;
        foreach (string part in token.Split('.'))
        {
            switch (part)
            {
                case "VEX" or "LIG" or "LZ" or "128" or "WIG" or "W0": break;
                case "W1": _result.Flags |= EncodingFlags.W; break;
                case "66" or "F3" or "F2": _result.Prefix = Hex(part); break;
                case "0F": _result.Map = 1; break;
                case "0F38": _result.Map = 2; break;
                case "0F3A": _result.Map = 3; break;
                default: EngineBug.Throw($"VEX notation {token}"); break;
            }
        }
    }

    private void ParseOpcodeByte(string token)
    {
        if (token.EndsWith("+cc", StringComparison.Ordinal)) _result.Flags |= EncodingFlags.Condition;
        byte value = Hex(token.AsSpan(0, 2));
        bool vex = _result.Is(EncodingFlags.Vex);
        if (!vex && value == 0xF0) _result.Flags |= EncodingFlags.Lock;
        else if (!vex && _result.Map == 0 && _result.Opcode == 0 && value is 0x66 or 0xF3 or 0xF2 && _result.Prefix == 0) _result.Prefix = value;
        else if (!vex && value == 0x0F && _result.Map == 0) _result.Map = 1;
        else if (!vex && _result.Map == 1 && value is 0x38 or 0x3A && _result.Opcode == 0) _result.Map = (byte)(value == 0x38 ? 2 : 3);
        else _result.Opcode = value;
    }

    private void ParseOperands(string[] operands)
    {
        for (int i = 0; i < operands.Length; i++)
        {
            switch (FieldOf(i))
            {
                case 'R': ParseRegister(operands[i], EncodingFlags.FloatReg, EncodingFlags.ByteReg); break;
                case 'V': ParseRegister(operands[i], EncodingFlags.FloatV, EncodingFlags.None); break;
                case 'M': ParseRegisterOrMemory(operands[i]); break;
            }
        }
    }

    // Which field the operand at a position of the syntax is in.
    private readonly char FieldOf(int position) => _result.Form switch
    {
        Form.Rm or Form.RmTied or Form.RmUse or Form.Rmi or Form.RmiTied or Form.RmMask or Form.Exchange => "RM-"[position],
        Form.MrMem or Form.MrTied or Form.Cmpxchg or Form.MrDef or Form.MriDef or Form.MriMem => "MR-"[position],
        Form.MiTied or Form.MiMem or Form.MiUse or Form.MiDef or Form.MTied or Form.MDef or Form.MUse or Form.McTied
            or Form.MulWide or Form.DivWide => "M-"[position],
        Form.Rvm or Form.Rvmi or Form.Rvmr or Form.RvmTied => "RVM-"[position],
        Form.MulxWide => "RVM"[position],
        Form.Rmv => "RMV"[position],
        Form.Vm or Form.Vmi => "VM-"[position],
        Form.Oi or Form.OTied or Form.Zero => "R-"[position],
        Form.None or Form.SignFill or Form.Relative or Form.Nop or Form.Args or Form.Rets or Form.Call or Form.CallIndirect or Form.TailCall or Form.TailCallIndirect
            or Form.Jump or Form.JumpIf or Form.JumpTable or Form.Trap or Form.TrapIf or Form.RmwLoop => '-',
    };

    private void ParseRegister(string text, EncodingFlags isFloat, EncodingFlags isByte)
    {
        if (text.StartsWith("xmm", StringComparison.Ordinal)) _result.Flags |= isFloat;
        else if (text == "r8") _result.Flags |= isByte;
    }

    private void ParseRegisterOrMemory(string text)
    {
        if (text.StartsWith("xmm", StringComparison.Ordinal)) _result.Flags |= EncodingFlags.FloatRm;
        int memory = text.StartsWith('m') ? 1 : text.IndexOf("/m", StringComparison.Ordinal) + 2;
        if (text.StartsWith('m')) _result.Flags |= EncodingFlags.MemoryOnly;
        else if (memory == 1) _result.Flags |= EncodingFlags.RegisterOnly;
        if (text is "r8" or "r/m8") _result.Flags |= EncodingFlags.ByteRm;
        if (!_result.Is(EncodingFlags.RegisterOnly) && memory < text.Length)
            _result.MemoryBytes = (byte)(int.Parse(text.AsSpan(memory), CultureInfo.InvariantCulture) / 8);
    }

    private static byte Hex(ReadOnlySpan<char> text) => byte.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
