using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Ir.Verification;
using Kiln.Foundation.Diagnostics;
using Xunit;

namespace Kiln.Codegen.Tests.Ir;

public sealed class FunctionBuilderTests
{
    private readonly IrFunction _func = new();
    private readonly FunctionBuilder _b = new();

    private Value Begin(out Block entry)
    {
        _func.Clear();
        _func.Signature = _func.AddSignature([IrType.I32], [IrType.I32]);
        _b.Begin(_func);
        entry = _b.CreateEntryBlock();
        return _b.BlockParams(entry)[0];
    }

    private string Finish()
    {
        _b.Finish();
        var verifier = new IrVerifier();
        Assert.True(verifier.Verify(_func), verifier.Report() + IrPrinter.Print(_func));
        return IrPrinter.Print(_func, IrPrintOptions.Renumber);
    }

    [Fact]
    public void UseVar_OneDefinitionReachesJoin_MakesNoParameter()
    {
        Value x = Begin(out _);
        Variable variable = _b.DeclareVariable(IrType.I32);
        _b.DefVar(variable, x);
        Block then = _b.CreateBlock(), join = _b.CreateBlock();
        _b.Brif(x, then, join);
        _b.SealBlock(then);
        _b.SwitchToBlock(then);
        _b.Jump(join);
        _b.SealBlock(join);
        _b.SwitchToBlock(join);
        Assert.Equal(x, _b.UseVar(variable));
        _b.Return([x]);
        Assert.Equal(0, _func.Dfg.Params(join).Length);
        Finish();
    }

    [Fact]
    public void UseVar_TwoDefinitionsMeet_MakesAParameter()
    {
        Value x = Begin(out _);
        Variable variable = _b.DeclareVariable(IrType.I32);
        Block then = _b.CreateBlock(), join = _b.CreateBlock();
        _b.DefVar(variable, x);
        _b.Brif(x, then, join);
        _b.SealBlock(then);
        _b.SwitchToBlock(then);
        _b.DefVar(variable, _b.I32Const(5));
        _b.Jump(join);
        _b.SealBlock(join);
        _b.SwitchToBlock(join);
        _b.Return([_b.UseVar(variable)]);
        Assert.Equal(
            "function %f(i32) -> i32 {\nblock1(v1: i32):\n    brif v1, block2, block3(v1)\nblock2:\n    v2 = iconst.i32 5\n"
            + "    jump block3(v2)\nblock3(v3: i32):\n    return v3\n}\n",
            Finish());
    }

    [Fact]
    public void UseVar_LoopThatDoesNotWrite_DropsTheParameterWhenSealed()
    {
        Value x = Begin(out _);
        Variable kept = _b.DeclareVariable(IrType.I32), counter = _b.DeclareVariable(IrType.I32);
        _b.DefVar(kept, x);
        _b.DefVar(counter, x);
        Block header = _b.CreateBlock(), exit = _b.CreateBlock();
        _b.Jump(header);
        _b.SwitchToBlock(header);
        Value sum = _b.Iadd(_b.UseVar(counter), _b.UseVar(kept));
        _b.DefVar(counter, sum);
        _b.Brif(sum, header, exit);
        _b.SealBlock(header);
        _b.SealBlock(exit);
        _b.SwitchToBlock(exit);
        _b.Return([_b.UseVar(kept)]);
        Assert.Equal(
            "function %f(i32) -> i32 {\nblock1(v1: i32):\n    jump block2(v1)\nblock2(v2: i32):\n    v3 = iadd.i32 v2, v1\n"
            + "    brif v3, block2(v3), block3\nblock3:\n    return v1\n}\n",
            Finish());
    }

    [Fact]
    public void UseVar_NeverWritten_IsZero()
    {
        Begin(out _);
        Variable variable = _b.DeclareVariable(IrType.I32);
        _b.Return([_b.UseVar(variable)]);
        Assert.Contains("iconst.i32 0", Finish(), StringComparison.Ordinal);
    }

    [Fact]
    public void UseVar_InLoopThatControlNeverEnters_IsZero()
    {
        Value x = Begin(out _);
        Variable variable = _b.DeclareVariable(IrType.I32);
        _b.DefVar(variable, x);
        _b.Return([x]);
        Block header = _b.CreateBlock(), back = _b.CreateBlock();
        _b.SwitchToBlock(header);
        Value read = _b.UseVar(variable);
        _b.Jump(back);
        _b.SealBlock(back);
        _b.SwitchToBlock(back);
        _b.DefVar(variable, _b.UseVar(variable));
        _b.Jump(header);
        _b.SealBlock(header);
        Assert.Equal(Opcode.Iconst, _func.Dfg.Op(_func.Dfg.DefInst(_func.Dfg.Resolve(read))));
        Finish();
    }

    [Fact]
    public void UseVar_CycleOfSealedSinglePredecessors_Ends()
    {
        Value x = Begin(out _);
        Variable variable = _b.DeclareVariable(IrType.I32);
        _b.Return([x]);
        Block one = _b.CreateBlock(), two = _b.CreateBlock();
        _b.SwitchToBlock(one);
        _b.Jump(two);
        _b.SwitchToBlock(two);
        _b.Jump(one);
        _b.SealAllBlocks();
        _b.SwitchToBlock(two);
        _func.Layout.Remove(_func.Layout.Last(two));
        _b.SwitchToBlock(two);
        _b.UseVar(variable);
        _b.Return([x]);
        _b.Finish();
    }

    // A ladder of joins, with the only definition at the top and the only read at the bottom: recursion would
    // be as deep as the ladder.
    [Fact]
    public void UseVar_HundredThousandJoinsDeep_DoesNotOverflowTheStack()
    {
        Value x = Begin(out _);
        Variable variable = _b.DeclareVariable(IrType.I32);
        _b.DefVar(variable, x);
        for (int i = 0; i < 50_000; i++)
        {
            Block then = _b.CreateBlock(), join = _b.CreateBlock();
            _b.Brif(x, then, join);
            _b.SealBlock(then);
            _b.SwitchToBlock(then);
            _b.Jump(join);
            _b.SealBlock(join);
            _b.SwitchToBlock(join);
        }

        Assert.Equal(x, _b.UseVar(variable));
        _b.Return([x]);
        Finish();
    }

    [Fact]
    public void BrTable_SameTargetTwice_PassesTheArgumentOnEachEdge()
    {
        Value x = Begin(out _);
        Variable variable = _b.DeclareVariable(IrType.I32);
        Block other = _b.CreateBlock(), join = _b.CreateBlock();
        _b.DefVar(variable, x);
        _b.BrTable(x, [join, other, join], join);
        Assert.Equal(3, _b.PredecessorCount(join));
        _b.SealBlock(other);
        _b.SwitchToBlock(other);
        _b.DefVar(variable, _b.I32Const(1));
        _b.Jump(join);
        _b.SealBlock(join);
        _b.SwitchToBlock(join);
        _b.Return([_b.UseVar(variable)]);
        Finish();
        Assert.Equal(1, _func.Dfg.Params(join).Length);
    }

    [Fact]
    public void Emit_AfterTerminator_IsABug()
    {
        Value x = Begin(out _);
        _b.Return([x]);
        Assert.True(_b.IsTerminated);
        Assert.Throws<EngineBug>(() => _b.I32Const(1));
    }

    [Fact]
    public void Build_SameFunctionAgain_AllocatesNothing()
    {
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            UseVarLoops();
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round == 2) Assert.Equal(0, allocated);
        }
    }

    private void UseVarLoops()
    {
        Value x = Begin(out _);
        Span<Variable> variables = stackalloc Variable[40];
        foreach (ref Variable variable in variables)
        {
            variable = _b.DeclareVariable(IrType.I32);
            _b.DefVar(variable, x);
        }

        for (int i = 0; i < 20; i++)
        {
            Block header = _b.CreateBlock(), exit = _b.CreateBlock();
            _b.Jump(header);
            _b.SwitchToBlock(header);
            foreach (Variable variable in variables) _b.DefVar(variable, _b.Iadd(_b.UseVar(variable), x));
            _b.Brif(x, header, exit);
            _b.SealBlock(header);
            _b.SealBlock(exit);
            _b.SwitchToBlock(exit);
        }

        _b.Return([_b.UseVar(variables[0])]);
        _b.Finish();
    }
}
