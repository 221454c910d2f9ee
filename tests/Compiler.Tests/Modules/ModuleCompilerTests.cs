using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Linq;
using System.Text;
using System.Threading;
using Kiln.Compiler.Explain;
using Kiln.Contract;
using Kiln.Contract.Artifact;
using Kiln.Wasm;
using Kiln.Wasm.Types;
using Xunit;

namespace Kiln.Compiler.Tests.Modules;

public sealed class ModuleCompilerTests
{
    private static readonly CompileOptions Checked = new() { Threads = 1, VerifyIr = true, CheckAllocation = true };

    [Fact]
    public void Compile_WithAnyThreadCountAndOrder_GivesTheSameBytes()
    {
        byte[] wasm = SampleModules.CallGraph(200);
        CompileOptions options = new();
        ReadOnlyMemory<byte> expected = new ModuleCompiler().Compile(wasm, options with { Threads = 1 }).File;
        foreach (int threads in (int[])[1, 2, 4])
        {
            foreach (int? seed in (int?[])[null, 1, 2])
            {
                ModuleCompiler compiler = new() { ShuffleSeed = seed };
                Assert.True(expected.Span.SequenceEqual(compiler.Compile(wasm, options with { Threads = threads }).File.Span));
            }
        }
    }

    // What a worker's maps still hold of larger functions must not show.
    [Fact]
    public void Compile_OfUnrolledLoopsAfterLargerFunctions_GivesTheSameBytes()
    {
        byte[] all = SampleModules.SmallLoops(30), last = SampleModules.SmallLoops(1);
        ModuleCompiler compiler = new();
        compiler.Compile(all, Checked with { Threads = 1 });
        Assert.True(new ModuleCompiler().Compile(last, Checked).File.Span.SequenceEqual(compiler.Compile(last, Checked with { Threads = 1 }).File.Span));
        ReadOnlyMemory<byte> expected = new ModuleCompiler { ShuffleSeed = 1 }.Compile(all, Checked with { Threads = 1 }).File;
        for (int seed = 2; seed < 6; seed++) Assert.True(expected.Span.SequenceEqual(new ModuleCompiler { ShuffleSeed = seed }.Compile(all, Checked with { Threads = 1 }).File.Span));
    }

    [Fact]
    public void Compile_WithUsedWorkers_GivesTheSameBytes()
    {
        byte[] wasm = SampleModules.CallGraph(40);
        ModuleCompiler compiler = new();
        ModuleArtifact first = compiler.Compile(wasm, Checked);
        compiler.Compile(SampleModules.CallGraph(70), Checked);
        Assert.Throws<ModuleException>(() => compiler.Compile(SampleModules.Of("(func (result i32) (loop (br 0)) (block (f32.const 0) drop) i64.const 1)"), Checked));
        Assert.True(first.File.Span.SequenceEqual(compiler.Compile(wasm, Checked).File.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fuel=1")]
    [InlineData("interruption=0")]
    [InlineData("canonical-nans=1")]
    [InlineData("relaxed-simd-deterministic=1")]
    [InlineData("optimize=0")]
    [InlineData("force-veneers=1")]
    [InlineData("function-padding=5000")]
    [InlineData("feature-mask=0")]
    [InlineData("memory-guard=4096")]
    public void Compile_WithTunable_GivesAnArtifactThatVerifies(string setting)
    {
        Tunables tunables = new();
        if (setting.Length != 0) tunables = tunables.With(setting.Split('=')[0], setting.Split('=')[1]);
        ModuleArtifact made = new ModuleCompiler().Compile(SampleModules.CallGraph(30), Checked with { Tunables = tunables });
        ModuleArtifact read = ArtifactReader.Read(made.File);
        Assert.Equal(tunables, read.Tunables);
        Assert.Equal(31u, read.FunctionCount);
        Assert.Equal(1u, read.ImportedFunctionCount);
        Assert.Equal("f3", read.FunctionName(4));
        Assert.NotEqual(0, read.Traps.Length);
        Assert.NotEqual(0, read.Addresses.Length);
        Artifact.ArtifactSample.Touch(read);
        read.CheckUsable(CompileTarget.Host, tunables);
    }

    [Fact]
    public void Compile_WithForcedVeneers_RoutesEveryDirectCallThroughOne()
    {
        byte[] wasm = SampleModules.Of("(func $a (result i32) (call $b)) (func $b (result i32) (i32.const 7)) (func $c (result i32) (call $b))");
        ModuleArtifact near = new ModuleCompiler().Compile(wasm, Checked with { Tunables = new() { Inline = false } });
        ModuleArtifact far = new ModuleCompiler().Compile(wasm, Checked with { Tunables = new() { Inline = false, ForceVeneers = true } });

        Assert.DoesNotContain(near.Code.ToArray(), range => range.Kind == CodeKind.Veneer);
        CodeRange veneer = Assert.Single(far.Code.ToArray(), range => range.Kind == CodeKind.Veneer);
        Assert.Equal(1u, veneer.Index);

        // The veneer is jmp rel32 to the function, and no call goes to the function itself.
        ReadOnlySpan<byte> text = far.Text.Span;
        uint target = far.FunctionCode(1).CodeOffset;
        Assert.Equal(0xE9, text[(int)veneer.CodeOffset]);
        Assert.Equal(target, veneer.CodeOffset + 5 + (uint)BinaryPrimitives.ReadInt32LittleEndian(text[((int)veneer.CodeOffset + 1)..]));
        Assert.Contains(veneer.CodeOffset, CallTargets(far, 0));
        Assert.Contains(veneer.CodeOffset, CallTargets(far, 2));
        Assert.DoesNotContain(target, CallTargets(far, 0));
        Assert.Contains(near.FunctionCode(1).CodeOffset, CallTargets(near, 0));
    }

    [Fact]
    public void Compile_WithPadding_KeepsFunctionsApart()
    {
        ModuleArtifact artifact = new ModuleCompiler().Compile(SampleModules.Of("(func) (func) (func)"), Checked with { Tunables = new() { FunctionPadding = 100 } });
        Assert.True(artifact.FunctionCode(1).CodeOffset - artifact.FunctionCode(0).End >= 100);
        Assert.True(artifact.FunctionCode(2).CodeOffset - artifact.FunctionCode(1).End >= 100);
    }

    [Fact]
    public void Compile_EmptyModule_GivesAnEmptyText()
    {
        ModuleArtifact artifact = new ModuleCompiler().Compile(SampleModules.Of(""), Checked);
        Assert.Equal(0u, artifact.FunctionCount);
        Assert.Equal(0, artifact.Text.Length);
        ArtifactReader.Read(artifact.File);
    }

    [Fact]
    public void Compile_Module_KeepsItsDescriptionAndDropsItsCode()
    {
        byte[] wasm = SampleModules.Of("(func $f (export \"f\") nop nop nop nop) (memory 1) (data (i32.const 0) \"abc\")");
        ModuleArtifact artifact = new ModuleCompiler().Compile(wasm, Checked);
        Wasm.Modules.WasmModule module = Wasm.Decoding.ModuleDecoder.Decode(artifact.Module, FeatureSet.All, new() { BodiesStripped = true });
        Assert.Single(module.Functions);
        Assert.Single(module.Exports);
        Assert.Single(module.Data);
        Assert.Empty(module.Bodies);
        Assert.Equal("f", module.Names.Function(0));
        Assert.True(artifact.Module.Length < wasm.Length);
    }

    [Fact]
    public void Compile_Types_GetTheTrampolinesTheyNeed()
    {
        ModuleArtifact artifact = new ModuleCompiler().Compile(
            SampleModules.Of("""
                (type $unused (func (param f64)))
                (type $exported (func (param i32)))
                (type $imported (func (param i64) (result f32)))
                (type $referred (func (param funcref) (result f32)))
                (type $started (func))
                (import "m" "f" (func (type $imported)))
                (func (export "g") (type $exported))
                (func $h (type $referred) (f32.const 0))
                (func $s (type $started))
                (func $inner (type $unused))
                (elem declare func $h)
                (start $s)
                """), Checked);
        TrampolineRow[] rows = artifact.Trampolines.ToArray();
        Assert.Equal([true, false, true, false, false], rows.Select(row => row.EntryOffset == TrampolineRow.None));
        Assert.Equal([true, true, false, true, true], rows.Select(row => row.ExitOffset == TrampolineRow.None));
        Assert.Equal(4, artifact.Code.ToArray().Count(range => range.Kind is CodeKind.EntryTrampoline or CodeKind.ExitTrampoline));
        ArtifactReader.Read(artifact.File);
    }

    [Fact]
    public void Compile_SameMachineTypesTwice_SharesTrampolines()
    {
        ModuleArtifact artifact = new ModuleCompiler().Compile(
            SampleModules.Of("(func (export \"a\") (param i64)) (func (export \"b\") (param funcref)) (func (export \"c\") (param f32))"), Checked);
        TrampolineRow[] rows = artifact.Trampolines.ToArray();
        Assert.Equal(rows[0].EntryOffset, rows[1].EntryOffset);
        Assert.NotEqual(rows[0].EntryOffset, rows[2].EntryOffset);
    }

    [Fact]
    public void CompileTrampolines_OfTypes_GivesOneRowEach()
    {
        FuncType[] types = [new([], []), new([ValType.I32, ValType.F64], [ValType.I64, ValType.F32]), new([ValType.ExternRef], [ValType.FuncRef])];
        ModuleArtifact artifact = ArtifactReader.Read(new ModuleCompiler().CompileTrampolines(types, Checked).File);
        Assert.Equal(3, artifact.Trampolines.Length);
        Assert.Equal(0u, artifact.FunctionCount);
        foreach (TrampolineRow row in artifact.Trampolines)
        {
            Assert.Equal(CodeKind.EntryTrampoline, artifact.Code[CodeLookup.Find(artifact.Code, row.EntryOffset)].Kind);
            Assert.Equal(CodeKind.ExitTrampoline, artifact.Code[CodeLookup.Find(artifact.Code, row.ExitOffset)].Kind);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Compile_WithSeveralBadFunctions_ReportsTheFirstInvalidOne(int threads)
    {
        string good = "(func (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))";
        string fields = string.Concat(Enumerable.Repeat(good, 300)) + "(func (drop (v128.const i64x2 0 0)))" + good
            + "(func (result i32))" + string.Concat(Enumerable.Repeat(good, 300)) + "(func (result i64) (i32.const 1))";
        byte[] wasm = SampleModules.Of(fields);
        ModuleException error = Assert.Throws<ModuleException>(() => new ModuleCompiler().Compile(wasm, Checked with { Threads = threads }));
        Assert.Equal(302u, error.FunctionIndex);
    }

    [Fact]
    public void Compile_Cancelled_Stops()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new ModuleCompiler().Compile(SampleModules.CallGraph(4), Checked, source.Token));
    }

    [Theory]
    [InlineData(nameof(CompileLimits.ModuleBytes))]
    [InlineData(nameof(CompileLimits.Functions))]
    [InlineData(nameof(CompileLimits.FunctionBytes))]
    [InlineData(nameof(CompileLimits.FunctionValues))]
    [InlineData(nameof(CompileLimits.Time))]
    public void Compile_OverLimit_IsRefused(string limit)
    {
        CompileLimits limits = limit switch
        {
            nameof(CompileLimits.ModuleBytes) => new() { ModuleBytes = 20 },
            nameof(CompileLimits.Functions) => new() { Functions = 3 },
            nameof(CompileLimits.FunctionBytes) => new() { FunctionBytes = 10 },
            nameof(CompileLimits.FunctionValues) => new() { FunctionValues = 20 },
            _ => new() { Time = TimeSpan.Zero },
        };
        CompileLimitException error = Assert.Throws<CompileLimitException>(() => new ModuleCompiler().Compile(SampleModules.CallGraph(4), Checked with { Limits = limits }));
        Assert.Equal(limit, error.Limit);
    }

    [Fact]
    public void Compile_NestedLoopsOverManyLocals_IsRefusedInsteadOfSlow()
    {
        const int Loops = 2000;
        const int Locals = 2000;
        StringBuilder body = new();
        body.Append("(func (local");
        for (int i = 0; i < Locals; i++) body.Append(" i32");
        body.Append(')');
        for (int i = 0; i < Loops; i++) body.Append("loop ");
        for (int i = 0; i < Locals; i++) body.Append($"local.get {i} drop ");
        for (int i = 0; i < Loops; i++) body.Append("end ");
        byte[] wasm = SampleModules.Of(body.Append(')').ToString());
        CompileLimitException error = Assert.Throws<CompileLimitException>(
            () => new ModuleCompiler().Compile(wasm, Checked with { Limits = new() { FunctionValues = 1_000_000 } }));
        Assert.Equal(nameof(CompileLimits.FunctionValues), error.Limit);
    }

    [Fact]
    public void Compile_WithProgress_ReportsPhasesAndAllFunctions()
    {
        Recorder recorder = new();
        new ModuleCompiler().Compile(SampleModules.CallGraph(250), Checked with { Threads = 2, Progress = recorder });
        Assert.Equal([CompilePhase.Decode, CompilePhase.Functions, CompilePhase.Link, CompilePhase.Write], recorder.Phases);
        Assert.Equal(250, recorder.Done.Last());
        Assert.Equal(recorder.Done.Order(), recorder.Done);
        Assert.Equal(250, recorder.Timings.FunctionCount);
        Assert.True(recorder.Timings.CodegenCpu > TimeSpan.Zero);
    }

    // The second is as large as needed to make several threads read the bodies for the call graph.
    [Fact]
    public void Compile_OfALargeModule_WithAnyThreadCount_GivesTheSameBytes()
    {
        byte[] wasm = SampleModules.CallGraph(6000);
        CompileOptions options = new();
        Assert.True(wasm.Length > 150_000, $"{wasm.Length} bytes");
        ReadOnlyMemory<byte> expected = new ModuleCompiler().Compile(wasm, options with { Threads = 1 }).File;
        foreach (int threads in (int[])[2, 3]) Assert.True(expected.Span.SequenceEqual(new ModuleCompiler().Compile(wasm, options with { Threads = threads }).File.Span));
    }

    [Fact]
    public void Compile_FunctionsThatAreInlinedEverywhere_GetNoCode()
    {
        ModuleArtifact artifact = new ModuleCompiler().Compile(
            SampleModules.Of("""
                (table 1 funcref)
                (elem (i32.const 0) $in_table)
                (func $leaf (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
                (func $middle (param i32) (result i32) (call $leaf (call $leaf (local.get 0))))
                (func $in_table (param i32) (result i32) (local.get 0))
                (func $exported (export "exported") (param i32) (result i32) (local.get 0))
                (func $tail_called (param i32) (result i32) (local.get 0))
                (func $unused (param i32) (result i32) (local.get 0))
                (func $recursive (param i32) (result i32) (if (result i32) (local.get 0) (then (call $recursive (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 1))))
                (func $started (if (call $middle (i32.const 1)) (then (drop (call $in_table (call $exported (call $tail_called (call $recursive (i32.const 3)))))))))
                (func $caller (export "caller") (param i32) (result i32) (call $started) (return_call $tail_called (call $middle (local.get 0))))
                (start $started)
                """),
            Checked with { Tunables = new() { FunctionPadding = 64 } });
        for (uint function = 0; function < artifact.FunctionCount; function++)
        {
            string name = artifact.FunctionName(function)!;
            Assert.True((artifact.FunctionCode(function).Length == 0) == name is "leaf" or "middle", name);
        }

        ArtifactReader.Read(artifact.File);
        Artifact.ArtifactSample.Touch(artifact);
    }

    [Fact]
    public void Compile_WithAnInvalidFunctionThatIsInlined_BlamesThatFunction()
    {
        byte[] wasm = SampleModules.Of("(func $caller (export \"f\") (call $callee)) (func $callee (drop (i32.add (i64.const 1) (i32.const 2))))");
        ModuleException expected = Assert.Throws<ModuleException>(() => new ModuleCompiler().Compile(wasm, Checked with { Tunables = new() { Inline = false } }));
        ModuleException error = Assert.Throws<ModuleException>(() => new ModuleCompiler().Compile(wasm, Checked));
        Assert.Equal(expected.Message, error.Message);
    }

    [Fact]
    public void Explain_OfFunction_ShowsEveryStage()
    {
        byte[] wasm = SampleModules.Of("(func $other) (func $double (param i32) (result i32) (i32.add (local.get 0) (local.get 0)))");
        FunctionExplanation explanation = FunctionExplainer.Explain(wasm, 1, Checked);
        Assert.Equal("double", explanation.Name);
        Assert.Contains("iadd.i32", explanation.Ir);
        Assert.Contains("%double", explanation.OptimizedIr);
        Assert.NotEmpty(explanation.VCode!);
        Assert.NotEmpty(explanation.Allocation!);
        Assert.Contains("ret", explanation.Assembly);
        Assert.Throws<ArgumentOutOfRangeException>(() => FunctionExplainer.Explain(wasm, 2, Checked));
    }

    // Targets of call rel32 in a function, found by their opcode byte; may contain others by accident.
    private static uint[] CallTargets(ModuleArtifact artifact, uint function)
    {
        CodeRange range = artifact.FunctionCode(function);
        byte[] code = artifact.Text.Slice((int)range.CodeOffset, (int)range.Length).ToArray();
        return Enumerable.Range(0, Math.Max(0, code.Length - 4))
            .Where(at => code[at] == 0xE8)
            .Select(at => range.CodeOffset + (uint)at + 5 + (uint)BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at + 1)))
            .ToArray();
    }

    private sealed class Recorder : ICompileProgress
    {
        public ConcurrentQueue<CompilePhase> Phases { get; } = [];

        public ConcurrentQueue<int> Done { get; } = [];

        public CompileTimings Timings { get; private set; }

        public void OnPhase(CompilePhase phase) => Phases.Enqueue(phase);

        public void OnFunctions(int done, int total) => Done.Enqueue(done);

        public void OnDone(in CompileTimings timings) => Timings = timings;
    }
}
