using System;
using System.Collections.Generic;
using Kiln.V1;

namespace Kiln.Service.Rpc;

/// <summary>Shows a function at the stages of its compilation.</summary>
internal sealed class Explainer(Engine engine)
{
    /// <summary>One response a stage, in pipeline order. Throws EXPORT_NOT_FOUND for a function that is not there.</summary>
    public IReadOnlyList<ExplainResponse> Explain(ReadOnlyMemory<byte> module, ExplainRequest request)
    {
        Module.Validate(engine, module);
        throw RpcErrors.InvalidField("stages", "this engine shows none");
    }
}
