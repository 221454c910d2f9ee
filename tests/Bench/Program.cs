using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// dotnet run -c Release --project tests/Bench -- --filter '*'
// In process: no benchmark here depends on start-up state, and a build of its own per benchmark would take minutes.
IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Kiln.Bench.BoundaryBenchmarks).Assembly).Run(args, config);
