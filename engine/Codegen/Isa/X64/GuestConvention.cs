using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// Where the next argument or result travels under the guest calling convention: every register is
/// caller-saved; integers in rdi, rsi, rdx, rcx, r8, r9, rax, r10, r11, floats in xmm0 to xmm7, the rest in the
/// caller's outgoing area upward in slots of 8 bytes (16, aligned, for v128); results in rax, rdx, rcx, rsi, rdi, r8,
/// r9, r10 and xmm0 to xmm7, the rest in the outgoing area behind the arguments.
/// </summary>
internal struct GuestConvention
{
    private int _ints;
    private int _floats;
    private readonly bool _results;

    private GuestConvention(bool results, int stackBytes)
    {
        _results = results;
        StackBytes = stackBytes;
    }

    private static ReadOnlySpan<byte> ArgumentRegisters => [7, 6, 2, 1, 8, 9, 0, 10, 11];

    private static ReadOnlySpan<byte> ResultRegisters => [0, 2, 1, 6, 7, 8, 9, 10];

    private const int FloatRegisters = 8;

    /// <summary>Bytes of the area used so far.</summary>
    public int StackBytes { get; private set; }

    /// <summary>For arguments.</summary>
    public static GuestConvention ForArguments() => new(false, 0);

    /// <summary>For results of a function whose arguments take <paramref name="argumentBytes"/> on the stack.</summary>
    public static GuestConvention ForResults(int argumentBytes) => new(true, argumentBytes);

    /// <summary>Bytes on the stack for arguments of these types.</summary>
    public static int ArgumentBytes(ReadOnlySpan<IrType> types)
    {
        GuestConvention convention = ForArguments();
        foreach (IrType type in types) convention.Next(type, out _, out _);
        return convention.StackBytes;
    }

    /// <summary>The place of the next value: true and a register, or false and an offset in the area.</summary>
    public bool Next(IrType type, out PReg register, out int offset)
    {
        offset = 0;
        if (type.IsGeneral())
        {
            ReadOnlySpan<byte> registers = _results ? ResultRegisters : ArgumentRegisters;
            if (_ints < registers.Length)
            {
                register = PReg.Int(registers[_ints++]);
                return true;
            }
        }
        else if (_floats < FloatRegisters)
        {
            register = PReg.Float(_floats++);
            return true;
        }

        register = default;
        int size = type == IrType.V128 ? 16 : 8;
        offset = (StackBytes + size - 1) & -size;
        StackBytes = offset + size;
        return false;
    }
}
