using System;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Client;

namespace Kiln.Cli.Terminal;

/// <summary>What comes before the work proper, with progress on the terminal.</summary>
internal static class Preparation
{
    /// <summary>Makes sure that the daemon has the module. One that is new is also compiled, so that its progress shows.</summary>
    public static async Task<ModuleId> UploadAsync(KilnClient client, ReadOnlyMemory<byte> module, bool compile, CancellationToken cancellation)
    {
        ModuleId id = ModuleId.Of(module.Span);
        if (await client.HasAsync(id, cancellation)) return id;
        await ProgressDisplay.ShowAsync("uploading", display => client.UploadAsync(module, new ByteReport(display, module.Length), cancellation));
        if (compile && !Console.IsErrorRedirected)
        {
            await ProgressDisplay.ShowAsync("compiling", display => client.CompileAsync(id, new CompileReport(display), cancellation));
        }

        return id;
    }
}
