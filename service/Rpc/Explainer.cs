using System;
using System.Collections.Generic;
using System.Globalization;
using Kiln.V1;

namespace Kiln.Service.Rpc;

/// <summary>Shows a function at the stages of its compilation.</summary>
internal sealed class Explainer(Engine engine)
{
    /// <summary>One response a stage, in pipeline order. Throws EXPORT_NOT_FOUND for a function that is not there.</summary>
    public List<ExplainResponse> Explain(ReadOnlyMemory<byte> module, ExplainRequest request)
    {
        string function = request.FunctionCase switch
        {
            ExplainRequest.FunctionOneofCase.FunctionIndex => request.FunctionIndex.ToString(CultureInfo.InvariantCulture),
            ExplainRequest.FunctionOneofCase.FunctionName => request.FunctionName,
            _ => throw RpcErrors.InvalidField("function", "neither an index nor a name"),
        };
        Explanation explanation;
        try
        {
            explanation = Explanation.Of(engine, module, function);
        }
        catch (ArgumentException)
        {
            throw RpcErrors.Resource(ErrorReason.ExportNotFound, "function", function, $"the module defines no function '{function}'");
        }

        var responses = new List<ExplainResponse>();
        Add(ExplainStage.Ir, explanation.Ir);
        Add(ExplainStage.OptimizedIr, explanation.OptimizedIr);
        Add(ExplainStage.Vcode, explanation.VCode);
        Add(ExplainStage.Allocation, explanation.Allocation);
        Add(ExplainStage.Assembly, explanation.Assembly);
        return responses;

        void Add(ExplainStage stage, string? text)
        {
            if (text is null || (request.Stages.Count != 0 && !request.Stages.Contains(stage))) return;
            responses.Add(new ExplainResponse { Stage = stage, FunctionIndex = explanation.FunctionIndex, FunctionName = explanation.Name ?? "", Text = text });
        }
    }
}
