using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt;

/// <summary>
/// Takes blocks that control cannot reach out of the layout. The graph stays valid: it has no edges out of
/// them.
/// </summary>
internal static class UnreachableBlocksPass
{
    public static void Run(IrFunction func, ControlFlowGraph cfg)
    {
        if (cfg.Preorder.Length == func.Layout.BlockCount) return;
        foreach (Block block in func.Layout.Blocks)
        {
            if (!cfg.IsReachable(block)) func.Layout.Remove(block);
        }
    }
}
