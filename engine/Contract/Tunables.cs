using System;
using System.Globalization;
using System.Text;

namespace Kiln.Contract;

/// <summary>
/// The knobs that change generated code or what it assumes of the runtime. Immutable; two equal values make the
/// same code. Each knob has a row in <see cref="TunableTable"/>.
/// </summary>
public sealed record Tunables
{
    /// <summary>Count fuel and trap with <see cref="Trap.OutOfFuel"/>.</summary>
    public bool Fuel { get; init; }

    /// <summary>Test the store's interrupt flag at function entries and loop headers.</summary>
    public bool Interruption { get; init; } = true;

    /// <summary>Give every NaN that arithmetic produces the canonical bit pattern, for bit-exact results on all machines.</summary>
    public bool CanonicalizeNans { get; init; }

    /// <summary>Give relaxed SIMD instructions the results of the spec's deterministic profile, the same on all machines, instead of the fastest.</summary>
    public bool RelaxedSimdDeterministic { get; init; }

    /// <summary>Optimise; without it the mid-end is skipped (for tests and for comparing).</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>Names of passes of the mid-end that are left out, joined by <c>+</c>, for tests.</summary>
    public string WithoutPasses { get; init; } = "";

    /// <summary>Put the bodies of small functions, and of those with one caller, in the place of calls.</summary>
    public bool Inline { get; init; } = true;

    /// <summary>Route every direct call through a veneer, so that far calls are tested on small modules.</summary>
    public bool ForceVeneers { get; init; }

    /// <summary>Bytes of padding after each function, so that long reaches are tested on small modules.</summary>
    public int FunctionPadding { get; init; }

    /// <summary>Collect references wherever it is possible, so that a missing root shows at once.</summary>
    public bool CollectAlways { get; init; }

    /// <summary>
    /// Inaccessible bytes in front of every memory. Code computes such an address only in speculation: of an index from which a constant is taken,
    /// since a branch says that the index is not less.
    /// </summary>
    public const ulong MemoryFrontGuard = 1 << 20;

    /// <summary>Bytes of address space reserved for a 32-bit memory. At least 4 GiB: no access checks its index.</summary>
    public ulong MemoryReservation { get; init; } = 4UL << 30;

    /// <summary>Inaccessible bytes after the reservation: static offsets below this need no check.</summary>
    public ulong MemoryGuard { get; init; } = 2UL << 30;

    /// <summary>
    /// Bytes of address space reserved for a memory of another kind (64-bit, custom page size), or as many as it may ever have if
    /// that is less. A memory that outgrows its reservation moves to a larger one.
    /// </summary>
    public ulong Memory64Reservation { get; init; } = 16UL << 30;

    /// <summary>
    /// Check bounds of 64-bit memories by conditional moves, so that no processor speculates past them; without it by branches,
    /// which it may. Likewise addresses in 32-bit memories are only computed so that they lie within the guards if a branch that bounds
    /// the index is predicted wrongly, and memory.copy and memory.fill read nothing outside if theirs is.
    /// </summary>
    public bool SpeculationSafe { get; init; } = true;

    /// <summary>
    /// Pad loops so that no conditional jump crosses or ends at a boundary of 32 bytes, which processors with Intel's "jump
    /// conditional code" erratum (Skylake to Comet Lake) decode anew each time.
    /// </summary>
    public bool PadBranches { get; init; } = true;

    /// <summary>Mask of target features that code may use; the compile target's own set is narrowed to it.</summary>
    public TargetFeatures FeatureMask { get; init; } = (TargetFeatures)ulong.MaxValue;

    /// <summary>All knobs that belong in an artifact's key, as <c>name=value</c> lines in table order.</summary>
    public string KeyText()
    {
        StringBuilder text = new();
        foreach (TunableRow row in TunableTable.Rows)
        {
            if (row.InArtifactKey) text.Append(row.Name).Append('=').Append(row.Get(this)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A copy with the named knob set from text.</summary>
    /// <exception cref="ArgumentException">No such knob, or the text is not a value of it.</exception>
    public Tunables With(string name, string value)
    {
        foreach (TunableRow row in TunableTable.Rows)
        {
            if (row.Name != name) continue;
            try
            {
                return row.Set(this, value);
            }
            catch (FormatException)
            {
                break;
            }
            catch (OverflowException)
            {
                break;
            }
        }

        throw new ArgumentException($"'{name}={value}' is not a tunable and a value for it");
    }
}

/// <summary>One knob: its name on command lines and in keys, and how it is read and set as text.</summary>
public sealed record TunableRow(string Name, bool InArtifactKey, string Doc, Func<Tunables, string> Get, Func<Tunables, string, Tunables> Set);

/// <summary>One row for each property of <see cref="Tunables"/>. Defaults are the initial values of the properties.</summary>
public static class TunableTable
{
    private static readonly TunableRow[] Table =
    [
        new("fuel",               true, "count fuel",                                    t => Text(t.Fuel),                   (t, v) => t with { Fuel = Flag(v) }),
        new("interruption",       true, "test the interrupt flag",                       t => Text(t.Interruption),           (t, v) => t with { Interruption = Flag(v) }),
        new("canonical-nans",     true, "canonicalise NaN results",                      t => Text(t.CanonicalizeNans),       (t, v) => t with { CanonicalizeNans = Flag(v) }),
        new("relaxed-simd-deterministic", true, "one result for relaxed SIMD instructions", t => Text(t.RelaxedSimdDeterministic), (t, v) => t with { RelaxedSimdDeterministic = Flag(v) }),
        new("optimize",           true, "run the mid-end",                               t => Text(t.Optimize),               (t, v) => t with { Optimize = Flag(v) }),
        new("without-passes",     true, "passes of the mid-end to leave out",            t => t.WithoutPasses,                (t, v) => t with { WithoutPasses = v }),
        new("inline",             true, "inline functions",                              t => Text(t.Inline),                 (t, v) => t with { Inline = Flag(v) }),
        new("force-veneers",      true, "route direct calls through veneers",            t => Text(t.ForceVeneers),           (t, v) => t with { ForceVeneers = Flag(v) }),
        new("function-padding",   true, "bytes of padding after each function",          t => Text((ulong)t.FunctionPadding), (t, v) => t with { FunctionPadding = int.Parse(v, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("collect-always",     false, "collect references at every safepoint",        t => Text(t.CollectAlways),          (t, v) => t with { CollectAlways = Flag(v) }),
        new("memory-reservation", true, "bytes reserved for a 32-bit memory",            t => Text(t.MemoryReservation),      (t, v) => t with { MemoryReservation = Number(v) }),
        new("memory-guard",       true, "inaccessible bytes after the reservation",      t => Text(t.MemoryGuard),            (t, v) => t with { MemoryGuard = Number(v) }),
        new("memory64-reservation", true, "bytes reserved for other memories",       t => Text(t.Memory64Reservation),    (t, v) => t with { Memory64Reservation = Number(v) }),
        new("speculation-safe",   true, "check bounds by conditional moves",             t => Text(t.SpeculationSafe),        (t, v) => t with { SpeculationSafe = Flag(v) }),
        new("pad-branches",       true, "keep conditional jumps of loops off boundaries of 32 bytes", t => Text(t.PadBranches),           (t, v) => t with { PadBranches = Flag(v) }),
        new("feature-mask",       true, "mask of target features that code may use",     t => Text((ulong)t.FeatureMask),     (t, v) => t with { FeatureMask = (TargetFeatures)Number(v) }),
    ];

    /// <summary>All rows.</summary>
    public static ReadOnlySpan<TunableRow> Rows => Table;

    private static string Text(bool flag) => flag ? "1" : "0";

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool Flag(string text) => text switch
    {
        "1" or "true" or "on" => true,
        "0" or "false" or "off" => false,
        _ => throw new FormatException(),
    };

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
