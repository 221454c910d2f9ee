// The one place where the daemon meets WASI: defines the imports, gives a store its world, recognises an exit.

using System;

namespace Kiln.Service.Execution;

/// <summary>Serves WASI preview 1 imports.</summary>
internal sealed class WasiWorld
{
    /// <summary>The module name of WASI preview 1 imports.</summary>
    public const string ModuleName = "wasi_snapshot_preview1";

    /// <summary>Defines the WASI functions in a linker.</summary>
    public void Define(Linker linker)
    {
        ArgumentNullException.ThrowIfNull(linker);
    }

    /// <summary>Gives a store what its WASI functions see. Dispose the result before the store.</summary>
    public IDisposable? Attach(Store store, GuestSetup setup, InputBuffer input, OutputRouter output)
    {
        ArgumentNullException.ThrowIfNull(store);
        return null;
    }

    /// <summary>Whether the exception is a guest that called proc_exit.</summary>
    public static bool TryGetExitCode(Exception exception, out int code)
    {
        code = 0;
        return false;
    }
}

/// <summary>Where a store's output goes: to the call that is using the store.</summary>
internal sealed class OutputRouter(Store store)
{
    /// <summary>The current call's buffer; null drops output.</summary>
    public OutputBuffer? Current { get; set; }

    /// <summary>Writes on behalf of the guest.</summary>
    public void Write(OutputKind kind, ReadOnlySpan<byte> bytes) => Current?.Write(kind, bytes, store);
}
