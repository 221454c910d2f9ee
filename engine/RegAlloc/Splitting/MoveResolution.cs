namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Writes the moves of each key as a sequence of edits that has the same effect as all of them at once.
/// </summary>
internal static class MoveResolution
{
    public static void Run(MachineEnv env, RegAllocContext context)
    {
        MoveTable moves = context.Moves;
        ParallelMoves resolver = context.Resolver;
        resolver.Begin(env, context);
        for (int key = 0; key < moves.KeyCount; key++)
        {
            int move = moves.First(key);
            if (move < 0) continue;
            int position = key >> 1;
            int block = context.BlockOfPosition[position];
            bool atHead = position == context.Blocks[block].Head;
            resolver.Start(
                new InstIndex(atHead ? position - block : position - block - 1),
                (key & 1) != 0 ? 2 * position + 1 : 2 * position);
            if (moves[move].Next < 0)
            {
                resolver.EmitSingle(moves[move]);
                continue;
            }

            for (; move >= 0; move = moves[move].Next) resolver.Add(moves[move]);
            resolver.Resolve();
        }
    }
}
