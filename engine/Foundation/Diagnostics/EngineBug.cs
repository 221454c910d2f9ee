using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kiln.Foundation.Diagnostics;

/// <summary>
/// A mistake of the engine itself: an invariant that does not hold. Never caused by bad input (that is a
/// typed error of its layer) nor by what a guest does (that is a trap). Whoever catches it logs
/// <see cref="Dump"/>, poisons the store it happened in and goes on serving others.
/// </summary>
public sealed class EngineBug : Exception
{
    /// <summary>Creates the error with what was being worked on, in text, as far as it is known.</summary>
    public EngineBug(string message, string? dump = null, Exception? inner = null) : base(message, inner) => Dump = dump;

    /// <summary>Text of what was being worked on (a function's IR, a fault's registers), for the log.</summary>
    public string? Dump { get; }

    /// <summary>Reports a broken invariant.</summary>
    [DoesNotReturn]
    public static void Throw(string message, string? dump = null) => throw new EngineBug(message, dump);

    /// <summary>Reports a broken invariant where an expression is needed.</summary>
    [DoesNotReturn]
    public static T Throw<T>(string message, string? dump = null) => throw new EngineBug(message, dump);

    /// <summary>Checks an invariant that is cheap enough to be checked always.</summary>
    public static void Check([DoesNotReturnIf(false)] bool holds, [CallerArgumentExpression(nameof(holds))] string? invariant = null)
    {
        if (!holds) Throw($"invariant does not hold: {invariant}");
    }
}
