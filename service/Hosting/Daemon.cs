// Puts the daemon together: configuration, logging, engine, services, server.

using System;
using System.Numerics;
using Grpc.AspNetCore.Server;
using Kiln.Service.Cache;
using Kiln.Service.Execution;
using Kiln.Service.Modules;
using Kiln.Service.Observability;
using Kiln.Service.Rpc;
using Kiln.Service.Sessions;
using Kiln.Service.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Hosting;

/// <summary>Makes the daemon's host.</summary>
internal static class Daemon
{
    /// <summary>A host, not started. Throws <see cref="OptionsValidationException"/> for bad settings.</summary>
    public static WebApplication Create(DaemonArguments arguments)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        DaemonConfiguration.AddSources(builder.Configuration, arguments);
        Logging.Add(builder.Logging, builder.Configuration);
        IServiceCollection services = builder.Services;
        DaemonConfiguration.AddOptions(services);
        services.AddOptions<HostOptions>().Configure<IOptions<ListenOptions>>(
            static (host, listen) => host.ShutdownTimeout = listen.Value.DrainTimeout + TimeSpan.FromSeconds(15));
        services.AddSingleton(TimeProvider.System);
        AddKiln(services);
        AddGrpc(services);
        builder.WebHost.UseKestrelCore();
        services.AddOptions<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>().Configure<IOptions<ListenOptions>>(
            static (kestrel, listen) => Listeners.Configure(kestrel, listen.Value));

        WebApplication app = builder.Build();
        app.MapGrpcService<ModuleRpc>();
        app.MapGrpcService<CompileRpc>();
        app.MapGrpcService<ExecutionRpc>();
        app.MapGrpcService<SandboxRpc>();
        app.MapGrpcService<HealthRpc>();
        if (app.Services.GetRequiredService<IOptions<ListenOptions>>().Value.Reflection)
        {
            app.MapGrpcService<ReflectionRpc>();
            app.MapGrpcService<AlphaReflectionRpc>();
        }

        return app;
    }

    private static void AddKiln(IServiceCollection services)
    {
        services.AddSingleton<Instruments>();
        services.AddSingleton<DataDirectory>();
        services.AddSingleton(CreateEngine);
        services.AddSingleton<ModuleStore>();
        services.AddSingleton<Uploads>();
        services.AddSingleton<ModuleSources>();
        services.AddSingleton<ArtifactFiles>();
        services.AddSingleton<CodeCache>();
        services.AddSingleton<LimitPolicy>();
        services.AddSingleton<GuestThreads>();
        services.AddSingleton<WasiWorld>();
        services.AddSingleton<Runner>();
        services.AddSingleton<SandboxOperations>();
        services.AddSingleton<SandboxRegistry>();
        services.AddSingleton<Explainer>();
        services.AddSingleton<OpenCalls>();
        services.AddSingleton<HealthState>();
        services.AddHostedService(static provider => provider.GetRequiredService<SandboxRegistry>());
        services.AddHostedService<DaemonLifetime>();
        services.AddSingleton<WarmUp>();
        services.AddHostedService(static provider => provider.GetRequiredService<WarmUp>());
    }

    private static void AddGrpc(IServiceCollection services)
    {
        services.AddSingleton<CallInterceptor>();
        services.AddSingleton<ModuleRpc>();
        services.AddSingleton<CompileRpc>();
        services.AddSingleton<ExecutionRpc>();
        services.AddSingleton<SandboxRpc>();
        services.AddSingleton<HealthRpc>();
        services.AddSingleton<ReflectionIndex>();
        services.AddSingleton<ReflectionRpc>();
        services.AddSingleton<AlphaReflectionRpc>();
        services.AddGrpc();
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<ListenOptions>>(static (grpc, listen) =>
        {
            grpc.MaxReceiveMessageSize = (int)Math.Min(int.MaxValue, listen.Value.MaxMessage.Bytes);
            grpc.MaxSendMessageSize = null;
            grpc.Interceptors.Add<CallInterceptor>();
        });
    }

    private static Engine CreateEngine(IServiceProvider provider)
    {
        ILogger log = provider.GetRequiredService<ILogger<Engine>>();
        ExecutionOptions execution = provider.GetRequiredService<IOptions<ExecutionOptions>>().Value;
        long stack = provider.GetRequiredService<IOptions<LimitOptions>>().Value.Maximum.Stack.Bytes;
        return new Engine(new Config
        {
            Fuel = true,
            Interruption = true,
            VerifyCompiler = execution.VerifyCompiler,
            RelaxedSimdDeterministic = execution.RelaxedSimdDeterministic,
            MaxStackSize = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(stack, 64 << 10)),
            OnEngineBug = log.EngineBug,
        });
    }
}
