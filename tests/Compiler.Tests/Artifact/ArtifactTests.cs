using System;
using System.Buffers.Binary;
using Kiln.Contract;
using Kiln.Contract.Artifact;
using Xunit;

namespace Kiln.Compiler.Tests.Artifact;

public sealed class ArtifactTests
{
    [Fact]
    public void Artifact_WrittenAndRead_IsTheSame()
    {
        byte[] file = ArtifactSample.Build();
        ModuleArtifact artifact = ArtifactReader.Read(file);

        Assert.Equal(3u, artifact.FunctionCount);
        Assert.Equal(1u, artifact.ImportedFunctionCount);
        Assert.Equal(new Tunables { Fuel = true }, artifact.Tunables);
        Assert.Equal(new CompileTarget(TargetArchitecture.X64, TargetFeatures.Popcnt), artifact.Target);
        Assert.Equal(BuildId.Contract, artifact.Compiler);
        Assert.Equal(0, artifact.TextFileOffset % 4096);
        Assert.Equal(0, file.Length % 4096);
        Assert.Equal(240, artifact.Text.Length);
        Assert.Equal(112u, artifact.FunctionCode(2).CodeOffset);
        Assert.Equal(24u, artifact.FunctionCode(1).FrameSize);
        Assert.Null(artifact.FunctionName(0));
        Assert.Equal("add", artifact.FunctionName(1));
        Assert.Equal("multi", artifact.FunctionName(2));
        Assert.Equal(176u, artifact.Trampolines[0].EntryOffset);
        Assert.Equal(CodeKind.ExitTrampoline, artifact.Code[3].Kind);
        Assert.Throws<ArgumentOutOfRangeException>(() => artifact.FunctionCode(0));
    }

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(99u, 0)]
    [InlineData(100u, -1)]
    [InlineData(112u, 1)]
    [InlineData(230u, 3)]
    [InlineData(500u, -1)]
    public void CodeLookup_OfOffset_FindsTheRange(uint codeOffset, int expected) =>
        Assert.Equal(expected, CodeLookup.Find(ArtifactReader.Read(ArtifactSample.Build()).Code, codeOffset));

    [Theory]
    [InlineData(0u, AddressRow.NoWasmOffset)]
    [InlineData(4u, 40u)]
    [InlineData(111u, 40u)]
    [InlineData(113u, 52u)]
    public void CodeLookup_OfOffset_FindsTheWasmOffset(uint codeOffset, uint expected) =>
        Assert.Equal(expected, CodeLookup.Find(ArtifactReader.Read(ArtifactSample.Build()).Addresses, codeOffset));

    [Theory]
    [InlineData(3u, Trap.MemoryOutOfBounds)]
    [InlineData(4u, Trap.None)]
    [InlineData(130u, Trap.IntegerOverflow)]
    public void CodeLookup_OfOffset_FindsTheTrap(uint codeOffset, Trap expected) =>
        Assert.Equal(expected, CodeLookup.Find(ArtifactReader.Read(ArtifactSample.Build()).Traps, codeOffset));

    [Theory]
    [InlineData(50u, new uint[] { 0, 16 })]
    [InlineData(60u, new uint[] { 8 })]
    [InlineData(59u, new uint[0])]
    [InlineData(0u, new uint[0])]
    public void CodeLookup_OfReturnOffset_FindsTheLiveSlots(uint returnOffset, uint[] expected) =>
        Assert.Equal(expected, CodeLookup.FindLive(ArtifactReader.Read(ArtifactSample.Build()), returnOffset).ToArray());

    [Fact]
    public void Artifact_WithImpossibleStackMaps_IsRefused()
    {
        StackMapRow[][] wrong =
        [
            [new(60, 0), new(50, 2)],   // order of offsets
            [new(50, 2), new(60, 1)],   // order of slots
            [new(50, 4)],               // no such slot
            [new(105, 0)],              // not in a function
            [new(0, 0)],                // no call returns there
            [new(130, 0)],              // a function without a frame
        ];
        foreach (StackMapRow[] maps in wrong)
            Assert.Throws<ArtifactException>(() => ArtifactReader.Read(ArtifactSample.Build(stackMaps: maps)));
    }

    [Fact]
    public void Artifact_WithAnyByteChanged_IsRefused()
    {
        byte[] file = ArtifactSample.Build();
        for (int at = 0; at < file.Length; at += at < 4096 ? 1 : 13)
        {
            file[at] ^= 0x41;
            Assert.Throws<ArtifactException>(() => ArtifactReader.Read(file));
            file[at] ^= 0x41;
        }
    }

    [Fact]
    public void UnverifiedArtifact_WithAnyByteChanged_IsRefusedOrReadable()
    {
        byte[] file = ArtifactSample.Build();
        byte[] masks = [0x01, 0x80, 0xFF];
        for (int at = 0; at < file.Length; at++)
        {
            foreach (byte mask in masks)
            {
                file[at] ^= mask;
                ReadUnverified(file);
                file[at] ^= mask;
            }
        }
    }

    [Fact]
    public void UnverifiedArtifact_WithRandomDirectory_IsRefusedOrReadable()
    {
        byte[] file = ArtifactSample.Build();
        Random random = new(7);
        ulong[] values = [0, 1, 16, 160, 4096, (ulong)file.Length, uint.MaxValue, long.MaxValue, ulong.MaxValue, 1UL << 63, 376];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] copy = (byte[])file.Clone();
            for (int change = random.Next(1, 3); change > 0; change--)
            {
                int at = random.Next(0, 376 / 8) * 8;
                BinaryPrimitives.WriteUInt64LittleEndian(copy.AsSpan(at), values[random.Next(values.Length)]);
            }

            ReadUnverified(copy);
        }
    }

    [Fact]
    public void Artifact_CutShort_IsRefused()
    {
        byte[] file = ArtifactSample.Build();
        for (int length = 0; length < file.Length; length += 3)
        {
            ReadOnlyMemory<byte> cut = file.AsMemory(0, length);
            Assert.Throws<ArtifactException>(() => ArtifactReader.Read(cut));
        }
    }

    [Fact]
    public void CheckUsable_OnWeakerMachine_IsRefused()
    {
        ModuleArtifact artifact = ArtifactReader.Read(ArtifactSample.Build());
        CompileTarget weak = new(TargetArchitecture.X64, TargetFeatures.None);
        ArtifactException error = Assert.Throws<ArtifactException>(() => artifact.CheckUsable(weak, artifact.Tunables));
        Assert.Equal(ArtifactFault.ForeignTarget, error.Fault);
    }

    [Fact]
    public void CheckUsable_WithOtherTunables_IsRefused()
    {
        ModuleArtifact artifact = ArtifactReader.Read(ArtifactSample.Build());
        ArtifactException error = Assert.Throws<ArtifactException>(() => artifact.CheckUsable(artifact.Target, new Tunables()));
        Assert.Equal(ArtifactFault.ForeignTunables, error.Fault);
    }

    [Fact]
    public void Artifact_OfOtherBuild_IsForeign()
    {
        byte[] file = ArtifactSample.Build();
        file[40] ^= 1;
        ArtifactException error = Assert.Throws<ArtifactException>(() => ArtifactReader.Read(file));
        Assert.Equal(ArtifactFault.ForeignBuild, error.Fault);
    }

    private static void ReadUnverified(byte[] file)
    {
        try
        {
            ArtifactSample.Touch(ArtifactReader.Read(file, verifyContent: false));
        }
        catch (ArtifactException)
        {
        }
    }
}
