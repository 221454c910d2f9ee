using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>A data directory that a daemon has left behind with one artifact; it was killed.</summary>
public sealed class LeftBehind : IAsyncLifetime
{
    /// <summary>The directory.</summary>
    public string Data { get; } = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(Data);
        using KilnClient client = daemon.Connect();
        RunResult result = await client.RunAsync(Guests.Calculator, CacheTests.Add);
        Assert.Equal(CacheResult.Miss, result.Usage.CacheResult);
        await daemon.KillAsync();
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        Directory.Delete(Data, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Copies it.</summary>
    public void CopyTo(string destination)
    {
        foreach (string folder in Directory.GetDirectories(Data)) Directory.CreateDirectory(Path.Combine(destination, Path.GetFileName(folder)));
        foreach (string folder in new[] { "", "code", "modules" })
        {
            foreach (string file in Directory.GetFiles(Path.Combine(Data, folder)))
            {
                if (!file.EndsWith(".sock", StringComparison.Ordinal)) File.Copy(file, Path.Combine(destination, folder, Path.GetFileName(file)));
            }
        }
    }
}

/// <summary>The code cache across restarts, damage and sudden death.</summary>
[Trait("Category", "Slow")]
public sealed class CacheTests : IClassFixture<LeftBehind>, IDisposable
{
    internal static readonly RunOptions Add = new() { Function = "add", Arguments = [Values.I32(20), Values.I32(22)] };

    private readonly string _data = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    /// <summary>Each test gets a copy of what was left behind.</summary>
    public CacheTests(LeftBehind left) => left.CopyTo(_data);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_data, recursive: true);

    // An index of 16: the deterministic profile has 0 there, pshufb takes lane 0. The second daemon must not use the code of the first.
    [Theory]
    [InlineData("false", 7)]
    [InlineData("true", 0)]
    public async Task RelaxedSimd_ByTheSetting_IsFastOrDeterministic(string deterministic, int expected)
    {
        foreach (string setting in new[] { "false", deterministic })
        {
            await using DaemonProcess daemon = await DaemonProcess.StartAsync(_data, "--set", $"Execution:RelaxedSimdDeterministic={setting}");
            using KilnClient client = daemon.Connect();
            RunResult result = await client.RunAsync(Guests.RelaxedSwizzle, new RunOptions { Function = "f" });
            Assert.Equal(setting == deterministic ? expected : 7, Assert.Single(result.Outcome.Completed.Results).I32);
        }
    }

    [Fact]
    public async Task Artifact_AfterAKill_IsServedFromDiskByTheNextDaemon()
    {
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
        Assert.True(new FileInfo(Artifact()).Length > bytes.Length / 2);
    }

    [Fact]
    public async Task ForeignArtifact_IsNotExecuted()
    {
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
        File.WriteAllBytes(Path.Combine(_data, "secret.key"), new byte[32]);
        Assert.Equal(CacheResult.Miss, (await RunOnceAsync()).Cache);
    }

    [Fact]
    public async Task KilledInTheMiddleOfACompile_TheCacheServesOn()
    {
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
            Assert.Equal(CacheResult.DiskHit, (await client.RunAsync(Guests.Calculator, Add)).Usage.CacheResult);
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
    public async Task Compile_OverItsTime_IsRefused()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(_data, "--set", "Cache:CompileTimeout=00:00:00.05");
        using KilnClient client = daemon.Connect();
        ModuleId id = await client.UploadAsync(Guests.Large(600, 2));
        KilnException e = await Assert.ThrowsAnyAsync<KilnException>(() => client.CompileAsync(id));
        Assert.Equal(ErrorReason.CompileLimit, e.Reason);
    }

    [Fact]
    public async Task SecondDaemon_OnTheSameDirectory_RefusesToStart()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(_data);
        (int exitCode, string log) = await DaemonProcess.StartFailingAsync(_data, "--set", $"Listen:Socket={_data}/other.sock");
        Assert.Equal(2, exitCode);
        Assert.Contains("another daemon uses the data directory", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cache:Memory=lots")]
    [InlineData("Cache:Memroy=1GiB")]
    [InlineData("Listen:Address=0.0.0.0:80")]
    [InlineData("Limits:Default:Memory=1TiB")]
    [InlineData("Execution:RelaxedSimdDeterministic=perhaps")]
    public async Task BadSettings_KeepTheDaemonFromStarting(string setting)
    {
        (int exitCode, string log) = await DaemonProcess.StartFailingAsync(_data, "--set", setting);
        Assert.Equal(2, exitCode);
        Assert.Contains("kilnd: ", log, StringComparison.Ordinal);
    }

    private string Artifact() => Directory.GetFiles(Path.Combine(_data, "code")).Single(path => path.EndsWith(".kiln", StringComparison.Ordinal));

    private async Task<(CacheResult Cache, string Log)> RunOnceAsync()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(_data);
        using KilnClient client = daemon.Connect();
        RunResult result = await client.RunAsync(Guests.Calculator, Add);
        Assert.Equal(42, result.Outcome.Completed.Results[0].I32);
        return (result.Usage.CacheResult, daemon.Log);
    }

    private sealed class ProgressListener(Action<CompileProgress> report) : IProgress<CompileProgress>
    {
        public void Report(CompileProgress value) => report(value);
    }
}
