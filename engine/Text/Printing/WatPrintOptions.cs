namespace Kiln.Text.Printing;

/// <summary>How <see cref="WatPrinter"/> prints.</summary>
public sealed record WatPrintOptions
{
    /// <summary>Before each instruction, in a comment, its offset in the binary module.</summary>
    public bool Offsets { get; init; }

    /// <summary>The instructions of function bodies; without them only declarations are printed, and the text is an outline, not a module.</summary>
    public bool Bodies { get; init; } = true;

    /// <summary>
    /// Longest text, in characters; a longer one is refused. A module of a megabyte can declare locals that take
    /// gigabytes of text.
    /// </summary>
    public int MaxLength { get; init; } = 1 << 28;
}
