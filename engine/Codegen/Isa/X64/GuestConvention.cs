using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// Where the next argument or result travels under the guest calling convention: every register is
/// caller-saved; integers in rdi, rsi, rdx, rcx, r8, r9, rax, r10, r11, floats in xmm0 to xmm7, the rest on the stack
/// upward from the return address in slots of 8 bytes (16, aligned, for v128), 16-byte aligned as a whole. Results in rax,
/// rdx, rcx, rsi, rdi, r8, r9, r10 and xmm0 to xmm7; the rest in an area of the caller, laid out likewise, whose address is one
/// more integer argument, the last.
/// </summary>
/// <remarks>
/// The callee pops its stack arguments: so the end of the argument area is where it was before the call, whoever returns, and a
/// function may leave for another one that takes more or fewer arguments. The result area is passed on to that one.
/// </remarks>
internal struct GuestConvention
{
    private int _ints;
    private int _floats;
    private readonly bool _results;
    private int _stackBytes;

    private GuestConvention(bool results)
    {
        _results = results;
    }

    private static ReadOnlySpan<byte> ArgumentRegisters => [7, 6, 2, 1, 8, 9, 0, 10, 11];

    private static ReadOnlySpan<byte> ResultRegisters => [0, 2, 1, 6, 7, 8, 9, 10];

    private const int FloatRegisters = 8;

    /// <summary>Bytes of the area used so far, rounded up to a multiple of 16.</summary>
    public readonly int StackBytes => (_stackBytes + 15) & ~15;

    /// <summary>For arguments.</summary>
    public static GuestConvention ForArguments() => new(false);

    /// <summary>For results.</summary>
    public static GuestConvention ForResults() => new(true);

    /// <summary>Bytes on the stack for arguments of a function with these parameters and results.</summary>
    public static int ArgumentBytes(ReadOnlySpan<IrType> parameters, ReadOnlySpan<IrType> results)
    {
        GuestConvention convention = ForArguments();
        foreach (IrType type in parameters) convention.Next(type, out _, out _);
        if (ResultBytes(results) != 0) convention.Next(IrType.I64, out _, out _);
        return convention.StackBytes;
    }

    /// <summary>Bytes of the area for results beyond registers; 0 if there are none, and then no address is passed.</summary>
    public static int ResultBytes(ReadOnlySpan<IrType> results)
    {
        GuestConvention convention = ForResults();
        foreach (IrType type in results) convention.Next(type, out _, out _);
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
        offset = (_stackBytes + size - 1) & -size;
        _stackBytes = offset + size;
        return false;
    }
}
