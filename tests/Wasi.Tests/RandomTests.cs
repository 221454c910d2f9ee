using System;
using System.Linq;
using Xunit;

namespace Kiln.Wasi.Tests;

public sealed class RandomTests : IDisposable
{
    private const int Success = 0, Fault = 21;

    private readonly Engine _engine = new();
    private readonly Store _store;

    public RandomTests() => _store = new Store(_engine);

    public void Dispose()
    {
        _store.Dispose();
        _engine.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData((2 << 20) + 3)]
    public void RandomGet_InBounds_ChangesExactlyTheBytesAskedFor(int count)
    {
        Instance guest = Instantiate(new WasiOptions());
        const int at = 100;
        byte[] changed = new byte[count];
        // A random byte is 0 once in 256 times, one of ten hardly ever.
        for (int round = 0; round < 10; round++)
        {
            Assert.Equal(Success, Ask(guest, at, count));
            Span<byte> memory = guest.GetMemory("memory")!.Span;
            Assert.Equal(-1, memory[..at].IndexOfAnyExcept((byte)0));
            Assert.Equal(-1, memory[(at + count)..].IndexOfAnyExcept((byte)0));
            for (int i = 0; i < count; i++) changed[i] |= memory[at + i];
            memory.Slice(at, count).Clear();
        }

        Assert.DoesNotContain((byte)0, changed);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(40 * 65536 - 1, 2)]
    public void RandomGet_OutOfBounds_IsAFault(int at, int count) => Assert.Equal(Fault, Ask(Instantiate(new WasiOptions()), at, count));

    [Fact]
    public void RandomGet_Twice_GivesOtherBytes()
    {
        Instance guest = Instantiate(new WasiOptions());
        Ask(guest, 0, 16);
        Ask(guest, 16, 16);
        Span<byte> memory = guest.GetMemory("memory")!.Span;
        Assert.NotEqual(memory[..16].ToArray(), memory[16..32].ToArray());
    }

    [Fact]
    public void RandomGet_Deterministic_GivesTheBytesOfTheGivenSource()
    {
        Instance guest = Instantiate(new WasiOptions { Random = new Random(7) });
        Ask(guest, 0, 32);
        byte[] expected = new byte[32];
        new Random(7).NextBytes(expected);
        Assert.Equal(expected, guest.GetMemory("memory")!.Span[..32].ToArray());
    }

    private static int Ask(Instance guest, int at, int count) => guest.GetFunc("ask")!.Call(at, count).Single().AsInt32();

    private Instance Instantiate(WasiOptions options)
    {
        _store.Data = new WasiContext(_store, options);
        var linker = new Linker(_engine);
        linker.DefineWasi(static store => (WasiContext)store.Data!);
        return linker.Instantiate(_store, Module.CompileText(_engine, """
            (module
              (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
              (memory (export "memory") 40)
              (func (export "ask") (param i32 i32) (result i32) (call $random_get (local.get 0) (local.get 1))))
            """));
    }
}
