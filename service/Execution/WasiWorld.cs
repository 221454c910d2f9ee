// The one place where the daemon meets WASI: defines the imports, gives a store its world, recognises an exit.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Kiln.Service.Rpc;
using Kiln.V1;
using Kiln.Wasi;
using Kiln.Wasi.FileSystem;
using Kiln.Wasi.Preview1;

namespace Kiln.Service.Execution;

/// <summary>Serves WASI preview 1 imports.</summary>
internal sealed class WasiWorld
{
    /// <summary>The module name of WASI preview 1 imports.</summary>
    public const string ModuleName = WasiLinker.ModuleName;

    /// <summary>Defines the WASI functions in a linker, for any number of stores that were given a world.</summary>
    public void Define(Linker linker) => linker.DefineWasi(static store => (WasiContext)store.Data!);

    /// <summary>
    /// Gives a store what its WASI functions see. Dispose the result before the store. Throws STORE_LIMIT when the files are more
    /// than the store's memory limit.
    /// </summary>
    public IDisposable Attach(Store store, GuestSetup setup, InputBuffer input, OutputRouter output)
    {
        var files = new MemoryFileSystem(WasiContext.BudgetOf(store));
        var preopens = new List<KeyValuePair<string, string>>(setup.Directories.Count);
        try
        {
            for (int i = 0; i < setup.Directories.Count; i++)
            {
                // Each preopened directory is a tree of its own, whatever the guest calls it.
                string root = string.Create(CultureInfo.InvariantCulture, $"{i}");
                files.CreateDirectory(root);
                foreach (GuestFile file in setup.Directories[i].Entries) Place(files, root, file);
                preopens.Add(new KeyValuePair<string, string>(setup.Directories[i].GuestPath, root));
            }
        }
        catch (FileSystemException e)
        {
            throw RpcErrors.Create(ErrorReason.StoreLimit, e.Message);
        }

        var context = new WasiContext(store, new WasiOptions
        {
            Arguments = setup.Arguments,
            Environment = setup.Variables,
            Input = input,
            Output = output.Stdout,
            Error = output.Stderr,
            FileSystem = files,
            Preopens = preopens,
        });
        store.Data = context;
        return context;
    }

    /// <summary>Whether the exception is a guest that called proc_exit.</summary>
    public static bool TryGetExitCode(Exception exception, out int code)
    {
        code = exception is WasiExitException exit ? (int)exit.Code : 0;
        return exception is WasiExitException;
    }

    private static void Place(MemoryFileSystem files, string root, GuestFile file)
    {
        string path = $"{root}/{file.Path}";
        switch (file.NodeCase)
        {
            case GuestFile.NodeOneofCase.Content:
                files.WriteFile(path, file.Content.Span);
                break;

            case GuestFile.NodeOneofCase.SymlinkTarget:
                int split = path.LastIndexOf('/');
                files.CreateDirectory(path[..split]).Add(path[(split + 1)..], files.NewSymbolicLink(file.SymlinkTarget), files.Now);
                break;

            case GuestFile.NodeOneofCase.Directory:
                files.CreateDirectory(path);
                break;

            case GuestFile.NodeOneofCase.None:
                break;
        }
    }
}

/// <summary>Where a store's output goes: to the call that is using the store.</summary>
internal sealed class OutputRouter
{
    private readonly Store _store;

    /// <summary>Of a store.</summary>
    public OutputRouter(Store store)
    {
        _store = store;
        Stdout = new Output(this, OutputKind.Stdout);
        Stderr = new Output(this, OutputKind.Stderr);
    }

    /// <summary>Standard output.</summary>
    public IGuestOutput Stdout { get; }

    /// <summary>Standard error.</summary>
    public IGuestOutput Stderr { get; }

    /// <summary>The current call's buffer; null drops output.</summary>
    public OutputBuffer? Current { get; set; }

    private sealed class Output(OutputRouter router, OutputKind kind) : IGuestOutput
    {
        public bool Write(ReadOnlySpan<byte> source, CancellationToken cancellation) =>
            router.Current?.Write(kind, source, router._store, cancellation) ?? true;
    }
}
