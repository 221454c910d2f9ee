namespace Kiln.Codegen.Ir;

/// <summary>The relation that <c>icmp</c> tests.</summary>
public enum IntCC : byte
{
    /// <summary>Equal.</summary>
    Eq,

    /// <summary>Not equal.</summary>
    Ne,

    /// <summary>Signed less than.</summary>
    Slt,

    /// <summary>Signed greater or equal.</summary>
    Sge,

    /// <summary>Signed greater than.</summary>
    Sgt,

    /// <summary>Signed less or equal.</summary>
    Sle,

    /// <summary>Unsigned less than.</summary>
    Ult,

    /// <summary>Unsigned greater or equal.</summary>
    Uge,

    /// <summary>Unsigned greater than.</summary>
    Ugt,

    /// <summary>Unsigned less or equal.</summary>
    Ule,
}

/// <summary>The relation that <c>fcmp</c> tests. All but <see cref="Ne"/> are false when an operand is NaN.</summary>
public enum FloatCC : byte
{
    /// <summary>Equal and ordered.</summary>
    Eq,

    /// <summary>Not equal or unordered.</summary>
    Ne,

    /// <summary>Less than.</summary>
    Lt,

    /// <summary>Less or equal.</summary>
    Le,

    /// <summary>Greater than.</summary>
    Gt,

    /// <summary>Greater or equal.</summary>
    Ge,
}

/// <summary>Algebra of conditions.</summary>
public static class ConditionCodeExtensions
{
    /// <summary>The condition that holds exactly when this one does not.</summary>
    public static IntCC Inverse(this IntCC cc) => (IntCC)((int)cc ^ 1);

    /// <summary>The condition that holds for (y, x) exactly when this one holds for (x, y).</summary>
    public static IntCC Swapped(this IntCC cc) => cc switch
    {
        IntCC.Eq => IntCC.Eq,
        IntCC.Ne => IntCC.Ne,
        IntCC.Slt => IntCC.Sgt,
        IntCC.Sge => IntCC.Sle,
        IntCC.Sgt => IntCC.Slt,
        IntCC.Sle => IntCC.Sge,
        IntCC.Ult => IntCC.Ugt,
        IntCC.Uge => IntCC.Ule,
        IntCC.Ugt => IntCC.Ult,
        IntCC.Ule => IntCC.Uge,
    };

    /// <summary>True for the four signed orderings.</summary>
    public static bool IsSigned(this IntCC cc) => cc is >= IntCC.Slt and <= IntCC.Sle;

    /// <summary>The same relation between unsigned numbers. It holds between two values with inverted sign bits where the signed one holds between the values.</summary>
    public static IntCC Unsigned(this IntCC cc) => cc switch
    {
        IntCC.Slt => IntCC.Ult,
        IntCC.Sge => IntCC.Uge,
        IntCC.Sgt => IntCC.Ugt,
        IntCC.Sle => IntCC.Ule,
        IntCC.Eq or IntCC.Ne or IntCC.Ult or IntCC.Uge or IntCC.Ugt or IntCC.Ule => cc,
    };

    /// <summary>True if the relation holds between a value and itself.</summary>
    public static bool HoldsForEqual(this IntCC cc) => cc is IntCC.Eq or IntCC.Sge or IntCC.Sle or IntCC.Uge or IntCC.Ule;

    /// <summary>Tests the relation on 64-bit operands; 32-bit ones must be sign-extended.</summary>
    public static bool Holds(this IntCC cc, long x, long y) => cc switch
    {
        IntCC.Eq => x == y,
        IntCC.Ne => x != y,
        IntCC.Slt => x < y,
        IntCC.Sge => x >= y,
        IntCC.Sgt => x > y,
        IntCC.Sle => x <= y,
        IntCC.Ult => (ulong)x < (ulong)y,
        IntCC.Uge => (ulong)x >= (ulong)y,
        IntCC.Ugt => (ulong)x > (ulong)y,
        IntCC.Ule => (ulong)x <= (ulong)y,
    };

    /// <summary>Tests the relation.</summary>
    public static bool Holds(this FloatCC cc, double x, double y) => cc switch
    {
        FloatCC.Eq => x == y,
        FloatCC.Ne => x != y,
        FloatCC.Lt => x < y,
        FloatCC.Le => x <= y,
        FloatCC.Gt => x > y,
        FloatCC.Ge => x >= y,
    };

    /// <summary>The condition that holds for (y, x) exactly when this one holds for (x, y).</summary>
    public static FloatCC Swapped(this FloatCC cc) => cc switch
    {
        FloatCC.Eq => FloatCC.Eq,
        FloatCC.Ne => FloatCC.Ne,
        FloatCC.Lt => FloatCC.Gt,
        FloatCC.Le => FloatCC.Ge,
        FloatCC.Gt => FloatCC.Lt,
        FloatCC.Ge => FloatCC.Le,
    };

    /// <summary>The spelling in the textual form.</summary>
    public static string Mnemonic(this IntCC cc) => cc switch
    {
        IntCC.Eq => "eq",
        IntCC.Ne => "ne",
        IntCC.Slt => "slt",
        IntCC.Sge => "sge",
        IntCC.Sgt => "sgt",
        IntCC.Sle => "sle",
        IntCC.Ult => "ult",
        IntCC.Uge => "uge",
        IntCC.Ugt => "ugt",
        IntCC.Ule => "ule",
    };

    /// <summary>The spelling in the textual form.</summary>
    public static string Mnemonic(this FloatCC cc) => cc switch
    {
        FloatCC.Eq => "eq",
        FloatCC.Ne => "ne",
        FloatCC.Lt => "lt",
        FloatCC.Le => "le",
        FloatCC.Gt => "gt",
        FloatCC.Ge => "ge",
    };
}
