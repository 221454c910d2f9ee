namespace Kiln.Codegen.Machine;

internal sealed class BlockOrder;
