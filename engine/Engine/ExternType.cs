using System;
using System.Collections.Generic;
using System.Text;

namespace Kiln;

/// <summary>What an import or export is.</summary>
public enum ExternKind : byte
{
    /// <summary>A function.</summary>
    Func = 0,
    /// <summary>A table.</summary>
    Table = 1,
    /// <summary>A linear memory.</summary>
    Memory = 2,
    /// <summary>A global.</summary>
    Global = 3,
    /// <summary>An exception tag.</summary>
    Tag = 4,
}

/// <summary>The kinds of <see cref="Value"/> the host sees.</summary>
public enum ValueKind : byte
{
    /// <summary>A 32-bit integer.</summary>
    I32 = 0,
    /// <summary>A 64-bit integer.</summary>
    I64 = 1,
    /// <summary>A 32-bit float.</summary>
    F32 = 2,
    /// <summary>A 64-bit float.</summary>
    F64 = 3,
    /// <summary>A 128-bit vector.</summary>
    V128 = 4,
    /// <summary>A reference to a function, or null.</summary>
    FuncRef = 5,
    /// <summary>A reference to any host object, or null.</summary>
    ExternRef = 6,
}

/// <summary>
/// The type of an import or export as the host sees it. <see cref="object.ToString"/> gives the text
/// format, with concrete types in full.
/// </summary>
public sealed class ExternType
{
    private readonly string _text;

    internal ExternType(ExternKind kind, string text, ValueKind[]? parameters = null, ValueKind[]? results = null,
        ulong minimum = 0, ulong? maximum = null, ValueKind? content = null, bool isMutable = false, bool is64 = false, bool isShared = false)
    {
        Kind = kind;
        _text = text;
        Parameters = parameters ?? [];
        Results = results ?? [];
        Minimum = minimum;
        Maximum = maximum;
        Content = content;
        IsMutable = isMutable;
        Is64 = is64;
        IsShared = isShared;
    }

    /// <summary>What it is.</summary>
    public ExternKind Kind { get; }

    /// <summary>Parameter kinds of a function, else empty.</summary>
    public IReadOnlyList<ValueKind> Parameters { get; }

    /// <summary>Result kinds of a function, else empty.</summary>
    public IReadOnlyList<ValueKind> Results { get; }

    /// <summary>Smallest size of a table (elements) or memory (64 KiB pages).</summary>
    public ulong Minimum { get; }

    /// <summary>Largest size of a table (elements) or memory (pages), if it declares one.</summary>
    public ulong? Maximum { get; }

    /// <summary>Kind of a global's value or a table's elements.</summary>
    public ValueKind? Content { get; }

    /// <summary>Whether a global can be written.</summary>
    public bool IsMutable { get; }

    /// <summary>Whether a memory or table is indexed by 64-bit integers.</summary>
    public bool Is64 { get; }

    /// <summary>Whether a memory is shared between threads.</summary>
    public bool IsShared { get; }

    /// <summary>The type of a host function.</summary>
    public static ExternType Func(ReadOnlySpan<ValueKind> parameters, ReadOnlySpan<ValueKind> results)
    {
        StringBuilder text = new("(func");
        AppendKinds(text, "param", parameters);
        AppendKinds(text, "result", results);
        return new ExternType(ExternKind.Func, text.Append(')').ToString(), parameters.ToArray(), results.ToArray());
    }

    /// <summary>The text format of a value kind.</summary>
    public static string Text(ValueKind kind) => kind switch
    {
        ValueKind.I32 => "i32",
        ValueKind.I64 => "i64",
        ValueKind.F32 => "f32",
        ValueKind.F64 => "f64",
        ValueKind.V128 => "v128",
        ValueKind.FuncRef => "funcref",
        ValueKind.ExternRef => "externref",
    };

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static void AppendKinds(StringBuilder text, string keyword, ReadOnlySpan<ValueKind> kinds)
    {
        if (kinds.IsEmpty) return;
        text.Append(" (").Append(keyword);
        foreach (ValueKind kind in kinds) text.Append(' ').Append(Text(kind));
        text.Append(')');
    }
}

/// <summary>An import of a module.</summary>
/// <param name="Module">Module name.</param>
/// <param name="Name">Field name.</param>
/// <param name="Type">The type the definition must match.</param>
public sealed record ImportType(string Module, string Name, ExternType Type);

/// <summary>An export of a module.</summary>
/// <param name="Name">The export's name.</param>
/// <param name="Type">Its type.</param>
public sealed record ExportType(string Name, ExternType Type);
