using Kiln.Foundation.Collections;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Operators;

/// <summary>
/// Room for the immediates of variable length. One per worker, reused: an operator's lists are valid until
/// the next operator is read with the same buffers.
/// </summary>
public sealed class OperatorBuffers
{
    internal readonly GrowList<uint> Targets = new();
    internal readonly GrowList<ValType> SelectTypes = new();
    internal readonly GrowList<CatchClause> Catches = new();
    internal readonly GrowList<ResumeHandler> Handlers = new();
}
