using Kiln.Codegen.Ir;
using Kiln.Wasm.Operators;

namespace Kiln.Compiler.Translate;

/// <summary>What opened a control frame.</summary>
internal enum FrameKind : byte
{
    /// <summary>The body of the function; a branch to it returns.</summary>
    Function,

    /// <summary><c>block</c>.</summary>
    Block,

    /// <summary><c>loop</c>.</summary>
    Loop,

    /// <summary><c>if</c>, before its <c>else</c>.</summary>
    If,

    /// <summary><c>if</c>, after its <c>else</c>.</summary>
    Else,
}

/// <summary>
/// One open block of the function, entered by reachable code. Blocks opened in unreachable code have no frame, they
/// are only counted.
/// </summary>
internal struct ControlFrame
{
    /// <summary>What opened it.</summary>
    public FrameKind Kind;

    /// <summary>Its type.</summary>
    public BlockType Type;

    /// <summary>Number of parameters.</summary>
    public int ParamCount;

    /// <summary>Number of results.</summary>
    public int ResultCount;

    /// <summary>Height of the operand stack below the parameters.</summary>
    public int Height;

    /// <summary>Where branches to its label go: the header of a loop, else the block after the end; none until the first branch.</summary>
    public Block Target;

    /// <summary>First block of the else part of an <c>if</c>.</summary>
    public Block Else;

    /// <summary>Where the parameters that the else part begins with stand in the translation's list of them.</summary>
    public int ElseArgs;

    /// <summary>While a <c>br_table</c> is translated: the block that passes its operands on to this label.</summary>
    public Block TableEdge;

    /// <summary>Number of values that a branch to its label passes.</summary>
    public readonly int BranchArity => Kind == FrameKind.Loop ? ParamCount : ResultCount;
}

/// <summary>A label that a <c>br_table</c> names, and the block that passes the operands on to it.</summary>
internal readonly record struct TableEdge(uint Depth, Block Block);
