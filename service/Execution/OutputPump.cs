using System;
using System.Threading.Tasks;

namespace Kiln.Service.Execution;

/// <summary>Carries a guest's output to its client.</summary>
internal static class OutputPump
{
    /// <summary>Writes chunks until the guest is over. <paramref name="wrap"/> makes a message around the bytes without copying them.</summary>
    public static async Task RunAsync<T>(OutputBuffer output, Func<T, Task> write, Func<OutputChunk, T> wrap)
    {
        while (await output.WaitAsync())
        {
            while (output.TryTake(out OutputChunk chunk))
            {
                // The message is serialized before the write completes; after that the buffer is free again.
                await write(wrap(chunk));
                chunk.Return();
            }
        }
    }

    /// <summary>Stops the guest if it still runs, and waits for its end. At once when it is over.</summary>
    public static async ValueTask FinishAsync(OutputBuffer output, Store store)
    {
        if (output.IsCompleted) return;
        store.Cancel();
        output.Abort();
        while (await output.WaitAsync())
        {
            output.Abort();
            if (output.TryTake(out OutputChunk chunk)) chunk.Return();
        }
    }
}
