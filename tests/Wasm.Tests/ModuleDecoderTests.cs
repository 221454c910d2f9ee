using System;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;
using Xunit;

namespace Kiln.Wasm.Tests;

public sealed class ModuleDecoderTests
{
    [Fact]
    public void Decode_EmptyModule_HasNothing()
    {
        WasmModule module = ModuleDecoder.Decode(new ModuleBytes().ToArray(), FeatureSet.Wasm1);
        Assert.Empty(module.Types);
        Assert.Empty(module.Functions);
        Assert.Null(module.StartFunction);
        Assert.Null(module.Names.Module);
    }

    [Fact]
    public void Decode_ModuleWithAllSections_IsDescribed()
    {
        WasmModule module = ModuleBytes.Validate(ModuleBytes.Everything()).Module;
        Assert.Equal(4, module.Types.Length);
        Assert.Equal(4, module.RecGroups.Length);
        Assert.Equal(new Import("env", "f", ExternKind.Function, 0), Assert.Single(module.Imports));
        Assert.Equal([0u, 0u], module.Functions.AsSpan().ToArray());
        Assert.Equal(1, module.ImportedFunctionCount);
        Assert.Equal(new Limits(2, 10), module.Tables[0].Type.Limits);
        Assert.Equal(new MemoryType(new Limits(1, 16), false, false, 16), module.Memories[0]);
        Assert.Equal(Opcode.I32Const, module.Globals[0].Initial!.Instructions[0].Opcode);
        Assert.Equal(42UL, module.Globals[0].Initial!.Instructions[0].Low);
        Assert.Equal(new Export("main", ExternKind.Function, 1), module.Exports[0]);
        Assert.Equal(SegmentMode.Passive, module.Elements[1].Mode);
        Assert.Equal([1, 2, 3], module.Slice(module.Data[0].Content).ToArray());
        Assert.Equal("main", module.Names.Function(1));
        Assert.Null(module.Names.Function(0));
        Assert.Equal(1u, module.DataCount);
        Assert.Equal(module.CodeSection.End, module.GetBody(1).End);
        Assert.Equal("[i32] -> [i32]", module.GetFunctionType(1).ToString());
        Assert.Equal(2u, module.Types[3].Supertype);
    }

    [Theory]
    [InlineData(new byte[0], "unexpected end")]
    [InlineData(new byte[] { 0, 97, 115 }, "unexpected end")]
    [InlineData(new byte[] { 1, 97, 115, 109, 1, 0, 0, 0 }, "magic header not detected")]
    [InlineData(new byte[] { 0, 97, 115, 109, 2, 0, 0, 0 }, "unknown binary version")]
    [InlineData(new byte[] { 0, 97, 115, 109, 1, 0, 0 }, "unexpected end")]
    [InlineData(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 14, 0 }, "malformed section id")]
    [InlineData(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 0 }, "length out of bounds")]
    [InlineData(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 1, 2, 0, 0 }, "section size mismatch")]
    [InlineData(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 3, 1, 0, 1, 1, 0 }, "unexpected content after last section")]
    [InlineData(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 3, 2, 1, 0 }, "function and code section have inconsistent lengths")]
    [InlineData(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 12, 1, 1 }, "data count and data section have inconsistent lengths")]
    [InlineData(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 0x10, 0 }, "malformed limits flags")]
    [InlineData(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 0, 3, 2, 0xC0, 0x80 }, "malformed UTF-8 encoding")]
    public void Decode_MalformedModule_IsRefusedInTheWordsOfTheSuite(byte[] bytes, string expected)
    {
        ModuleException error = Assert.Throws<ModuleException>(() => ModuleDecoder.Decode(bytes, FeatureSet.All));
        Assert.StartsWith(expected, error.Reason);
        Assert.InRange(error.Offset.Value, 0, bytes.Length);
    }

    [Fact]
    public void Decode_BodiesStripped_AcceptsFunctionsWithoutCode()
    {
        byte[] bytes = new ModuleBytes().Section(1, [1, .. ModuleBytes.NoType]).Section(3, 1, 0).ToArray();
        Assert.Throws<ModuleException>(() => ModuleDecoder.Decode(bytes, FeatureSet.All));
        WasmModule module = ModuleDecoder.Decode(bytes, FeatureSet.All, new DecodeOptions { BodiesStripped = true });
        Assert.Single(module.Functions);
        Assert.Empty(module.Bodies);
    }

    [Fact]
    public void Decode_OverALimit_IsRefused()
    {
        byte[] bytes = ModuleBytes.Everything();
        AssertRefused(bytes, new DecodeOptions { MaxModuleBytes = 100 }, "module is too large");
        AssertRefused(bytes, new DecodeOptions { MaxTypes = 3 }, "too many types");
        AssertRefused(bytes, new DecodeOptions { MaxFunctions = 1 }, "too many functions");
        AssertRefused(bytes, new DecodeOptions { MaxImports = 0 }, "too many imports");
        AssertRefused(bytes, new DecodeOptions { MaxGlobals = 1 }, "too many globals");
        AssertRefused(bytes, new DecodeOptions { MaxElementExpressions = 0 }, "too many element expressions");
        AssertRefused(bytes, new DecodeOptions { MaxCustomSections = 0 }, "too many custom sections");
        AssertRefused(bytes, new DecodeOptions { MaxBodyBytes = 10 }, "function body is too large");
        AssertRefused(bytes, new DecodeOptions { MaxLocals = 1 }, "too many locals");
        AssertRefused(bytes, new DecodeOptions { MaxNesting = 2 }, "blocks are nested too deeply");
        AssertRefused(bytes, new DecodeOptions { MaxSubtypingDepth = 0 }, "sub type 3 is nested too deeply");
        AssertRefused(bytes, new DecodeOptions { MaxBranchTableTargets = 0 }, "too many");
    }

    [Fact]
    public void Decode_HugeCounts_AllocateNothingForThem()
    {
        byte[] bytes = new ModuleBytes().Section(7, 0xC0, 0x84, 0x3D).ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ModuleException>(() => ModuleDecoder.Decode(bytes, FeatureSet.All));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(Feature.Gc)]
    [InlineData(Feature.Exceptions)]
    [InlineData(Feature.Simd)]
    [InlineData(Feature.SaturatingConversions)]
    [InlineData(Feature.ReferenceTypes)]
    [InlineData(Feature.BulkMemory)]
    public void Validate_FeatureOff_NamesIt(Feature feature)
    {
        ModuleException error = Assert.Throws<ModuleException>(() => ModuleBytes.Validate(ModuleBytes.Everything(), FeatureSet.All.Without(feature)));
        if (feature != Feature.Exceptions) Assert.Contains(feature.ToString(), error.Message);
    }

    private static void AssertRefused(byte[] bytes, DecodeOptions options, string expected)
    {
        ModuleException error = Assert.Throws<ModuleException>(() => ModuleBytes.Validate(bytes, null, options));
        Assert.StartsWith(expected, error.Reason);
    }
}
