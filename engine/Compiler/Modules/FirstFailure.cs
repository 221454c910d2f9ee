using System;
using System.Runtime.ExceptionServices;
using Kiln.Wasm;

namespace Kiln.Compiler.Modules;

/// <summary>
/// Which failure of several threads to report, so that it is the same for any number of threads: an error of the engine
/// before an invalid function before an unsupported one, and of two of a kind that of the function with the lower index.
/// </summary>
internal sealed class FirstFailure
{
    private readonly object _lock = new();
    private ExceptionDispatchInfo? _error;
    private int _rank = int.MaxValue;
    private int _function = int.MaxValue;

    /// <summary>Functions from this one on cannot change the outcome and need no work.</summary>
    public int Limit { get; private set; } = int.MaxValue;

    /// <summary>Functions need only be validated: there will be no artifact.</summary>
    public bool ValidateOnly { get; private set; }

    /// <summary>Notes that a function failed.</summary>
    public void Add(int function, Exception error)
    {
        int rank = error switch { ModuleException => 1, UnsupportedFeatureException => 2, _ => 0 };
        lock (_lock)
        {
            ValidateOnly = true;
            if (rank < 2) Limit = rank == 0 ? 0 : Math.Min(Limit, function);
            if (rank > _rank || (rank == _rank && function >= _function)) return;
            (_rank, _function) = (rank, function);
            _error = ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>Throws the failure, if there was one.</summary>
    public void Rethrow() => _error?.Throw();
}
