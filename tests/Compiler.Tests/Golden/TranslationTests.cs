using System;
using System.IO;
using System.Linq;
using System.Text;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Ir.Verification;
using Kiln.Compiler.Translate;
using Kiln.Text;
using Kiln.Wasm;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Validation;
using Xunit;

namespace Kiln.Compiler.Tests.Golden;

/// <summary>WAT to IR: one file for each family of instructions.</summary>
public sealed class TranslationTests
{
    public static TheoryData<string> Files => new(
        System.IO.Directory.GetFiles(GoldenFile.Cases, "*.wat").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void Translation_OfFile_IsAsExpected(string name)
    {
        GoldenFile file = GoldenFile.Load(GoldenFile.Cases, name, GoldenFile.Ir);
        ValidatedModule validated = ModuleValidator.Validate(ModuleDecoder.Decode(WatParser.ParseModule(file.Wat), FeatureSet.All));
        ModuleEnvironment environment = new(validated, file.Tunables);
        FunctionTranslator translator = new();
        IrFunction function = new();
        IrVerifier verifier = new();
        StringBuilder output = new();
        for (int i = 0; i < validated.Module.Bodies.Length; i++)
        {
            uint index = (uint)(validated.Module.ImportedFunctionCount + i);
            translator.Translate(environment, index, function);
            function.Name = validated.Module.Names.Function(index) ?? $"f{index}";
            Assert.True(verifier.Verify(function), verifier.Report());
            output.Append(IrPrinter.Print(function, IrPrintOptions.Renumber)).Append('\n');
        }

        (string expected, string actual) = file.Check(output.ToString());
        Assert.Equal(expected, actual);
    }
}
