using System;
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
    private readonly GrowList<ValType> _types = new(64);
    private readonly BitSet _initialized = new();
    private readonly GrowList<uint> _history = new();
    private bool _allHaveDefaults;

    /// <summary>The types of all locals, parameters first.</summary>
    public ReadOnlySpan<ValType> Types => _types.Span;

    /// <summary>How many locals without a default value have been set since the function began.</summary>
    public int InitializedHeight => _history.Count;

    /// <summary>Takes the parameters from the type and reads the declarations.</summary>
    public void Read(FuncType type, ref ByteReader input, ValidatedModule module)
    {
        _types.Clear();
        _history.Clear();
        _allHaveDefaults = true;
        _types.AddRange(type.Parameters.AsSpan());
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
            _types.Resize(_types.Count + (int)count, local);
        }

        if (!_allHaveDefaults) MarkDefaults(type.Parameters.Length);
    }

    /// <summary>The type of a local that is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValType Get(ValidationStack stack, uint index)
    {
        if (index >= (uint)_types.Count) stack.Fail($"unknown local {index}");
        if (!_allHaveDefaults && !_initialized.Contains((int)index)) stack.Fail($"uninitialized local {index}");
        return _types[(int)index];
    }

    /// <summary>The type of a local that is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValType Set(ValidationStack stack, uint index)
    {
        if (index >= (uint)_types.Count) stack.Fail($"unknown local {index}");
        if (!_allHaveDefaults && _initialized.Add((int)index)) _history.Add(index);
        return _types[(int)index];
    }

    /// <summary>Forgets what was set in a block.</summary>
    public void Forget(int initializedHeight)
    {
        while (_history.Count > initializedHeight) _initialized.Remove((int)_history.Pop());
    }

    private void MarkDefaults(int parameters)
    {
        _initialized.Clear();
        for (int i = 0; i < _types.Count; i++)
        {
            if (i < parameters || _types[i].IsDefaultable) _initialized.Add(i);
        }
    }
}
