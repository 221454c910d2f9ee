using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Collections;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>
/// The locals of the function that is being validated, and which of those without a default value have been
/// set. Setting a local holds until the end of the block in which it happens.
/// </summary>
internal sealed class LocalTypes
{
    private ValType[] _types = new ValType[64];
    private int _count;
    private readonly BitSet _initialized = new();
    private readonly GrowList<uint> _history = new();
    private bool _allHaveDefaults;

    /// <summary>The types of all locals, parameters first.</summary>
    public ReadOnlySpan<ValType> Types => _types.AsSpan(0, _count);

    /// <summary>How many locals without a default value have been set since the function began.</summary>
    public int InitializedHeight => _history.Count;

    /// <summary>Takes the parameters from the type and reads the declarations.</summary>
    public void Read(FuncType type, ref ByteReader input, ValidatedModule module)
    {
        _count = 0;
        _history.Clear();
        _allHaveDefaults = true;
        foreach (ValType parameter in type.Parameters) Add(parameter, 1);
        uint groups = input.ReadU32();
        ulong total = 0;
        int limit = module.Options.MaxLocals;
        for (uint i = 0; i < groups; i++)
        {
            WasmOffset at = input.Offset;
            uint count = input.ReadU32();
            total += count;
            if (total > uint.MaxValue) input.Fail("too many locals", at);
            if (total + (ulong)type.Parameters.Length > (ulong)limit) input.Fail($"too many locals: at most {limit} are allowed", at);
            at = input.Offset;
            ValType local = input.ReadValType();
            if (local.IsRef && local.HeapType.IsConcrete && !module.Types.Contains(local.HeapType.TypeIndex)) input.Fail($"unknown type {local.HeapType.TypeIndex}", at);
            _allHaveDefaults &= local.IsDefaultable || count == 0;
            Add(local, (int)count);
        }

        if (!_allHaveDefaults) MarkDefaults(type.Parameters.Length);
    }

    /// <summary>Reads declarations without keeping them; gives the number of locals.</summary>
    public static ulong Skip(ref ByteReader input)
    {
        ulong total = 0;
        for (uint groups = input.ReadU32(); groups > 0; groups--)
        {
            total += input.ReadU32();
            input.ReadValType();
        }

        return total;
    }

    /// <summary>The type of a local that is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValType Get(ValidationStack stack, uint index)
    {
        ValType[] types = _types;
        if (index >= (uint)_count || index >= (uint)types.Length) stack.FailUnknown("local", index);
        if (!_allHaveDefaults && !_initialized.Contains((int)index)) FailUninitialized(stack, index);
        return types[index];
    }

    /// <summary>The type of a local that is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValType Set(ValidationStack stack, uint index)
    {
        ValType[] types = _types;
        if (index >= (uint)_count || index >= (uint)types.Length) stack.FailUnknown("local", index);
        if (!_allHaveDefaults && _initialized.Add((int)index)) _history.Add(index);
        return types[index];
    }

    /// <summary>Forgets what was set in a block.</summary>
    public void Forget(int initializedHeight)
    {
        while (_history.Count > initializedHeight) _initialized.Remove((int)_history.Pop());
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FailUninitialized(ValidationStack stack, uint index) => stack.Fail($"uninitialized local {index}");

    private void Add(ValType type, int count)
    {
        if (_count + count > _types.Length) ArrayBuffer.Resize(ref _types, Math.Max(_count + count, _types.Length * 2));
        ArrayBuffer.Fill(_types, _count, _count + count, type);
        _count += count;
    }

    private void MarkDefaults(int parameters)
    {
        _initialized.Clear();
        for (int i = 0; i < _count; i++)
        {
            if (i < parameters || _types[i].IsDefaultable) _initialized.Add(i);
        }
    }
}
