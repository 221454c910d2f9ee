using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Runtime.Vm;

/// <summary>Some slots in place, for calls that need no more.</summary>
[InlineArray(Length)]
public struct SlotBuffer
{
    /// <summary>Number of slots.</summary>
    public const int Length = 8;

    private ValueSlot _first;
}

/// <summary>One slot of the arrays through which arguments and results pass between host and guest: 16 bytes, the value at offset 0.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public struct ValueSlot
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 16;

    /// <summary>The low 64 bits: any value but a vector.</summary>
    public ulong Low;

    /// <summary>The high 64 bits of a vector.</summary>
    public ulong High;

    /// <summary>Reads a value of up to 16 bytes; the upper bytes of the slot are ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly T Read<T>() where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() > Size) EngineBug.Throw("a value does not fit its slot");
        return Unsafe.As<ulong, T>(ref Unsafe.AsRef(in Low));
    }

    /// <summary>Writes a value of up to 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(T value) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() > Size) EngineBug.Throw("a value does not fit its slot");
        Unsafe.As<ulong, T>(ref Low) = value;
    }
}
