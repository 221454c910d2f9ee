using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Formatting.Json;

namespace Kiln.Service.Observability;

/// <summary>Serilog behind the platform's logging: console always, a file of JSON lines if one is named.</summary>
internal static class Logging
{
    /// <summary>Replaces the log providers. Levels come from the section Serilog, the file from Logging:File.</summary>
    public static void Add(ILoggingBuilder logging, IConfiguration configuration)
    {
        LoggerConfiguration serilog = new LoggerConfiguration()
            .ReadFrom.Configuration(configuration)
            .Enrich.FromLogContext()
            .WriteTo.Console(
                outputTemplate: "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}",
                standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose);
        if (configuration["Logging:File"] is { Length: > 0 } file) serilog.WriteTo.File(new JsonFormatter(), file, rollOnFileSizeLimit: true);
        logging.ClearProviders();
        logging.AddSerilog(serilog.CreateLogger(), dispose: true);
    }
}
