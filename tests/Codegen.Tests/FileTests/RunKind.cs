using System;
using System.Collections.Generic;
using System.Text;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Interpretation;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Opt;
using Xunit;

namespace Kiln.Codegen.Tests.FileTests;

/// <summary>A way to execute the functions of a file test.</summary>
public interface IRunTarget
{
    /// <summary>What to call it in failures.</summary>
    string Name { get; }

    /// <summary>
    /// Calls a function of the file (they call each other as u0:n, n the position in the file) over zeroed
    /// memory. The outcome is the results, or the trap code.
    /// </summary>
    RunOutcome Run(IReadOnlyList<IrFunction> functions, IrFunction func, IReadOnlyList<RunArgument> args, int memoryByteCount);
}

/// <summary>An argument: a value, or with <see cref="IsMemory"/> the address of the memory plus the value.</summary>
public readonly record struct RunArgument(IrValue Value, bool IsMemory);

/// <summary>How a run ended: results, or a trap.</summary>
public readonly record struct RunOutcome(IrValue[]? Results, TrapCode Trap);

/// <summary>
/// <c>;; run: f(1, mem+8) == 3, 1.5</c> and <c>;; run: f(0) traps 7</c>: calls functions of the file on each
/// target. Header <c>memory = bytes</c>.
/// </summary>
public sealed class RunKind : IFileTestKind
{
    /// <summary>Where functions are run; every directive must hold on each.</summary>
    public static IReadOnlyList<IRunTarget> Targets { get; } =
    [
        new InterpreterTarget("interpreter", OptFlags.None, optimize: false),
        new InterpreterTarget("interpreter after optimisation", OptFlags.All, optimize: true),
        .. WithoutOnePass(),
        .. X64.NativeTarget.All,
    ];

    /// <inheritdoc/>
    public string Name => "run";

    /// <inheritdoc/>
    public string Run(FileTestFile file, FileTestCase one)
    {
        int memory = file.Header.TryGetValue("memory", out string? bytes) ? int.Parse(bytes) : 64;
        int runs = 0;
        foreach ((string key, string value) in one.Directives)
        {
            Assert.Equal("run", key);
            foreach (IRunTarget target in Targets) RunOne(file, target, value, memory);
            runs++;
        }

        Assert.True(runs != 0, "no ;; run: directive follows the function");
        return "";
    }

    private static void RunOne(FileTestFile file, IRunTarget target, string directive, int memory)
    {
        List<IrFunction> functions = IrParser.ParseAll(file.AllInput);
        int open = directive.IndexOf('(', StringComparison.Ordinal), close = directive.IndexOf(')', StringComparison.Ordinal);
        string name = directive[..open].TrimStart('%');
        IrFunction? func = functions.Find(candidate => candidate.Name == name);
        Assert.True(func is not null, $"no function is called {name}");

        string[] argTexts = directive[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        ReadOnlySpan<IrType> types = func.ParamTypes(func.Signature);
        Assert.Equal(types.Length, argTexts.Length);
        var args = new RunArgument[argTexts.Length];
        for (int i = 0; i < args.Length; i++) args[i] = ParseArgument(argTexts[i], types[i]);
        IrType[] resultTypes = func.ResultTypes(func.Signature).ToArray();

        RunOutcome outcome = target.Run(functions, func, args, memory);
        string expectation = directive[(close + 1)..].Trim();
        Assert.True(Matches(outcome, expectation, resultTypes), $"on {target.Name}: {directive}, but it is {Spell(outcome)}");
    }

    private static RunArgument ParseArgument(string text, IrType type)
    {
        if (!text.StartsWith("mem", StringComparison.Ordinal)) return new RunArgument(ParseValue(text, type), false);
        return new RunArgument(ParseValue(text.Length == 3 ? "0" : text[3..].TrimStart('+'), type), true);
    }

    private static IrValue ParseValue(string text, IrType type)
    {
        if (type == IrType.V128)
        {
            Assert.True(VectorText.TryParse(text, out UInt128 vector), $"'{text}' is not a vector");
            return new IrValue(IrType.V128, vector);
        }

        if (text == "nan") text = type == IrType.F32 ? "nan:0x7fc00000" : "nan:0x7ff8000000000000";
        Assert.True(ConstantText.TryParse(text, type, out long imm), $"'{text}' is not {type.Mnemonic()}");
        return IrValue.FromImm(type, imm);
    }

    private static bool Matches(RunOutcome outcome, string expectation, IrType[] types)
    {
        if (expectation.StartsWith("traps", StringComparison.Ordinal)) return outcome.Results is null && outcome.Trap.Number == int.Parse(expectation[5..]);
        if (expectation == "returns") return outcome.Results is not null;
        if (outcome.Results is null) return false;
        Assert.StartsWith("==", expectation, StringComparison.Ordinal);
        string[] texts = expectation[2..].Split(',', StringSplitOptions.TrimEntries);
        Assert.Equal(types.Length, texts.Length);
        for (int i = 0; i < types.Length; i++)
        {
            IrValue result = outcome.Results[i];
            if (texts[i] == "nan" ? !result.IsNaN : result != ParseValue(texts[i], types[i])) return false;
        }

        return true;
    }

    private static string Spell(RunOutcome outcome)
    {
        if (outcome.Results is null) return outcome.Trap.ToString();
        var text = new StringBuilder();
        foreach (IrValue result in outcome.Results) text.Append(text.Length == 0 ? "" : ", ").Append(result);
        return text.ToString();
    }

    private static IEnumerable<IRunTarget> WithoutOnePass()
    {
        foreach (OptPassRow row in OptPassTable.Rows) yield return new InterpreterTarget($"interpreter after optimisation without {row.Name}", OptFlags.All & ~row.Flag, optimize: true);
    }

    private sealed class InterpreterTarget(string name, OptFlags passes, bool optimize) : IRunTarget
    {
        public string Name => name;

        public RunOutcome Run(IReadOnlyList<IrFunction> functions, IrFunction func, IReadOnlyList<RunArgument> args, int memoryByteCount)
        {
            var context = new OptContext();
            foreach (IrFunction one in functions)
            {
                if (optimize) OptimizationPipeline.Run(one, passes, context, verify: true);
            }

            var interpreter = new IrInterpreter(new byte[memoryByteCount], new FileHost(functions));
            var values = new IrValue[args.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = args[i].IsMemory ? IrValue.I64(IrInterpreter.MemoryBase + args[i].Value.Imm) : args[i].Value;
            }

            var results = new IrValue[func.ResultTypes(func.Signature).Length];
            InterpreterEnd end = interpreter.Run(func, values, results);
            Assert.True(end is InterpreterEnd.Returned or InterpreterEnd.Trapped, $"{end}: {interpreter.Misbehaviour}");
            return end == InterpreterEnd.Returned ? new RunOutcome(results, default) : new RunOutcome(null, interpreter.Trap);
        }
    }

    private sealed class FileHost(IReadOnlyList<IrFunction> functions) : IInterpreterHost
    {
        public IrFunction? Find(ExternalName name) => functions[(int)name.Index];

        public void Call(ExternalName name, ReadOnlySpan<IrValue> args, Span<IrValue> results) => throw new InvalidOperationException($"{name} is not in the file");
    }
}
