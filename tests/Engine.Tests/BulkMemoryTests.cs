using System;
using Xunit;

namespace Kiln.Tests;

/// <summary>memory.copy and memory.fill at edges of the memory; <see cref="BulkRoutineTests"/> has lengths and overlaps.</summary>
public sealed class BulkMemoryTests : IDisposable
{
    private const int Length = 64 * 65536;

    private readonly TestStore _test = new();
    private readonly Instance _instance;
    private readonly byte[] _model = new byte[Length];

    public BulkMemoryTests()
    {
        _instance = _test.Instantiate("""
            (module
              (memory (export "memory") 64)
              (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
              (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2))))
            """);
        new Random(1).NextBytes(_model);
        _model.CopyTo(_instance.DefaultMemory!.Span);
    }

    public void Dispose() => _test.Dispose();

    private void Same() => Assert.True(_model.AsSpan().SequenceEqual(_instance.DefaultMemory!.Span), "the memory differs from the model");

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(10, 20, 0)]
    [InlineData(10, 11, 100)]
    [InlineData(11, 10, 100)]
    [InlineData(0, Length - 17, 17)]
    [InlineData(Length, Length, 0)]
    [InlineData(100, 0, 1 << 20)]
    [InlineData(100, 0, (1 << 20) + 1)]
    [InlineData(0, 100, 3 << 20)]
    [InlineData(100, 0, 3 << 20)]
    public void Copy_InBounds_MovesTheBytes(int to, int from, int count)
    {
        _instance.GetFunc("copy")!.Call(to, from, count);
        _model.AsSpan(from, count).CopyTo(_model.AsSpan(to, count));
        Same();
    }

    [Theory]
    [InlineData(0, 0xAB, 0)]
    [InlineData(5, 0x1FF, 100)]
    [InlineData(Length - 1, -1, 1)]
    [InlineData(7, 3, 1 << 20)]
    [InlineData(7, 3, (3 << 20) + 5)]
    public void Fill_InBounds_WritesTheByte(int to, int value, int count)
    {
        _instance.GetFunc("fill")!.Call(to, value, count);
        _model.AsSpan(to, count).Fill((byte)value);
        Same();
    }

    [Theory]
    [InlineData(Length - 9, 0, 10)]
    [InlineData(0, Length - 9, 10)]
    [InlineData(Length + 1, 0, 0)]
    [InlineData(0, Length + 1, 0)]
    [InlineData(-1, 0, 2)]
    [InlineData(0, -1, -1)]
    public void Copy_OutOfBounds_TrapsAndWritesNothing(int to, int from, int count)
    {
        TrapException trap = Assert.Throws<TrapException>(() => _instance.GetFunc("copy")!.Call(to, from, count));
        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        Same();
    }

    [Theory]
    [InlineData(Length - 9, 10)]
    [InlineData(Length + 1, 0)]
    [InlineData(-1, 2)]
    public void Fill_OutOfBounds_TrapsAndWritesNothing(int to, int count)
    {
        TrapException trap = Assert.Throws<TrapException>(() => _instance.GetFunc("fill")!.Call(to, 1, count));
        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        Same();
    }
}
