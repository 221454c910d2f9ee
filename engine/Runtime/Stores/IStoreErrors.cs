using System;

namespace Kiln.Runtime.Stores;

/// <summary>Makes the exceptions that the runtime throws for its users' mistakes; the layer above decides their types.</summary>
public interface IStoreErrors
{
    /// <summary>A store was used by two threads at once, after its disposal, after an engine bug, or with things of another store.</summary>
    Exception Misuse(string message);

    /// <summary>What was asked for exceeds a limit of the store.</summary>
    Exception Limit(string message);
}
