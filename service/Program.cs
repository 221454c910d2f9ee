// kilnd: the Kiln daemon.

using System;
using System.IO;
using Kiln.Service.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

(DaemonArguments? arguments, int exitCode) = DaemonArguments.Parse(args);
if (arguments is null) return exitCode;
try
{
    await using WebApplication daemon = Daemon.Create(arguments);
    if (arguments.IsHealthCheck) return await HealthProbe.RunAsync(daemon.Services.GetRequiredService<IOptions<ListenOptions>>().Value);
    await daemon.RunAsync();
    return 0;
}
catch (Exception e) when (e is OptionsValidationException or IOException or InvalidOperationException or PlatformNotSupportedException)
{
    // Bad settings, a taken address or directory: the message says it all.
    await Console.Error.WriteLineAsync($"kilnd: {e.Message}");
    return 2;
}
