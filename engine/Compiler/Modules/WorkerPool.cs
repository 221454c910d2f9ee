using System.Collections.Concurrent;

namespace Kiln.Compiler.Modules;

/// <summary>
/// Workers that wait for the next module with their buffers grown. At most <paramref name="capacity"/> are kept, and none
/// whose buffers a huge module has grown far.
/// </summary>
internal sealed class WorkerPool(int capacity)
{
    private const int LargestCode = 16 << 20;

    private readonly ConcurrentBag<FunctionWorker> _idle = [];

    /// <summary>A worker for one module; give it back.</summary>
    public FunctionWorker Rent()
    {
        if (!_idle.TryTake(out FunctionWorker? worker)) worker = new FunctionWorker();
        worker.Begin();
        return worker;
    }

    /// <summary>Gives a worker back that nobody uses any more; its code is forgotten.</summary>
    public void Return(FunctionWorker worker)
    {
        if (_idle.Count >= capacity || worker.Sink.Code.Length > LargestCode) return;
        worker.Begin();
        _idle.Add(worker);
    }
}
