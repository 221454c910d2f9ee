// In: the types of validated modules, and function types of host functions. Out: one number for each type that
// is different from all others in the engine, so that compiled code compares types of different modules by
// comparing numbers. Equality is that of whole recursion groups (see GroupKey). A group lives as long as
// somebody holds a registration of it, or another group that refers to it lives; then its numbers are used
// again. Number 0 is never given out.

using System;
using System.Collections.Generic;
using System.Threading;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Wasm.Types;

/// <summary>The types of all modules of an engine. Safe for any number of threads.</summary>
public sealed class TypeRegistry : ITypeSpace
{
    private readonly record struct Entry(SubType Definition, RegisteredGroup Group);

    private readonly Lock _lock = new();
    private readonly Dictionary<GroupKey, RegisteredGroup> _groups = [];
    private readonly Dictionary<int, Stack<uint>> _free = [];
    private readonly GrowList<uint> _scratch = new();
    private readonly Stack<RegisteredGroup> _unheld = new();
    private volatile Entry[] _entries = new Entry[64];
    private uint _next = 1;

    /// <summary>Number of live types.</summary>
    public int Count { get; private set; }

    /// <summary>Registers all types of a module. The caller disposes the result when the module is gone.</summary>
    public RegisteredTypes Register(ModuleTypes types)
    {
        uint[] ids = new uint[types.Count];
        HashSet<RegisteredGroup> held = [];
        lock (_lock)
        {
            for (int start = 0; start < types.Count;)
            {
                int count = types.GroupSize(start);
                RegisteredGroup group = Intern(types.Definitions.Slice(start, count), start, ids);
                for (int i = 0; i < count; i++) ids[start + i] = group.First + (uint)i;
                if (held.Add(group)) group.Holders++;
                start += count;
            }
        }

        return new RegisteredTypes(this, ids, [.. held]);
    }

    /// <summary>Registers a function type by itself: final, without a supertype. Its types must be without indices.</summary>
    public RegisteredTypes Register(FuncType type)
    {
        lock (_lock)
        {
            RegisteredGroup group = Intern([new SubType(type, true, null, 0)], 0, []);
            group.Holders++;
            return new RegisteredTypes(this, [group.First], [group]);
        }
    }

    /// <summary>The definition of a live type; the indices in it are numbers of this registry.</summary>
    public SubType this[uint id] => _entries[id].Definition;

    /// <summary>The function type of a live type that is one; the indices in it are numbers of this registry.</summary>
    public FuncType Function(uint id) => (FuncType)_entries[id].Definition.Composite;

    /// <summary>True if <paramref name="sub"/> is <paramref name="super"/> or a declared subtype of it.</summary>
    public bool IsSubtype(uint sub, uint super) => sub == super || Subtyping.Matches(this, HeapType.FromIndex(sub), HeapType.FromIndex(super));

    /// <summary>True if a value of type <paramref name="sub"/> can be used as <paramref name="super"/>; indices are numbers of this registry.</summary>
    public bool Matches(ValType sub, ValType super) => Subtyping.Matches(this, sub, super);

    uint ITypeSpace.Canonical(uint typeIndex) => typeIndex;

    long ITypeSpace.SupertypeOf(uint typeIndex) => this[typeIndex].Supertype ?? -1L;

    HeapKind ITypeSpace.KindOf(uint typeIndex) => ModuleTypes.CompositeKind(this[typeIndex].Composite);

    internal void Release(RegisteredGroup[] groups)
    {
        lock (_lock)
        {
            foreach (RegisteredGroup group in groups) LetGo(group);
            while (_unheld.TryPop(out RegisteredGroup? group)) Remove(group);
        }
    }

    private void LetGo(RegisteredGroup group)
    {
        EngineBug.Check(group.Holders > 0);
        if (--group.Holders == 0) _unheld.Push(group);
    }

    private void Remove(RegisteredGroup group)
    {
        _groups.Remove(group.Key);
        _entries.AsSpan((int)group.First, group.Count).Clear();
        if (!_free.TryGetValue(group.Count, out Stack<uint>? free)) _free.Add(group.Count, free = new Stack<uint>());
        free.Push(group.First);
        Count -= group.Count;
        foreach (RegisteredGroup dependency in group.Dependencies) LetGo(dependency);
    }

    private RegisteredGroup Intern(ReadOnlySpan<SubType> definitions, int start, ReadOnlySpan<uint> ids)
    {
        GroupKey key = GroupKey.Create(definitions, start, ids, _scratch);
        if (_groups.TryGetValue(key, out RegisteredGroup? known)) return known;

        uint first = Allocate(definitions.Length);
        TypeRenumbering renumbering = new(start, first, ids);
        HashSet<RegisteredGroup> dependencies = [];
        SubType[] renumbered = new SubType[definitions.Length];
        for (int i = 0; i < renumbered.Length; i++) renumbered[i] = renumbering.Apply(definitions[i]);
        foreach (uint id in renumbering.Outside) dependencies.Add(_entries[id].Group);
        RegisteredGroup group = new(key, first, definitions.Length, [.. dependencies]);
        foreach (RegisteredGroup dependency in dependencies) dependency.Holders++;
        for (int i = 0; i < renumbered.Length; i++) _entries[first + i] = new Entry(renumbered[i], group);
        _groups.Add(key, group);
        Count += definitions.Length;
        return group;
    }

    private uint Allocate(int count)
    {
        if (_free.TryGetValue(count, out Stack<uint>? free) && free.TryPop(out uint reused)) return reused;
        uint first = _next;
        _next += (uint)count;
        if (_next > (uint)_entries.Length)
        {
            Entry[] larger = new Entry[Math.Max(_next, _entries.Length * 2)];
            _entries.CopyTo(larger, 0);
            _entries = larger;
        }

        return first;
    }
}
