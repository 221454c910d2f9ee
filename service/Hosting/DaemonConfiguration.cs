// Where settings come from, later ones over earlier ones:
//
//   defaults in code  >  appsettings.json beside the program  >  --config FILE  >  KILN_<SECTION>__<KEY>  >  command line
//
// Each section is bound to one options class and validated at start; a key that no option has is an error.

using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using Kiln.Service.Cache;
using Kiln.Service.Execution;
using Kiln.Service.Modules;
using Kiln.Service.Sessions;
using Kiln.Service.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Kiln.Service.Hosting;

/// <summary>Configuration sources and options.</summary>
internal static class DaemonConfiguration
{
    private const string Root = "Kiln";
    private const string EnvironmentPrefix = "KILN_";

    /// <summary>Replaces the sources by the daemon's.</summary>
    public static void AddSources(ConfigurationManager configuration, DaemonArguments arguments)
    {
        configuration.Sources.Clear();
        configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false);
        if (arguments.ConfigFile is { } file) configuration.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
        configuration.AddInMemoryCollection(FromEnvironment());
        configuration.AddInMemoryCollection(arguments.Settings);
    }

    /// <summary>Binds and validates every section.</summary>
    public static void AddOptions(IServiceCollection services)
    {
        AddSection<ListenOptions>(services, "Listen");
        AddSection<StorageOptions>(services, "Storage");
        AddSection<CacheOptions>(services, "Cache");
        AddSection<ExecutionOptions>(services, "Execution");
        AddSection<SandboxOptions>(services, "Sandboxes");
        AddSection<LimitOptions>(services, "Limits");
    }

    private static void AddSection<T>(IServiceCollection services, string name)
        where T : class => services
        .AddOptions<T>()
        .BindConfiguration($"{Root}:{name}", static binder => binder.ErrorOnUnknownConfiguration = true)
        .ValidateDataAnnotations()
        .ValidateOnStart();

    /// <summary>KILN_LISTEN__ADDRESS is Kiln:Listen:Address. Variables without "__" are not settings (KILN_DAEMON, for instance).</summary>
    private static Dictionary<string, string?> FromEnvironment()
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) || !name.Contains("__", StringComparison.Ordinal)) continue;
            string key = name[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal);
            settings[$"{Root}:{key}"] = (string?)variable.Value;
        }

        return settings;
    }
}
