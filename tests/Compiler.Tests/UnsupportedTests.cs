using System;
using Kiln.Codegen.Ir;
using Kiln.Compiler.Translate;
using Kiln.Text;
using Kiln.Wasm;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Validation;
using Xunit;
using Opcode = Kiln.Wasm.Opcodes.Opcode;
using OpcodeRow = Kiln.Wasm.Opcodes.OpcodeRow;
using OpcodeTable = Kiln.Wasm.Opcodes.OpcodeTable;

namespace Kiln.Compiler.Tests;

public sealed class UnsupportedTests
{
    [Theory]
    [InlineData("(tag $t) (func (throw $t))", "throw", Feature.Exceptions)]
    [InlineData("(type $s (struct)) (func (drop (struct.new $s)))", "struct.new", Feature.Gc)]
    public void Translate_UnsupportedInstruction_NamesIt(string fields, string instruction, Feature feature)
    {
        UnsupportedFeatureException error = Assert.Throws<UnsupportedFeatureException>(() => Translate(fields));
        Assert.Equal(instruction, error.What);
        Assert.Equal(feature, error.Feature);
        Assert.Equal(0u, error.FunctionIndex);
        Assert.NotEqual(0, error.Offset.Value);
    }

    [Theory]
    [InlineData("(global i31ref (ref.i31 (i32.const 1)))", Feature.Gc)]
    public void Environment_UnsupportedDeclaration_IsRefused(string fields, Feature feature)
    {
        UnsupportedFeatureException error = Assert.Throws<UnsupportedFeatureException>(() => Translate(fields + "(func)"));
        Assert.Equal(feature, error.Feature);
    }

    [Fact]
    public void Translate_UnsupportedThenInvalid_IsInvalid() =>
        Assert.Throws<ModuleException>(() => Translate("(type $s (struct)) (func (drop (struct.new $s)) i32.add drop)"));

    [Fact]
    public void Translate_UnsupportedInUnreachableCode_IsFine() => Translate("(type $s (struct)) (func unreachable (drop (struct.new $s)))");

    [Fact]
    public void Translator_AfterFailure_TranslatesTheNextFunction()
    {
        ValidatedModule validated = Validate("(type $s (struct)) (func (loop (if (i32.const 1) (then (drop (struct.new $s)))))) (func (result i32) (loop (result i32) (i32.const 1)))");
        ModuleEnvironment environment = new(validated, new());
        FunctionTranslator translator = new();
        IrFunction function = new();
        Assert.Throws<UnsupportedFeatureException>(() => translator.Translate(environment, 0, function));
        translator.Translate(environment, 1, function);
        Kiln.Codegen.Ir.Verification.IrVerifier verifier = new();
        Assert.True(verifier.Verify(function), verifier.Report());
    }

    [Fact]
    public void Opcodes_OfCompiledProposals_AllHaveTranslations()
    {
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            bool simple = row.Immediate is ImmediateKind.None or ImmediateKind.MemArg && row.Signature != OpcodeRow.Special;
            bool compiled = row.Feature is Feature.Mvp or Feature.SignExtension or Feature.SaturatingConversions or Feature.Simd or Feature.Threads;
            if (!simple || !compiled || row.Opcode is Opcode.Nop or Opcode.MemoryAtomicNotify or Opcode.MemoryAtomicWait32 or Opcode.MemoryAtomicWait64) continue;
            bool known = VectorTable.Row(row.Opcode).Shape != VectorShape.None || NumericTable.Row(row.Opcode).Shape != NumericShape.None || row.AccessBytes != 0 && (row.IsAtomic ? AtomicTable.Row(row.Opcode).Bytes : MemoryTable.Row(row.Opcode).Bytes) == row.AccessBytes;
            Assert.True(known, row.Name);
        }
    }

    [Fact]
    public void Tables_Rows_AreUnique()
    {
        foreach (NumericRow row in NumericTable.Rows) Assert.Equal(row, NumericTable.Row(row.Wasm));
        foreach (VectorRow row in VectorTable.Rows) Assert.Equal(row, VectorTable.Row(row.Wasm));
        foreach (MemoryRow row in MemoryTable.Rows) Assert.Equal(row, MemoryTable.Row(row.Wasm));
        foreach (AtomicRow row in AtomicTable.Rows) Assert.Equal(row, AtomicTable.Row(row.Wasm));
    }

    private static void Translate(string fields)
    {
        ValidatedModule validated = Validate(fields);
        ModuleEnvironment environment = new(validated, new());
        new FunctionTranslator().Translate(environment, 0, new IrFunction());
    }

    private static ValidatedModule Validate(string fields) =>
        ModuleValidator.Validate(ModuleDecoder.Decode(WatParser.ParseModule($"(module {fields})"), FeatureSet.All));
}
