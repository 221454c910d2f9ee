using System;
using System.Linq;
using Kiln.Wasi.Preview1;

namespace Kiln.Wasi;

/// <summary>Adds the functions of WASI preview 1 to a linker.</summary>
public static class WasiLinker
{
    /// <summary>Name of the import module that the functions are defined in.</summary>
    public const string ModuleName = FunctionTable.Module;

    /// <summary>
    /// Defines every <c>wasi_snapshot_preview1</c> function. The linker may serve many stores:
    /// <paramref name="contextOf"/> finds the context of the calling one, usually in <see cref="Store.Data"/>.
    /// </summary>
    public static Linker DefineWasi(this Linker linker, Func<Store, WasiContext> contextOf)
    {
        foreach (FunctionTable.Row row in FunctionTable.Rows)
        {
            bool returns = row.Name != "proc_exit";
            ExternType type = ExternType.Func([.. row.Parameters.Select(KindOf)], returns ? [ValueKind.I32] : []);
            linker.DefineFunc(FunctionTable.Module, row.Name, type, Callback(row.Body, contextOf, returns));
        }

        return linker;
    }

    private static HostCallback Callback(WasiFunction body, Func<Store, WasiContext> contextOf, bool returns) => (caller, arguments, results) =>
    {
        // Without a memory there is nothing an address could mean.
        WasiContext context = contextOf(caller.Store);
        Memory memory = caller.Memory ?? throw new InvalidOperationException("the calling module does not export its memory as \"memory\"");
        Errno error = body(new WasiCall(context, new GuestMemory(memory), arguments, caller.Interruption));
        if (returns) results[0] = (int)error;
    };

    private static ValueKind KindOf(char letter) => letter == 'I' ? ValueKind.I64 : ValueKind.I32;
}
