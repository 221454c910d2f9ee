using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Ir.Verification;
using Kiln.Codegen.Opt;
using Xunit;

namespace Kiln.Codegen.Tests.FileTests;

/// <summary>The kinds of file tests, one row each.</summary>
public static class FileTestKinds
{
    /// <summary>All kinds.</summary>
    public static IReadOnlyList<IFileTestKind> All { get; } =
    [
        new PrintKind(),
        new SyntaxKind(),
        new VerifyKind(),
        new OptKind(),
        new RunKind(),
        new RuleKind(),
        .. X64.CompileKind.All,
    ];

    /// <summary>Reads the one function of a case and checks that it is well formed.</summary>
    public static IrFunction ParseValid(FileTestCase one)
    {
        IrFunction func = IrParser.Parse(one.Input);
        var verifier = new IrVerifier();
        Assert.True(verifier.Verify(func), $"{func.Name} is not well formed:\n{verifier.Report()}");
        return func;
    }

    /// <summary>The passes that a file's header names; all without a header.</summary>
    public static OptFlags PassesOf(FileTestFile file)
    {
        if (!file.Header.TryGetValue("passes", out string? names)) return OptFlags.All;
        OptFlags flags = OptFlags.None;
        foreach (string name in names.Split(',', StringSplitOptions.TrimEntries))
        {
            Assert.True(OptPassTable.TryFind(name, out OptFlags flag), $"no pass is called {name}");
            flags |= flag;
        }

        return flags;
    }

    // Reads a function and writes it again.
    private sealed class PrintKind : IFileTestKind
    {
        public string Name => "print";

        public string Run(FileTestFile file, FileTestCase one)
        {
            string printed = IrPrinter.Print(IrParser.Parse(one.Input), IrPrintOptions.SourceLocs);
            Assert.Equal(printed, IrPrinter.Print(IrParser.Parse(printed), IrPrintOptions.SourceLocs));
            return printed;
        }
    }

    // Reads what is no function; the output is what is wrong.
    private sealed class SyntaxKind : IFileTestKind
    {
        public string Name => "syntax";

        public string Run(FileTestFile file, FileTestCase one) =>
            Assert.Throws<IrSyntaxException>(() => IrParser.Parse(one.Input.TrimStart('\n'))).Message;
    }

    // Verifies; the output is the report.
    private sealed class VerifyKind : IFileTestKind
    {
        public string Name => "verify";

        public string Run(FileTestFile file, FileTestCase one)
        {
            IrFunction func = IrParser.Parse(one.Input);
            var verifier = new IrVerifier();
            return verifier.Verify(func) ? "well formed" : verifier.Report();
        }
    }

    // Optimises with the passes of the header; the output is the function.
    private sealed class OptKind : IFileTestKind
    {
        public string Name => "opt";

        public string Run(FileTestFile file, FileTestCase one)
        {
            IrFunction func = ParseValid(one);
            OptimizationPipeline.Run(func, PassesOf(file), new OptContext(), verify: true);
            return IrPrinter.Print(func, IrPrintOptions.Renumber);
        }
    }
}
