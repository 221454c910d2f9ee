using System;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;
using Kiln.Wasm.Validation;
using Xunit;

namespace Kiln.Wasm.Tests;

public sealed class FunctionValidatorTests
{
    private static readonly byte[] I32ToI32 = [0x60, 1, 0x7F, 1, 0x7F];

    [Theory]
    [InlineData(new byte[] { 0x20, 0 })]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { 0x00, 0x6A })]
    [InlineData(new byte[] { 0x41, 1, 0x0F, 0x1A, 0x6A })]
    [InlineData(new byte[] { 0x02, 0x7F, 0x20, 0, 0x0C, 0, 0x0B })]
    [InlineData(new byte[] { 0x20, 0, 0x04, 0x7F, 0x41, 1, 0x05, 0x41, 2, 0x0B })]
    [InlineData(new byte[] { 0x03, 0x7F, 0x20, 0, 0x20, 0, 0x0D, 1, 0x0B })]
    [InlineData(new byte[] { 0x20, 0, 0x20, 0, 0x20, 0, 0x1B })]
    [InlineData(new byte[] { 0x00, 0x1B })]
    public void Validate_ValidBody_IsAccepted(byte[] code) => ModuleBytes.Validate(ModuleBytes.Function(I32ToI32, code));

    [Theory]
    [InlineData(new byte[] { }, "type mismatch: instruction requires [i32] but stack has []")]
    [InlineData(new byte[] { 0x42, 0 }, "type mismatch: instruction requires [i32] but stack has [i64]")]
    [InlineData(new byte[] { 0x20, 0, 0x42, 0, 0x6A }, "type mismatch: instruction requires [i32 i32] but stack has [i32 i64]")]
    [InlineData(new byte[] { 0x20, 0, 0x20, 0 }, "type mismatch: block requires [i32] but stack has [i32 i32]")]
    [InlineData(new byte[] { 0x20, 1 }, "unknown local 1")]
    [InlineData(new byte[] { 0x23, 0 }, "unknown global 0")]
    [InlineData(new byte[] { 0x10, 9 }, "unknown function 9")]
    [InlineData(new byte[] { 0x0C, 9 }, "unknown label 9")]
    [InlineData(new byte[] { 0x02, 9, 0x0B }, "unknown type 9")]
    [InlineData(new byte[] { 0x41, 0, 0x28, 3, 0 }, "alignment must not be larger than natural")]
    [InlineData(new byte[] { 0x41, 0, 0x2D, 1, 0 }, "alignment must not be larger than natural")]
    [InlineData(new byte[] { 0x41, 0, 0xFE, 0x10, 1, 0 }, "alignment must be natural")]
    [InlineData(new byte[] { 0x41, 0, 0x28, 0x42, 1, 0 }, "unknown memory 1")]
    [InlineData(new byte[] { 0x41, 0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10 }, "offset out of range")]
    [InlineData(new byte[] { 0x41, 0, 0xFD, 15, 0xFD, 21, 16 }, "invalid lane index 16")]
    [InlineData(new byte[] { 0x20, 0, 0x04, 0x7F, 0x41, 1, 0x0B }, "type mismatch: an if without else")]
    [InlineData(new byte[] { 0x05 }, "END opcode expected")]
    [InlineData(new byte[] { 0xD2, 0, 0x1A, 0x41, 0 }, "undeclared function reference 0")]
    [InlineData(new byte[] { 0xFF }, "illegal opcode ff")]
    [InlineData(new byte[] { 0xFC, 0xC0, 2 }, "illegal opcode fc 140")]
    [InlineData(new byte[] { 0x41 }, "unexpected end of section or function")]
    [InlineData(new byte[] { 0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0 }, "integer representation too long")]
    [InlineData(new byte[] { 0x41, 0, 0x0B, 0x01 }, "section size mismatch")]
    [InlineData(new byte[] { 0xFC, 9, 0 }, "data count section required")]
    public void Validate_InvalidBody_IsRefusedWithPosition(byte[] code, string expected)
    {
        ModuleException error = Assert.Throws<ModuleException>(() => ModuleBytes.Validate(ModuleBytes.Function(I32ToI32, code)));
        Assert.StartsWith(expected, error.Reason);
        Assert.Equal(0u, error.FunctionIndex);
        Assert.True(error.Offset.Value > 8);
    }

    [Fact]
    public void Validate_NonNullableLocal_MustBeSetFirstInItsBlock()
    {
        byte[] locals = [1, 1, 0x64, 0x6C];
        ModuleBytes.Validate(ModuleBytes.Function(ModuleBytes.NoType, locals, [0x41, 0, 0xFB, 28, 0x21, 0, 0x20, 0, 0x1A]));
        byte[] setInside = [0x02, 0x40, 0x41, 0, 0xFB, 28, 0x21, 0, 0x0B, 0x20, 0, 0x1A];
        ModuleException error = Assert.Throws<ModuleException>(() => ModuleBytes.Validate(ModuleBytes.Function(ModuleBytes.NoType, locals, setInside)));
        Assert.StartsWith("uninitialized local 0", error.Reason);
    }

    [Fact]
    public void Walk_BetweenOperators_ShowsOperandsFramesAndReachability()
    {
        byte[] bytes = ModuleBytes.Function(I32ToI32, 0x02, 0x7F, 0x20, 0, 0x42, 1, 0x1A, 0x0C, 0, 0x0B);
        ValidatedModule module = ModuleValidator.Validate(ModuleDecoder.Decode(bytes, FeatureSet.All));
        FunctionValidator validator = new();
        OperatorReader reader = validator.Begin(module, 0);
        Next(validator, ref reader, Opcode.Block);
        Assert.Equal(2, validator.ControlDepth);
        Assert.Equal([ValType.I32], validator.Frame(0).LabelTypes.ToArray());
        Next(validator, ref reader, Opcode.LocalGet);
        Next(validator, ref reader, Opcode.I64Const);
        Assert.Equal(ValType.I64, validator.Operand(0));
        Assert.Equal(ValType.I32, validator.Operand(1));
        Next(validator, ref reader, Opcode.Drop);
        Assert.Equal(ValType.I64, validator.OperandType);
        Assert.Equal(1, validator.OperandCount);
        Assert.False(validator.IsUnreachable);
        Next(validator, ref reader, Opcode.Br);
        Assert.True(validator.IsUnreachable);
        Assert.Equal(0, validator.OperandCount);
        Next(validator, ref reader, Opcode.End);
        Assert.False(validator.IsUnreachable);
        Assert.Equal(ValType.I32, validator.Operand(0));
        Next(validator, ref reader, Opcode.End);
        Assert.True(validator.IsFinished);
        validator.Finish(in reader);
    }

    private static void Next(FunctionValidator validator, ref OperatorReader reader, Opcode expected)
    {
        Operator op = default;
        reader.Read(ref op);
        Assert.Equal(expected, op.Opcode);
        validator.Validate(in op);
    }

    [Fact]
    public void ValidateBodies_Repeated_AllocatesNothing()
    {
        ValidatedModule module = ModuleBytes.Validate(ModuleBytes.Everything());
        FunctionValidator validator = new();
        module.ValidateBodies(validator);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) module.ValidateBodies(validator);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Reader_LongImmediates_AreKept()
    {
        byte[] code = [0xFD, 13, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 31, 0x0E, 2, 3, 4, 5, 0x1C, 1, 0x7F];
        OperatorReader reader = new(code, new WasmOffset(100), FeatureSet.All, new OperatorBuffers());
        Operator op = default;
        reader.Read(ref op);
        Assert.Equal(Opcode.I8x16Shuffle, op.Opcode);
        Assert.Equal(100, op.Offset.Value);
        Assert.Equal(7, op.ShuffleLane(7));
        Assert.Equal(31, op.ShuffleLane(15));
        reader.Read(ref op);
        Assert.Equal([3u, 4u], op.Targets.ToArray());
        Assert.Equal(5u, op.Index1);
        reader.Read(ref op);
        Assert.Equal([ValType.I32], op.SelectTypes.ToArray());
        Assert.True(reader.IsAtEnd);
    }
}
