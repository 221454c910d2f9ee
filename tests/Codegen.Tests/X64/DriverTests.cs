using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Machine;
using Xunit;

namespace Kiln.Codegen.Tests.X64;

/// <summary>The driver: reuse of a context, determinism, allocation, frames.</summary>
public sealed class DriverTests
{
    private static readonly CodegenOptions Fast = new() { Features = CpuFeatures.All };

    [Fact]
    public void X64Inst_Size_Is32Bytes() => Assert.Equal(32, Unsafe.SizeOf<X64Inst>());

    [Fact]
    public void Compile_SameFunctionAfterOthers_GivesSameBytes()
    {
        var shared = new CompilationContext();
        for (int seed = 500; seed < 520; seed++)
        {
            byte[] alone = FunctionCompiler.Compile(RandomIr.Build(seed), Fast, new CompilationContext()).Code.ToArray();
            byte[] first = FunctionCompiler.Compile(RandomIr.Build(seed), Fast, shared).Code.ToArray();
            byte[] again = FunctionCompiler.Compile(RandomIr.Build(seed), Fast, shared).Code.ToArray();
            Assert.Equal(alone, first);
            Assert.Equal(first, again);
        }
    }

    [Fact]
    public void Compile_WithWarmContext_AllocatesNothing()
    {
        var context = new CompilationContext();
        CodegenOptions options = Fast with { Optimization = OptimizationLevel.None };
        IrFunction function = RandomIr.Build(77);
        for (int i = 0; i < 40; i++) FunctionCompiler.Compile(function, options, context);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) FunctionCompiler.Compile(function, options, context);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Compile_Tables_AscendAndLieInsideTheCode()
    {
        var context = new CompilationContext();
        for (int seed = 600; seed < 630; seed++)
        {
            IrFunction callee = RandomIr.Build(seed + 1000);
            CompiledFunction result = FunctionCompiler.Compile(RandomIr.Build(seed, callee), Fast, context);
            uint last = 0;
            foreach (TrapRecord trap in result.Traps)
            {
                Assert.True(trap.Offset.Value >= last && trap.Offset.Value < result.InstructionBytes);
                last = trap.Offset.Value + 1;
            }

            last = 0;
            foreach (AddressMapEntry entry in result.AddressMap)
            {
                Assert.True(entry.Offset.Value >= last && entry.Offset.Value <= result.InstructionBytes);
                last = entry.Offset.Value + 1;
            }

            last = 0;
            foreach (Relocation relocation in result.Relocations)
            {
                Assert.True(relocation.Offset.Value >= last && relocation.Offset.Value + 4 <= result.InstructionBytes);
                last = relocation.Offset.Value + 4;
            }

            Assert.True(result.FrameSize == 0 || result.FrameSize % 16 == 8);
            Assert.True(result.PrologueEnd.Value <= result.InstructionBytes);
        }
    }

    [Fact]
    public void Frame_LargerThanThreshold_TouchesEveryPage()
    {
        var function = new IrFunction { Name = "large" };
        function.Signature = function.AddSignature([IrType.I64], [IrType.I64]);
        StackSlot slot = function.AddStackSlot(5 * 4096, 16);
        var b = new FunctionBuilder();
        b.Begin(function);
        Block entry = b.CreateEntryBlock();
        Value address = b.StackAddr(slot, 4 * 4096);
        b.Store(MemFlags.Trusted(default), b.BlockParams(entry)[0], address, 0);
        b.Return([b.Load(IrType.I64, MemFlags.Trusted(default), address, 0)]);
        var context = new CompilationContext();
        NativeFunction native = NativeFunction.Compile(b.Finish(), context: context);
        Assert.Equal(42, native.Call(42).Values[0]);
        string assembly = context.PrintAssembly();
        for (int page = 1; page <= 5; page++) Assert.Contains($"test [rsp-0x{page * 4096:x}], al", assembly, StringComparison.Ordinal);
        Assert.DoesNotContain("[rsp-0x6000]", assembly, StringComparison.Ordinal);
    }
}
