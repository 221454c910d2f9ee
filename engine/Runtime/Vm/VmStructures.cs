using System.Runtime.InteropServices;
using Kiln.Runtime.Stacks;

namespace Kiln.Runtime.Vm;

// The structures that compiled code reads and the runtime writes. Their public fields stand at the offsets of
// Kiln.Contract.Layout; VmLayoutTests compares every one.

/// <summary>Head of an instance's VM context; the rest is laid out by <c>VmOffsets</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VmContext
{
    public ulong Magic;
    public VmStoreContext* Store;
    public ulong* Builtins;
    public uint* TypeIds;
}

/// <summary>What all instances of a store share.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VmStoreContext
{
    public long FuelLeft;
    public uint Interrupt;
    private readonly uint _reserved;

    /// <summary>Weak handle of the <c>GuestStore</c>; private to the runtime from here on.</summary>
    public nint Store;

    /// <summary>The innermost activation, or null.</summary>
    public Activation* Current;
}

/// <summary>A linear memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VmMemory
{
    public byte* Base;
    public ulong ByteLength;

    /// <summary>True if all <paramref name="count"/> bytes from <paramref name="start"/> on exist.</summary>
    public readonly bool Contains(ulong start, ulong count) => start <= ByteLength && count <= ByteLength - start;
}

/// <summary>A table.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VmTable
{
    public ulong* Base;
    public ulong Length;

    /// <summary>True if all <paramref name="count"/> elements from <paramref name="start"/> on exist.</summary>
    public readonly bool Contains(ulong start, ulong count) => start <= Length && count <= Length - start;
}

/// <summary>An imported function.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VmFunctionImport
{
    public ulong Code;
    public ulong Context;
}

/// <summary>What a funcref points to.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VmFuncRef
{
    public ulong Code;
    public ulong Context;
    public uint TypeId;
    public uint FunctionIndex;

    /// <summary>Number of the instance, in its store, whose record this is; private to the runtime.</summary>
    public uint Owner;

    /// <summary>Number, in the store, of the <c>GuestFunction</c> made for this record, plus 1; 0 if none was made.</summary>
    public uint Function;
}

/// <summary>Context of a host function as imported by one instance.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HostContext
{
    public ulong Magic;
    public ulong Stub;
    public VmStoreContext* Store;

    /// <summary>Number of the <c>HostBinding</c> in the store.</summary>
    public uint Binding;
    private readonly uint _reserved;
}
