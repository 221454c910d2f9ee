using System;
using System.IO;
using Kiln.Bench.Corpora;
using Kiln.Bench.Peers;
using Kiln.Bench.Results;
using Xunit;

namespace Kiln.Bench.Tests;

/// <summary>What a peer's process prints becomes a measurement, whatever it prints.</summary>
public sealed class ProcessRunTests
{
    [Fact]
    public void Run_JsonBehindOtherOutput_IsRead()
    {
        Measurement found = Shell("""echo warm; echo '{"ok":false}'; echo '{"ok":true,"compile_ms":1.5,"run_ms":7,"checksum":"42"}'""");
        Assert.Equal(new Measurement(true, 1.5, 7, "42", null), found);
    }

    [Theory]
    [InlineData("echo '{\"ok\":false,\"fail\":\"trap\"}'", "trap")]
    [InlineData("echo nothing; echo out of luck >&2; exit 3", "exit code 3: out of luck")]
    [InlineData("echo '{\"ok\":'", "no JSON")]
    [InlineData("sleep 20", "no answer within 1 s")]
    public void Run_WhatIsNoFigure_IsAFailureWithItsReason(string script, string reason)
    {
        Measurement found = Shell(script);
        Assert.False(found.Ok);
        Assert.Contains(reason, found.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Peers_InAnEmptyFolder_AreAllAbsentOrNative()
    {
        string? before = Environment.GetEnvironmentVariable("KILN_PEERS");
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Environment.SetEnvironmentVariable("KILN_PEERS", folder);
            var peers = PeerTable.All(new PeerFolder(), [("kiln", Path.Combine(folder, "kilnc"))], 0);
            Assert.Contains(peers, peer => peer.Label == PeerTable.Baseline);
            Assert.All(peers, peer => Assert.False(peer.IsPresent, peer.Label));
        }
        finally
        {
            Environment.SetEnvironmentVariable("KILN_PEERS", before);
            Directory.Delete(folder);
        }
    }

    [Fact]
    public void CodeSection_OfAModule_IsItsSize()
    {
        string file = Path.GetTempFileName();
        try
        {
            // Preamble, a custom section of 3 bytes, a code section of 300, none.
            File.WriteAllBytes(file, [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 0, 3, 1, 0x61, 9, 10, 0xAC, 0x02, .. new byte[300]]);
            Assert.Equal(300, CodeSection.ByteCount(file));
            File.WriteAllBytes(file, [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 0, 200, 1]);
            Assert.Equal(0, CodeSection.ByteCount(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    // PinsItself: no taskset, which a container may forbid.
    private static Measurement Shell(string script) =>
        ProcessRun.Run(new Invocation(["/bin/sh", "-c", script], PinsItself: true), Path.GetTempPath(), 0, TimeSpan.FromSeconds(script.StartsWith("sleep", StringComparison.Ordinal) ? 1 : 20));
}
