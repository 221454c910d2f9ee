// Iso-recursive equality (core spec, section 3.1.4): two recursion groups are equal if they have the same
// definitions when references into the group are counted from the group's start and references to earlier
// groups are replaced by what stands for them. A group is flattened into words under exactly that rule, so
// equality of groups is equality of words.

using System;
using System.Collections.Immutable;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Wasm.Types;

/// <summary>A recursion group flattened for comparison and hashing.</summary>
internal readonly struct GroupKey : IEquatable<GroupKey>
{
    private readonly uint[] _words;
    private readonly int _hash;

    private GroupKey(uint[] words)
    {
        _words = words;
        HashCode hash = default;
        foreach (uint word in words) hash.Add(word);
        _hash = hash.ToHashCode();
    }

    /// <summary>Flattens a group.</summary>
    /// <param name="types">The definitions of the group alone.</param>
    /// <param name="start">The index of the first of them in their index space.</param>
    /// <param name="canonical">What stands for the types before <paramref name="start"/>.</param>
    /// <param name="scratch">A buffer.</param>
    public static GroupKey Create(ReadOnlySpan<SubType> types, int start, ReadOnlySpan<uint> canonical, GrowList<uint> scratch)
    {
        scratch.Clear();
        Flattener flattener = new(scratch, (uint)start, canonical);
        foreach (SubType type in types) flattener.Add(type);
        return new GroupKey(scratch.ToArray());
    }

    public bool Equals(GroupKey other) => _words.AsSpan().SequenceEqual(other._words);

    public override bool Equals(object? obj) => obj is GroupKey other && Equals(other);

    public override int GetHashCode() => _hash;

    private readonly ref struct Flattener(GrowList<uint> words, uint start, ReadOnlySpan<uint> canonical)
    {
        private readonly ReadOnlySpan<uint> _canonical = canonical;

        public void Add(SubType type)
        {
            words.Add(type.IsFinal ? 1u : 0u);
            words.Add(type.Supertype is { } super ? Index(super) + 1 : 0);
            switch (type.Composite)
            {
                case FuncType func:
                    words.Add(0);
                    Add(func.Parameters);
                    Add(func.Results);
                    break;
                case StructType structure:
                    words.Add(1);
                    words.Add((uint)structure.Fields.Length);
                    foreach (FieldType field in structure.Fields) Add(field);
                    break;
                case ArrayType array:
                    words.Add(2);
                    Add(array.Element);
                    break;
                case ContType cont:
                    words.Add(3);
                    words.Add(Index(cont.FunctionTypeIndex));
                    break;
                default:
                    EngineBug.Throw($"unknown composite type {type.Composite}");
                    break;
            }
        }

        private void Add(ImmutableArray<ValType> types)
        {
            words.Add((uint)types.Length);
            foreach (ValType type in types) Add(type);
        }

        private void Add(FieldType field)
        {
            words.Add((uint)field.Packed | (field.IsMutable ? 4u : 0u));
            Add(field.Type);
        }

        // A plain word for a type without an index; for one with an index, a mark that no plain word equals.
        private void Add(ValType type)
        {
            if (!type.IsRef || !type.HeapType.IsConcrete)
            {
                words.Add(type.Bits);
                return;
            }

            words.Add(type.IsNullable ? uint.MaxValue : uint.MaxValue - 1);
            words.Add(Index(type.HeapType.TypeIndex));
        }

        private uint Index(uint index) => index >= start ? (index - start) << 1 | 1 : _canonical[(int)index] << 1;
    }
}
