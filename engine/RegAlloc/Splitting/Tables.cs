namespace Kiln.RegAlloc.Splitting;

// The rows of the allocator's tables. They refer to each other by index; -1 is "none".
//
// Positions and points. Inside the allocator each block starts with a head of its own, at which its parameters
// are defined and values that live in arrive; so position = instruction + block + 1, and the head of block b
// stands at firstInstruction + b. Each position has two points, 2p (before) and 2p + 1 (after). Moves happen
// before a position only: they read locations as of point 2p - 1 and make those of point 2p.

/// <summary>A block: its positions and what it costs to run an instruction in it.</summary>
internal struct BlockRow
{
    /// <summary>Position of the head; the first instruction stands at the next one.</summary>
    public int Head;

    /// <summary>One more than the position of the terminator: the next block's head.</summary>
    public int Limit;

    /// <summary>Innermost loop, or -1.</summary>
    public int Loop;

    /// <summary>Relative frequency.</summary>
    public float Weight;

    /// <summary>Its predecessors: a slice of the predecessor table, one entry per edge.</summary>
    public int PredecessorStart;

    /// <summary>End of the slice.</summary>
    public int PredecessorEnd;

    /// <summary>Number of edges out of it.</summary>
    public int SuccessorCount;

    /// <summary>Number of successors that are neither cold nor outside the innermost loop; at least 1.</summary>
    public int WaysOn;
}

/// <summary>A loop as an interval of the layout; properly nested.</summary>
internal struct LoopRow
{
    /// <summary>First point: that of the header's head.</summary>
    public int From;

    /// <summary>End of the last latch.</summary>
    public int To;

    /// <summary>Enclosing loop, or -1.</summary>
    public int Parent;
}

/// <summary>What defines a virtual register.</summary>
internal enum DefKind : byte
{
    /// <summary>Nothing does: the number is not in use.</summary>
    None,

    /// <summary>A block parameter: needs no register, edges write it where it lives.</summary>
    Param,

    /// <summary>A def that needs a register (late, early, or reusing an input).</summary>
    Reg,

    /// <summary>A def that can go to the spill slot.</summary>
    Any,

    /// <summary>A def in a reserved register: the value is fetched from there after the instruction.</summary>
    Fixed,

    /// <summary>A def in the spill slot.</summary>
    Stack,
}

/// <summary>A virtual register.</summary>
internal struct VRegRow
{
    /// <summary>Block that defines it, or -1 if there is none.</summary>
    public int DefBlock;

    /// <summary>
    /// First point of its live range. For <see cref="DefKind.Fixed"/> and <see cref="DefKind.Stack"/> that is just
    /// after the defining instruction.
    /// </summary>
    public int DefPoint;

    /// <summary>Index of the def among all operands, or -1 for a parameter.</summary>
    public int DefOperand;

    /// <summary>Its uses: a slice of the use table, ordered by point.</summary>
    public int UseStart;

    /// <summary>End of the slice.</summary>
    public int UseEnd;

    /// <summary>Its live range: a slice of the span table, ordered.</summary>
    public int SpanStart;

    /// <summary>End of the slice.</summary>
    public int SpanEnd;

    /// <summary>Its registers: a slice of the assignment table, ordered by first point; filled when all is decided.</summary>
    public int AssignStart;

    /// <summary>End of the slice.</summary>
    public int AssignEnd;

    /// <summary>The bundle its live range was put into at first; during merging, see <see cref="Merge"/>.</summary>
    public int Bundle;

    /// <summary>Its spill set.</summary>
    public int SpillSet;

    /// <summary>Next virtual register of the same spill set, or -1.</summary>
    public int NextInSet;

    /// <summary>What defines it.</summary>
    public DefKind Def;

    /// <summary>Register of a <see cref="DefKind.Fixed"/> def.</summary>
    public byte FixedRegister;

    /// <summary>Register file.</summary>
    public RegClass Class;

    /// <summary>Units of 8 bytes its slot has.</summary>
    public byte Units;

    /// <summary>True if it is made again instead of being spilled.</summary>
    public bool Remat;

    /// <summary>True if a block other than the defining one uses it.</summary>
    public bool Global;

    /// <summary>True if an operand demands the slot.</summary>
    public bool NeedsSlot;

    /// <summary>True if the slot is written right after the def, so that it holds the value at all later points.</summary>
    public bool StoredAtDef;

    /// <summary>Register given to one of its pieces most recently, or <see cref="NoRegister"/>.</summary>
    public byte LastRegister;

    /// <summary>Stands for "no register" wherever a register is kept as a byte.</summary>
    public const byte NoRegister = 255;
}

/// <summary>How a use reads its value.</summary>
internal enum UseKind : byte
{
    /// <summary>From a register or the slot.</summary>
    Any,

    /// <summary>From a register.</summary>
    Reg,

    /// <summary>From a reserved register that the value is copied to just before.</summary>
    Fixed,

    /// <summary>From the register of the def that reuses it; copied there just before.</summary>
    Reused,

    /// <summary>From the slot.</summary>
    Stack,

    /// <summary>As an argument of a branch, wherever it is at the end of the block.</summary>
    BranchArg,
}

/// <summary>A use of a virtual register.</summary>
internal struct UseRow
{
    /// <summary>
    /// The point at which the value is read, and up to which it must therefore live. A copy to a reserved or reused
    /// register is made before the instruction, so it reads at the point after the previous position.
    /// </summary>
    public int Point;

    /// <summary>
    /// Index among all operands; of the def for <see cref="UseKind.Reused"/>; for <see cref="UseKind.BranchArg"/> the
    /// parameter's virtual register.
    /// </summary>
    public int Operand;

    /// <summary>Relative frequency.</summary>
    public float Weight;

    /// <summary>How it reads.</summary>
    public UseKind Kind;

    /// <summary>The reserved register of <see cref="UseKind.Fixed"/>.</summary>
    public byte Register;
}

/// <summary>A maximal interval of points at which a virtual register is live.</summary>
internal struct SpanRow
{
    /// <summary>First point.</summary>
    public int From;

    /// <summary>One more than the last point.</summary>
    public int To;
}

/// <summary>A part of a live range that wants one register throughout.</summary>
/// <remarks>
/// INVARIANT: <see cref="From"/> is a def's point or even. Two pieces of the same virtual register overlap at most in one even
/// point 2p: the first is there for an early use at p, the second starts with p.
/// </remarks>
internal struct PieceRow
{
    /// <summary>First point.</summary>
    public int From;

    /// <summary>One more than the last point.</summary>
    public int To;

    /// <summary>The virtual register.</summary>
    public int VReg;

    /// <summary>The bundle it belongs to.</summary>
    public int Bundle;

    /// <summary>Its uses: a slice of the virtual register's.</summary>
    public int UseStart;

    /// <summary>End of the slice.</summary>
    public int UseEnd;

    /// <summary>Next piece of the bundle, or -1.</summary>
    public int Next;

    /// <summary>True if it starts where the virtual register does; else the value comes from another place.</summary>
    public bool AtDef;
}

/// <summary>Pieces that do not overlap and get the same register.</summary>
internal struct BundleRow
{
    /// <summary>First piece, or -1 if there is none left.</summary>
    public int First;

    /// <summary>Last piece.</summary>
    public int Last;

    /// <summary>Number of pieces.</summary>
    public int Count;

    /// <summary>Spill set of all its virtual registers.</summary>
    public int SpillSet;

    /// <summary>While bundles are merged: a piece near the last one that was inserted, or -1.</summary>
    public int Finger;

    /// <summary>Number of cuts that led to this bundle.</summary>
    public int Cuts;

    /// <summary>What is lost per point if it has no register.</summary>
    public float Weight;

    /// <summary>What is lost if it has no register.</summary>
    public float Benefit;

    /// <summary>Sum of points of its pieces.</summary>
    public int Length;

    /// <summary>True if some use or def cannot do without a register.</summary>
    public bool NeedsRegister;

    /// <summary>True if it serves the need of a single instruction and nothing else.</summary>
    public bool Minimal;

    /// <summary>Its register, or <see cref="VRegRow.NoRegister"/>.</summary>
    public byte Register;

    /// <summary>Register that a split found free for it, or <see cref="VRegRow.NoRegister"/>.</summary>
    public byte Hint;
}

/// <summary>Virtual registers that share a spill slot, because their bundles were merged.</summary>
internal struct SpillSetRow
{
    /// <summary>First virtual register, linked by <see cref="VRegRow.NextInSet"/>.</summary>
    public int FirstVReg;

    /// <summary>Spill slot (first unit), or -1.</summary>
    public int Slot;

    /// <summary>Register given to a bundle of the set most recently, or <see cref="VRegRow.NoRegister"/>.</summary>
    public byte LastRegister;

    /// <summary>Register file.</summary>
    public RegClass Class;

    /// <summary>Units of 8 bytes the slot has.</summary>
    public byte Units;
}

/// <summary>The decision: a virtual register is in a register during an interval.</summary>
internal struct AssignmentRow
{
    /// <summary>First point.</summary>
    public int From;

    /// <summary>One more than the last point.</summary>
    public int To;

    /// <summary>The piece.</summary>
    public int Piece;

    /// <summary>The register.</summary>
    public byte Register;
}

/// <summary>A def that takes over the register of a use.</summary>
/// <param name="Use">Index of the use among all operands.</param>
/// <param name="Def">Index of the def among all operands.</param>
/// <param name="Position">Where the instruction stands.</param>
internal readonly record struct ReuseRow(int Use, int Def, int Position);

/// <summary>A branch argument that may be merged with the parameter it is for.</summary>
/// <param name="Argument">Virtual register of the argument.</param>
/// <param name="Parameter">Virtual register of the parameter.</param>
/// <param name="Weight">Relative frequency of the edge.</param>
/// <param name="Place">Its number in the program's order.</param>
internal readonly record struct EdgeRow(int Argument, int Parameter, float Weight, int Place);
