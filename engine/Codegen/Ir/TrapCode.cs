namespace Kiln.Codegen.Ir;

/// <summary>
/// Why execution stopped, as a number that Codegen hands through to its embedder. Named here are only the
/// codes that IR instructions raise by themselves. 0 is "none".
/// </summary>
public readonly record struct TrapCode(byte Number)
{
    /// <summary>Raised by nothing in particular but <c>trap</c>.</summary>
    public static TrapCode Unreachable => new(1);

    /// <summary>A load or store outside of its memory.</summary>
    public static TrapCode MemoryOutOfBounds => new(2);

    /// <summary><c>sdiv</c> of the least integer by -1; a float out of the range of <c>fcvt_to_*</c>.</summary>
    public static TrapCode IntegerOverflow => new(6);

    /// <summary>A division by zero.</summary>
    public static TrapCode IntegerDivideByZero => new(7);

    /// <summary><c>fcvt_to_*</c> of a NaN.</summary>
    public static TrapCode InvalidConversionToInteger => new(8);

    /// <summary>The frame does not fit on the stack.</summary>
    public static TrapCode StackOverflow => new(9);

    /// <inheritdoc/>
    public override string ToString() => $"trap{Number}";
}
