using Kiln.Codegen.Machine;

namespace Kiln.Codegen.Isa.X64;

internal sealed class X64Backend(CompilationContext context)
{
    public string PrintVCode() => context.Output.ToString() ?? "";

    public string PrintAllocation() => context.Output.ToString() ?? "";
}
