using System;
using System.Collections.Generic;
using System.Text;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Interpretation;
using Kiln.Codegen.Ir.Semantics;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Opt;
using Kiln.Codegen.Opt.Rules;
using Kiln.Codegen.Tests.X64;
using Xunit;

namespace Kiln.Codegen.Tests.FileTests;

/// <summary>
/// <c>test = rule</c>: optimises with the passes of the header. The output is which rules fired, and the function. Then it
/// runs: unoptimised and optimised code of all kinds, and the optimised function in the interpreter, must do on edge values what
/// the function as written does in the interpreter. Parameters that are addresses of accesses get the address of a memory.
/// </summary>
public sealed class RuleKind : IFileTestKind
{
    // Operands of one function: all combinations up to this many, else a sample.
    private const int MaxRuns = 900;
    private const int MemoryByteCount = 64;

    /// <inheritdoc/>
    public string Name => "rule";

    /// <inheritdoc/>
    public string Run(FileTestFile file, FileTestCase one)
    {
        IrFunction optimized = FileTestKinds.ParseValid(one);
        (SortedSet<Rule> fired, OptFlags passes) = ([], FileTestKinds.PassesOf(file));
        var context = new OptContext();
        context.EGraph.Fired = fired;
        OptimizationPipeline.Run(optimized, passes, context, verify: true);
        CheckRuns(one, optimized);
        return $"rules: {string.Join(", ", fired)}\n{IrPrinter.Print(optimized, IrPrintOptions.Renumber)}";
    }

    /// <summary>The rules that a case's expectation names.</summary>
    internal static IEnumerable<Rule> RulesOf(FileTestCase one)
    {
        string line = one.Expected.Split('\n')[0];
        if (!line.StartsWith("rules:", StringComparison.Ordinal)) yield break;
        foreach (string name in line["rules:".Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) yield return Enum.Parse<Rule>(name);
    }

    private static void CheckRuns(FileTestCase one, IrFunction optimized)
    {
        IrFunction original = IrParser.Parse(one.Input);
        bool makesNaN = MakesNaN(original);
        bool[] isAddress = AddressParams(original);
        IrType[] types = original.ResultTypes(original.Signature).ToArray();
        List<PreparedTarget> targets = [PreparedTarget.Interpreter("the optimised function, interpreted,", optimized), .. PreparedTarget.AllNative(() => IrParser.Parse(one.Input))];
        PreparedTarget reference = PreparedTarget.Interpreter("the function, interpreted,", original);
        foreach (IrValue[] args in Arguments(original, isAddress))
        {
            byte[] expectedMemory = Memory(), memory = Memory();
            RunOutcome expected = reference.Run(args, isAddress, expectedMemory);
            foreach (PreparedTarget target in targets)
            {
                Memory().CopyTo(memory, 0);
                RunOutcome outcome = target.Run(args, isAddress, memory);
                if (Same(outcome, expected, types, makesNaN) && memory.AsSpan().SequenceEqual(expectedMemory)) continue;
                Assert.Fail($"{original.Name}({string.Join(", ", args)}) is {Spell(expected)}, but {target.Name} gives {Spell(outcome)}\n{one.Input}\n{IrPrinter.Print(optimized)}");
            }
        }
    }

    private static byte[] Memory()
    {
        byte[] memory = new byte[MemoryByteCount];
        for (int i = 0; i < memory.Length; i++) memory[i] = (byte)(0x80 + (i * 37));
        return memory;
    }

    // All combinations of edge values if they are few; else each edge value of each parameter among values picked for the others.
    private static IEnumerable<IrValue[]> Arguments(IrFunction func, bool[] isAddress)
    {
        IrType[] types = func.ParamTypes(func.Signature).ToArray();
        var edges = new UInt128[types.Length][];
        long combinations = 1;
        for (int i = 0; i < types.Length; i++)
        {
            edges[i] = isAddress[i] ? [0] : EdgesOf(types[i]);
            combinations = Math.Min(combinations * edges[i].Length, MaxRuns + 1);
        }

        var random = new Random(1);
        for (int run = 0; run < Math.Min(combinations, MaxRuns); run++)
        {
            var args = new IrValue[types.Length];
            int rest = run;
            for (int i = 0; i < args.Length; i++)
            {
                int pick = combinations <= MaxRuns ? rest % edges[i].Length : random.Next(edges[i].Length);
                rest /= edges[i].Length;
                args[i] = new IrValue(types[i], edges[i][pick]);
            }

            // Equal operands are an edge of their own.
            if (combinations > MaxRuns && run % 8 == 0 && args.Length > 1 && types[0] == types[1] && !isAddress[0]) args[1] = args[0];
            yield return args;
        }
    }

    private static UInt128[] EdgesOf(IrType type)
    {
        if (type != IrType.V128) return Array.ConvertAll(EdgeValues.Of(type), value => type is IrType.I32 or IrType.F32 ? (UInt128)(uint)value : (ulong)value);
        return [0, UInt128.MaxValue, .. LaneVectors.Of(Opcode.Viadd, LaneShape.I32x4), .. LaneVectors.Of(Opcode.Vfadd, LaneShape.F32x4), .. LaneVectors.Of(Opcode.Vfadd, LaneShape.F64x2)];
    }

    private static bool[] AddressParams(IrFunction func)
    {
        Block entry = func.Layout.EntryBlock;
        Value[] parameters = func.Dfg.Params(entry).ToArray();
        var isAddress = new bool[parameters.Length];
        foreach (Inst inst in func.Layout.Insts(entry))
        {
            if ((func.Dfg.Op(inst).Effects() & (Effects.Load | Effects.Store)) == 0) continue;
            int index = Array.IndexOf(parameters, func.Dfg.Insts[inst].A);
            if (index >= 0) isAddress[index] = true;
        }

        return isAddress;
    }

    // Which NaN arithmetic makes is the machine's business.
    private static bool MakesNaN(IrFunction func)
    {
        foreach (Inst inst in func.Layout.Insts(func.Layout.EntryBlock))
        {
            if (func.Dfg.Op(inst) is Opcode.Fadd or Opcode.Fsub or Opcode.Fmul or Opcode.Fdiv or Opcode.Fmin or Opcode.Fmax or Opcode.Fsqrt
                or Opcode.Fceil or Opcode.Ffloor or Opcode.Ftrunc or Opcode.Fnearest or Opcode.Fpromote or Opcode.Fdemote
                || VectorSemantics.MakesNaN(func.Dfg.Op(inst))) return true;
        }

        return false;
    }

    private static bool Same(RunOutcome found, RunOutcome expected, IrType[] types, bool makesNaN)
    {
        if (found.Results is null || expected.Results is null) return found.Results == expected.Results && found.Trap == expected.Trap;
        for (int i = 0; i < types.Length; i++)
        {
            IrValue a = found.Results[i], b = expected.Results[i];
            if (a != b && !(makesNaN && AreNaNs(types[i], a, b))) return false;
        }

        return true;
    }

    // Vectors: in all lanes where they differ, of one width.
    private static bool AreNaNs(IrType type, IrValue a, IrValue b)
    {
        if (type != IrType.V128) return type.IsFloat() && a.IsNaN && b.IsNaN;
        bool singles = true, doubles = true;
        for (int lane = 0; lane < 4; lane++)
        {
            (uint x, uint y) = ((uint)(a.Bits >> (32 * lane)), (uint)(b.Bits >> (32 * lane)));
            singles &= x == y || (float.IsNaN(BitConverter.UInt32BitsToSingle(x)) && float.IsNaN(BitConverter.UInt32BitsToSingle(y)));
        }

        for (int lane = 0; lane < 2; lane++)
        {
            (ulong x, ulong y) = ((ulong)(a.Bits >> (64 * lane)), (ulong)(b.Bits >> (64 * lane)));
            doubles &= x == y || (double.IsNaN(BitConverter.UInt64BitsToDouble(x)) && double.IsNaN(BitConverter.UInt64BitsToDouble(y)));
        }

        return singles || doubles;
    }

    private static string Spell(RunOutcome outcome) => outcome.Results is null ? outcome.Trap.ToString() : string.Join(", ", outcome.Results);
}
