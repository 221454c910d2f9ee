using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>The code cache across restarts, damage and sudden death. Each test has daemons of its own on one directory.</summary>
public sealed class CacheTests : IDisposable
{
    private static readonly RunOptions s_add = new() { Function = "add", Arguments = [Values.I32(20), Values.I32(22)] };

    private readonly string _data = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Artifact_AfterAKill_IsServedFromDiskByTheNextDaemon()
    {
        Assert.Equal(CacheResult.Miss, (await RunOnceAsync()).Cache);
        Assert.Equal(CacheResult.DiskHit, (await RunOnceAsync()).Cache);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_data, "secret.key")));
    }

    [Theory]
    [InlineData("flipped bit")]
    [InlineData("truncated")]
    [InlineData("extended")]
    [InlineData("empty")]
    public async Task DamagedArtifact_IsReportedAndCompiledAnew(string damage)
    {
        await RunOnceAsync();
        string file = Artifact();
        byte[] bytes = File.ReadAllBytes(file);
        switch (damage)
        {
            case "flipped bit":
                bytes[bytes.Length / 2] ^= 4;
                break;
            case "truncated":
                bytes = bytes[..^100];
                break;
            case "extended":
                bytes = [.. bytes, 0];
                break;
            default:
                bytes = [];
                break;
        }

        File.WriteAllBytes(file, bytes);
        (CacheResult cache, string log) = await RunOnceAsync();
        Assert.Equal(CacheResult.Miss, cache);
        Assert.Contains("was rejected (wrong authenticator)", log, StringComparison.Ordinal);
        Assert.Equal(CacheResult.DiskHit, (await RunOnceAsync()).Cache);
    }

    [Fact]
    public async Task ForeignArtifact_IsNotExecuted()
    {
        await RunOnceAsync();
        string good = Artifact();
        string name = Path.GetFileName(good);
        // The right content under an authenticator that is made up, and a file that is none of ours.
        string forged = Path.Combine(_data, "code", name[..65] + new string('0', 64) + name[129..]);
        File.Move(good, forged);
        File.WriteAllText(Path.Combine(_data, "code", "evil.kiln"), "x");
        (CacheResult cache, string log) = await RunOnceAsync();
        Assert.Equal(CacheResult.Miss, cache);
        Assert.Contains("wrong authenticator", log, StringComparison.Ordinal);
        Assert.Contains("foreign name", log, StringComparison.Ordinal);
        Assert.False(File.Exists(forged));
        Assert.Equal(name, Path.GetFileName(Artifact()));
    }

    [Fact]
    public async Task ArtifactOfAnotherModule_UnderThisKey_IsNotExecuted()
    {
        await RunOnceAsync();
        string mine = Artifact();
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(_data))
        {
            using KilnClient client = daemon.Connect();
            await client.CompileAsync(await client.UploadAsync(Guests.Provider));
        }

        string other = Directory.GetFiles(Path.Combine(_data, "code")).Single(path => path != mine);
        File.Copy(other, mine, overwrite: true);
        (CacheResult cache, string log) = await RunOnceAsync();
        Assert.Equal(CacheResult.Miss, cache);
        Assert.Contains("wrong authenticator", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherSecret_MakesArtifactsForeign()
    {
        await RunOnceAsync();
        File.WriteAllBytes(Path.Combine(_data, "secret.key"), new byte[32]);
        Assert.Equal(CacheResult.Miss, (await RunOnceAsync()).Cache);
    }

    [Fact]
    public async Task KilledInTheMiddleOfACompile_TheCacheServesOn()
    {
        await RunOnceAsync();
        byte[] large = Guests.Large(600, 1);
        ModuleId id = ModuleId.Of(large);
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(_data))
        {
            using KilnClient client = daemon.Connect();
            await client.UploadAsync(large);
            var compiling = new TaskCompletionSource();
            Task<CompileResult> compile = client.CompileAsync(id, new ProgressListener(progress =>
            {
                if (progress.Stage == CompileStage.Compile) compiling.TrySetResult();
            }));
            await Task.WhenAny(compiling.Task, compile);
            Assert.False(compile.IsCompleted, "the module compiles too fast for this test");
            await daemon.KillAsync();
            await Assert.ThrowsAnyAsync<KilnException>(() => compile);
        }

        // What a daemon was writing when it died.
        string orphan = Path.Combine(_data, "tmp", "orphan");
        File.WriteAllText(orphan, "half an artifact");
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(_data))
        {
            using KilnClient client = daemon.Connect();
            Assert.Equal(CacheResult.DiskHit, (await client.RunAsync(Guests.Calculator, s_add)).Usage.CacheResult);
            Assert.False(File.Exists(orphan));
            Assert.True(await client.HasAsync(id));
            Assert.Equal(CacheResult.Miss, (await client.CompileAsync(id)).CacheResult);
        }

        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(_data))
        {
            using KilnClient client = daemon.Connect();
            Assert.Equal(CacheResult.DiskHit, (await client.CompileAsync(id)).CacheResult);
        }
    }

    [Fact]
    public async Task Disk_OverItsSize_EvictsTheLeastRecentlyUsed()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(_data, "--set", "Cache:Disk=1MiB", "--set", "Cache:Memory=1MiB");
        using KilnClient client = daemon.Connect();
        for (int i = 0; i < 6; i++) await client.CompileAsync(await client.UploadAsync(Guests.Large(30, 1000 + i)));
        Assert.True(daemon.Artifacts.Sum(path => new FileInfo(path).Length) <= 1 << 20);
        Assert.Contains("Evicted artifact", daemon.Log, StringComparison.Ordinal);
        Assert.Equal(CacheResult.Miss, (await client.CompileAsync(ModuleId.Of(Guests.Large(30, 1000)))).CacheResult);
    }

    [Fact]
    public async Task SecondDaemon_OnTheSameDirectory_RefusesToStart()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(_data);
        (int exitCode, string log) = await DaemonProcess.StartFailingAsync(_data, "--socket", Path.Combine(_data, "other.sock"));
        Assert.Equal(2, exitCode);
        Assert.Contains("another daemon uses the data directory", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cache:Memory=lots")]
    [InlineData("Cache:Memroy=1GiB")]
    [InlineData("Listen:Address=0.0.0.0:80")]
    [InlineData("Limits:Default:Memory=1TiB")]
    public async Task BadSettings_KeepTheDaemonFromStarting(string setting)
    {
        string[] words = setting.StartsWith("Listen", StringComparison.Ordinal) ? ["--listen", setting.Split('=')[1]] : ["--set", setting];
        (int exitCode, string log) = await DaemonProcess.StartFailingAsync(_data, words);
        Assert.Equal(2, exitCode);
        Assert.Contains("kilnd: ", log, StringComparison.Ordinal);
    }

    private string Artifact() => Directory.GetFiles(Path.Combine(_data, "code")).Single(path => path.EndsWith(".kiln", StringComparison.Ordinal));

    private async Task<(CacheResult Cache, string Log)> RunOnceAsync()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(_data);
        using KilnClient client = daemon.Connect();
        RunResult result = await client.RunAsync(Guests.Calculator, s_add);
        Assert.Equal(42, result.Outcome.Completed.Results[0].I32);
        return (result.Usage.CacheResult, daemon.Log);
    }

    private sealed class ProgressListener(Action<CompileProgress> report) : IProgress<CompileProgress>
    {
        public void Report(CompileProgress value) => report(value);
    }
}
