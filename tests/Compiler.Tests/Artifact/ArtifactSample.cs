using System;
using System.Security.Cryptography;
using Kiln.Contract;
using Kiln.Contract.Artifact;

namespace Kiln.Compiler.Tests.Artifact;

/// <summary>A small artifact with a row in every table; its text is not meant to run.</summary>
internal static class ArtifactSample
{
    internal static byte[] Build(Tunables? tunables = null, StackMapRow[]? stackMaps = null)
    {
        CodeRange[] code =
        [
            new(0, 100, 24, CodeKind.Function, 1),
            new(112, 50, 0, CodeKind.Function, 2),
            new(176, 20, 8, CodeKind.EntryTrampoline, 0),
            new(208, 30, 40, CodeKind.ExitTrampoline, 0),
        ];
        TrapSite[] traps = [new(3, Trap.MemoryOutOfBounds), new(99, Trap.Unreachable), new(130, Trap.IntegerOverflow)];
        AddressRow[] addresses = [new(0, AddressRow.NoWasmOffset), new(4, 40), new(112, 52)];
        TrampolineRow[] trampolines = [new(176, 208), new(TrampolineRow.None, TrampolineRow.None)];
        StackMapRow[] maps = stackMaps ?? [new(50, 0), new(60, 2)];
        uint[] slots = [0, 16, 8];
        NameRow[] names = [new(0, 0), new(0, 3), new(3, 5)];
        ReadOnlySpan<byte> module = "\0asm\u0001\0\0\0"u8;
        byte[] text = new byte[240];
        new Random(1).NextBytes(text);
        ArtifactWriter writer = new()
        {
            Compiler = BuildId.Contract,
            Target = new CompileTarget(TargetArchitecture.X64, TargetFeatures.Popcnt),
            Tunables = tunables ?? new Tunables { Fuel = true },
            ModuleDigest = SHA256.HashData(module),
            FunctionCount = 3,
            ImportedFunctionCount = 1,
            Module = module,
            Code = code,
            Traps = traps,
            Addresses = addresses,
            StackMaps = maps,
            StackMapSlots = slots,
            Trampolines = trampolines,
            Names = names,
            Strings = "addmulti"u8,
            Text = text,
        };
        return writer.ToArray();
    }

    /// <summary>Reads everything an artifact offers, so that a bound that was not checked shows as a crash.</summary>
    internal static long Touch(ModuleArtifact artifact)
    {
        long sum = artifact.Text.Length + artifact.TextFileOffset + artifact.Module.Length;
        for (uint function = artifact.ImportedFunctionCount; function < artifact.FunctionCount; function++)
        {
            CodeRange range = artifact.FunctionCode(function);
            sum += artifact.Text.Span.Slice((int)range.CodeOffset, (int)range.Length).Length;
        }

        for (uint function = 0; function < artifact.FunctionCount && function < 1000; function++) sum += artifact.FunctionName(function)?.Length ?? 0;
        for (uint at = 0; at < artifact.Text.Length; at += 7)
        {
            sum += CodeLookup.Find(artifact.Code, at) + (int)CodeLookup.Find(artifact.Traps, at) + CodeLookup.Find(artifact.Addresses, at) + CodeLookup.FindLive(artifact, at).Length;
        }

        foreach (TrampolineRow row in artifact.Trampolines) sum += row.EntryOffset + row.ExitOffset;
        return sum;
    }
}
