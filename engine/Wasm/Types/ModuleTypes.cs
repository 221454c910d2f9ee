// In: the type section of a decoded module. Out: the module's types, checked (core spec, section 3.2): every
// index is in scope, declared supertypes are not final and match, continuations wrap functions; and canonical
// indices: the first type of the module that is equivalent.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Collections;
using Kiln.Wasm.Modules;

namespace Kiln.Wasm.Types;

/// <summary>The type index space of one module. Immutable; safe for any number of threads.</summary>
public sealed class ModuleTypes : ITypeSpace
{
    private readonly SubType[] _types;
    private readonly uint[] _canonical;
    private readonly HeapKind[] _kinds;
    private readonly FuncType?[] _functions;

    private ModuleTypes(ImmutableArray<SubType> types)
    {
        _types = [.. types];
        _canonical = new uint[_types.Length];
        _kinds = new HeapKind[_types.Length];
        _functions = new FuncType?[_types.Length];
        for (int i = 0; i < _types.Length; i++)
        {
            CompositeType composite = _types[i].Composite;
            _functions[i] = composite as FuncType;
            _kinds[i] = CompositeKind(composite);
        }
    }

    /// <summary>Number of types.</summary>
    public int Count => _types.Length;

    /// <summary>A type definition; the index must be below <see cref="Count"/>.</summary>
    public SubType this[uint typeIndex] => _types[typeIndex];

    /// <summary>Checks the types of a module.</summary>
    /// <exception cref="ModuleException">A rule of the type section is broken.</exception>
    public static ModuleTypes Create(WasmModule module, int maxSubtypingDepth)
    {
        ModuleTypes types = new(module.Types);
        types.Check(module, maxSubtypingDepth);
        return types;
    }

    /// <summary>All definitions, by index.</summary>
    internal ReadOnlySpan<SubType> Definitions => _types;

    /// <summary>Number of types in the recursion group that starts at an index.</summary>
    internal int GroupSize(int start)
    {
        int end = start;
        while (end < _types.Length && _types[end].GroupIndex == _types[start].GroupIndex) end++;
        return end - start;
    }

    /// <summary>The function type at an index, or null if there is none or it is another kind of type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FuncType? Function(uint typeIndex) => typeIndex < (uint)_functions.Length ? _functions[typeIndex] : null;

    /// <summary>True if there is such a type.</summary>
    public bool Contains(uint typeIndex) => typeIndex < (uint)_types.Length;

    /// <summary>The smallest index of an equivalent type.</summary>
    public uint Canonical(uint typeIndex) => _canonical[typeIndex];

    /// <summary>True if a value of type <paramref name="sub"/> can be used as <paramref name="super"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Matches(ValType sub, ValType super) => sub == super || Subtyping.Matches(this, sub, super);

    /// <summary>True if <paramref name="sub"/> is below or equal to <paramref name="super"/>.</summary>
    public bool Matches(HeapType sub, HeapType super) => Subtyping.Matches(this, sub, super);

    /// <summary>True if each type of <paramref name="sub"/> matches the one of <paramref name="super"/> at its place.</summary>
    public bool Matches(ReadOnlySpan<ValType> sub, ReadOnlySpan<ValType> super)
    {
        if (sub.Length != super.Length) return false;
        for (int i = 0; i < sub.Length; i++)
        {
            if (!Matches(sub[i], super[i])) return false;
        }

        return true;
    }

    /// <summary>The top of the hierarchy that a heap type belongs to: any, func, extern, exn or cont.</summary>
    public HeapKind TopOf(HeapType heap) => Subtyping.TopOf(this, heap);

    /// <summary>The abstract type right above a type: func, struct, array or cont.</summary>
    public HeapKind KindOf(uint typeIndex) => _kinds[typeIndex];

    long ITypeSpace.SupertypeOf(uint typeIndex) => _types[typeIndex].Supertype ?? -1L;

    internal static HeapKind CompositeKind(CompositeType composite) => composite switch
    {
        FuncType => HeapKind.Func,
        StructType => HeapKind.Struct,
        ArrayType => HeapKind.Array,
        ContType => HeapKind.Cont,
        _ => HeapKind.Bottom,
    };

    private void Check(WasmModule module, int maxDepth)
    {
        Dictionary<GroupKey, uint> groups = new(module.RecGroups.Length);
        GrowList<uint> scratch = new();
        int[] depths = new int[_types.Length];
        for (int g = 0; g < module.RecGroups.Length; g++)
        {
            RecGroup group = module.RecGroups[g];
            WasmOffset at = module.RecGroupOffset(g);
            ReadOnlySpan<SubType> definitions = _types.AsSpan(group.Start, group.Count);
            foreach (SubType type in definitions) CheckScope(type, (uint)(group.Start + group.Count), at);
            if (group.Count == 0) continue;

            GroupKey key = GroupKey.Create(definitions, group.Start, _canonical, scratch);
            if (!groups.TryGetValue(key, out uint first)) groups.Add(key, first = (uint)group.Start);
            for (int i = 0; i < group.Count; i++) _canonical[group.Start + i] = first + (uint)i;
            for (int i = 0; i < group.Count; i++) CheckDefinition((uint)(group.Start + i), depths, maxDepth, at);
        }
    }

    private static void CheckScope(SubType type, uint end, WasmOffset at)
    {
        if (type.Supertype is { } super) CheckIndex(super, end, at);
        switch (type.Composite)
        {
            case FuncType func:
                foreach (ValType parameter in func.Parameters) CheckValType(parameter, end, at);
                foreach (ValType result in func.Results) CheckValType(result, end, at);
                break;
            case StructType structure:
                foreach (FieldType field in structure.Fields) CheckValType(field.Type, end, at);
                break;
            case ArrayType array:
                CheckValType(array.Element.Type, end, at);
                break;
            case ContType cont:
                CheckIndex(cont.FunctionTypeIndex, end, at);
                break;
        }
    }

    private static void CheckValType(ValType type, uint end, WasmOffset at)
    {
        if (type.IsRef && type.HeapType.IsConcrete) CheckIndex(type.HeapType.TypeIndex, end, at);
    }

    private static void CheckIndex(uint index, uint end, WasmOffset at)
    {
        if (index >= end) Fail($"unknown type {index}", at);
    }

    private void CheckDefinition(uint index, int[] depths, int maxDepth, WasmOffset at)
    {
        SubType type = _types[index];
        if (type.Composite is ContType cont && _kinds[cont.FunctionTypeIndex] != HeapKind.Func) Fail($"non-function type {cont.FunctionTypeIndex}", at);
        if (type.Supertype is not { } super) return;
        if (super >= index) Fail($"unknown type {super}: a supertype must be defined before its subtypes", at);
        if (_types[super].IsFinal) Fail($"sub type {index} does not match super type {super}, which is final", at);
        if (!CompositeMatches(type.Composite, _types[super].Composite)) Fail($"sub type {index} does not match super type {super}", at);
        depths[index] = depths[super] + 1;
        if (depths[index] > maxDepth) Fail($"sub type {index} is nested too deeply: at most {maxDepth} supertypes are allowed", at);
    }

    private bool CompositeMatches(CompositeType sub, CompositeType super)
    {
        switch (sub, super)
        {
            case (FuncType a, FuncType b):
                return Matches(b.Parameters.AsSpan(), a.Parameters.AsSpan()) && Matches(a.Results.AsSpan(), b.Results.AsSpan());
            case (StructType a, StructType b):
                if (a.Fields.Length < b.Fields.Length) return false;
                for (int i = 0; i < b.Fields.Length; i++)
                {
                    if (!FieldMatches(a.Fields[i], b.Fields[i])) return false;
                }

                return true;
            case (ArrayType a, ArrayType b):
                return FieldMatches(a.Element, b.Element);
            case (ContType a, ContType b):
                return Matches(HeapType.FromIndex(a.FunctionTypeIndex), HeapType.FromIndex(b.FunctionTypeIndex));
            default:
                return false;
        }
    }

    private bool FieldMatches(FieldType sub, FieldType super)
    {
        if (sub.IsMutable != super.IsMutable || sub.Packed != super.Packed) return false;
        return Matches(sub.Type, super.Type) && (!sub.IsMutable || Matches(super.Type, sub.Type));
    }

    [DoesNotReturn]
    private static void Fail(string reason, WasmOffset at) => throw new ModuleException(reason, at);
}
