// What an IrFunction refers to beyond its own body: signatures, other functions, stack slots.

using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir;

/// <summary>How arguments and results travel.</summary>
public enum CallConv : byte
{
    /// <summary>The convention between compiled functions, trampolines and builtin stubs.</summary>
    Guest,
}

/// <summary>Parameter and result types of a function; read them with <see cref="IrFunction.ParamTypes"/>.</summary>
public readonly record struct SignatureData(PooledList Params, PooledList Results, CallConv CallConv);

/// <summary>A function outside of this one.</summary>
public readonly record struct ExternalFunc(SigRef Sig, ExternalName Name);

/// <summary>A piece of the frame: its size in bytes and its alignment in bytes (a power of two up to 16).</summary>
public readonly record struct StackSlotData(int ByteCount, int Alignment);
