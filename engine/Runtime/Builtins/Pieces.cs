using System;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Builtins;

/// <summary>
/// A long operation on a range, piece by piece: between two pieces it looks at the interrupt flag, and ends there with the
/// trap set if the guest is to stop. What was done until then stays, as it would after any trap in the middle of a program.
/// </summary>
/// <param name="context">The calling instance's.</param>
/// <param name="count">Length of the range, in the operation's unit.</param>
/// <param name="most">Length of a piece.</param>
/// <param name="upward">
/// False to begin with the last piece. A copy between overlapping ranges goes upward when its target lies below its source,
/// downward otherwise.
/// </param>
internal unsafe ref struct Pieces(VmContext* context, ulong count, ulong most, bool upward = true)
{
    private ulong _done;

    /// <summary>Where the current piece begins, from the start of the range.</summary>
    public ulong Start { get; private set; }

    /// <summary>Its length, at most what was asked for.</summary>
    public ulong Length { get; private set; }

    /// <summary>Goes on to the next piece; false at the end, or if the guest is to stop.</summary>
    public bool MoveNext()
    {
        if (_done == count || (_done != 0 && BuiltinCall.Interrupted(context))) return false;
        Length = Math.Min(count - _done, most);
        Start = upward ? _done : count - _done - Length;
        _done += Length;
        return true;
    }
}
