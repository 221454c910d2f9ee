using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Inlining;

// In:  a module whose description is valid, and, while its bodies are read, which tables instructions write.
// Out: for a type and a table what call_indirect can meet: which elements are functions of that type, which are null.
//
// A table is constant if nothing but this module's active segments ever writes it: it is defined here, not exported, starts
// with nulls, no instruction writes or grows it, and its segments stand at constant places inside it. Then every index
// says what happens, and a call of few possible targets is some comparisons and direct calls, which can be inlined.
//
// No code of the instance runs before its segments are applied, with one exception: if a segment of another table
// comes first, functions are in that table when a later segment fails the instantiation. Such a later table is left alone.

/// <summary>What a <c>call_indirect</c> through a constant table can meet. Any index that is neither a target nor null is a function of another type, or beyond <paramref name="Length"/>.</summary>
/// <param name="Targets">Elements of the type, ascending, with the functions (counted with imports) they are.</param>
/// <param name="Nulls">Ranges of null elements, ascending: the first, and the one after the last.</param>
/// <param name="Length">Number of elements of the table.</param>
internal sealed record IndirectTargets(ImmutableArray<(uint Index, uint Function)> Targets, ImmutableArray<(uint First, uint End)> Nulls, uint Length);

/// <summary>Tables whose elements are known when the module is compiled. Immutable once all bodies were read.</summary>
internal sealed class ConstantTables
{
    private const int MostElements = 1 << 16;
    private const int MostTargets = 4;
    private const int MostNullRanges = 4;
    private const uint Null = uint.MaxValue;

    private readonly ValidatedModule _validated;
    private readonly uint[]?[] _elements;
    private readonly Dictionary<(uint Type, uint Table), IndirectTargets?> _targets = [];

    /// <summary>The tables of a module that are constant unless <see cref="OnWrite"/> says otherwise.</summary>
    public static ConstantTables Of(ValidatedModule validated)
    {
        WasmModule module = validated.Module;
        var elements = new uint[]?[module.Tables.Length];
        for (int i = module.ImportedTableCount; i < elements.Length; i++)
        {
            Table table = module.Tables[i];
            if (table.Initial is not null || table.Type.Limits.Min > MostElements) continue;
            elements[i] = new uint[table.Type.Limits.Min];
            elements[i].AsSpan().Fill(Null);
        }

        foreach (Export export in module.Exports)
        {
            if (export.Kind == ExternKind.Table) elements[export.Index] = null;
        }

        uint? first = null;
        foreach (ElementSegment segment in module.Elements)
        {
            if (segment.Mode != SegmentMode.Active) continue;
            first ??= segment.TableIndex;
            if (segment.TableIndex != first || (elements[segment.TableIndex] is { } table && !TryApply(segment, table))) elements[segment.TableIndex] = null;
        }

        return new ConstantTables(validated, elements);
    }

    private ConstantTables(ValidatedModule validated, uint[]?[] elements)
    {
        _validated = validated;
        _elements = elements;
    }

    /// <summary>False if the table is known not to be constant; while bodies are read, by several threads, that may still turn out.</summary>
    public bool MayBeConstant(uint table) => table < (uint)_elements.Length && _elements[table] is not null;

    /// <summary>An instruction writes a table, or changes its length; for all threads that read bodies.</summary>
    public void OnWrite(uint table)
    {
        if (table < (uint)_elements.Length) _elements[table] = null;
    }

    /// <summary>
    /// What a call through a table meets; null if that is not known or too much to test for. To be asked by one thread, once all
    /// bodies were read; later <see cref="TargetsOf"/> answers.
    /// </summary>
    public IndirectTargets? Find(uint type, uint table)
    {
        if (table >= (uint)_elements.Length || type >= (uint)_validated.Module.Types.Length || _elements[table] is not { } elements) return null;
        if (!_targets.TryGetValue((type, table), out IndirectTargets? targets)) _targets.Add((type, table), targets = Search(type, elements));
        return targets;
    }

    /// <summary>As <see cref="Find"/>, for a call that was found then; safe for all threads.</summary>
    public IndirectTargets? TargetsOf(uint type, uint table) => _elements[table] is null ? null : _targets.GetValueOrDefault((type, table));

    private IndirectTargets? Search(uint type, uint[] elements)
    {
        var targets = ImmutableArray.CreateBuilder<(uint Index, uint Function)>();
        var nulls = ImmutableArray.CreateBuilder<(uint First, uint End)>();
        for (uint i = 0; i < (uint)elements.Length; i++)
        {
            if (elements[i] == Null)
            {
                if (nulls.Count != 0 && nulls[^1].End == i) nulls[^1] = (nulls[^1].First, i + 1);
                else nulls.Add((i, i + 1));
                if (nulls.Count > MostNullRanges) return null;
                continue;
            }

            HeapType actual = HeapType.FromIndex(_validated.Module.Functions[(int)elements[i]]), wanted = HeapType.FromIndex(type);
            if (!_validated.Types.Matches(actual, wanted)) continue;
            if (targets.Count == MostTargets || !_validated.Types.Matches(wanted, actual)) return null;
            targets.Add((i, elements[i]));
        }

        return targets.Count == 0 ? null : new IndirectTargets(targets.ToImmutable(), nulls.ToImmutable(), (uint)elements.Length);
    }

    private static bool TryApply(ElementSegment segment, uint[] table)
    {
        if (segment.Offset is not { Instructions: [{ Opcode: Opcode.I32Const or Opcode.I64Const } offset] }) return false;
        int count = segment.Items.Count;
        if (offset.Low > (ulong)table.Length || (ulong)table.Length - offset.Low < (ulong)count) return false;
        for (int i = 0; i < count; i++)
        {
            if (FunctionOf(segment.Items, i) is not { } function) return false;
            table[(int)offset.Low + i] = function;
        }

        return true;
    }

    private static uint? FunctionOf(in ElementItems items, int item)
    {
        if (!items.Functions.IsDefault) return items.Functions[item];
        return items.Expressions[item].Instructions is [{ Opcode: Opcode.RefFunc } function] ? function.Index1 : null;
    }
}
