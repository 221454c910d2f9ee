namespace Kiln.Compiler.Explain;

/// <summary>One function at every stage of its compilation, as text for people. Null for stages that were not reached.</summary>
/// <param name="FunctionIndex">The function, imports counted.</param>
/// <param name="Name">Its name, if the module gives it one.</param>
/// <param name="Ir">As translated.</param>
/// <param name="OptimizedIr">After the optimisation pipeline.</param>
/// <param name="VCode">Machine instructions on virtual registers.</param>
/// <param name="Allocation">The same with registers and moves.</param>
/// <param name="Assembly">Disassembled code.</param>
/// <param name="CodeBytes">Size of the code, constants included.</param>
/// <param name="FrameBytes">Size of the frame.</param>
public sealed record FunctionExplanation(
    uint FunctionIndex, string? Name, string Ir, string? OptimizedIr, string? VCode, string? Allocation, string? Assembly, int CodeBytes, int FrameBytes);
