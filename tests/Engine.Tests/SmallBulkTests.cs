using System;
using System.Text;
using Xunit;

namespace Kiln.Tests;

/// <summary>memory.copy and memory.fill of constant lengths, around the lengths up to which they are done without a call.</summary>
public sealed class SmallBulkTests : IDisposable
{
    private const int Length = 65536;
    private const int Longest = 132;

    private readonly TestStore _test = new(new Config { VerifyCompiler = true });
    private readonly Instance _instance;
    private readonly byte[] _model = new byte[Length];

    public SmallBulkTests()
    {
        var text = new StringBuilder("(module (memory (export \"memory\") 1)");
        for (int n = 0; n <= Longest; n++)
        {
            text.Append($"(func (export \"copy{n}\") (param i32 i32) (memory.copy (local.get 0) (local.get 1) (i32.const {n})))");
            text.Append($"(func (export \"fill{n}\") (param i32 i32) (memory.fill (local.get 0) (local.get 1) (i32.const {n})))");
            text.Append($"(func (export \"zero{n}\") (param i32) (memory.fill (local.get 0) (i32.const 0x107) (i32.const {n})))");
        }

        _instance = _test.Instantiate(text.Append(')').ToString());
        new Random(1).NextBytes(_model);
        _model.CopyTo(_instance.DefaultMemory!.Span);
    }

    public void Dispose() => _test.Dispose();

    private void Same(string what) => Assert.True(_model.AsSpan().SequenceEqual(_instance.DefaultMemory!.Span), $"{what}: the memory differs from the model");

    [Fact]
    public void Copy_OfEachLength_MovesTheBytes()
    {
        for (int n = 0; n <= Longest; n++)
        {
            foreach ((int to, int from) in new[] { (1000, 2000), (1000, 1001), (1001, 1000), (1000, 1016), (1020, 1000), (1000, 1000), (0, Length - n), (Length - n, 3) })
            {
                _instance.GetFunc($"copy{n}")!.Call(to, from);
                _model.AsSpan(from, n).CopyTo(_model.AsSpan(to, n));
                Same($"{n} from {from} to {to}");
            }
        }
    }

    [Fact]
    public void Fill_OfEachLength_WritesTheByte()
    {
        for (int n = 0; n <= Longest; n++)
        {
            foreach (int to in new[] { 5, 4096, Length - n })
            {
                _instance.GetFunc($"fill{n}")!.Call(to, 0x1A0 + n);
                _model.AsSpan(to, n).Fill((byte)(0x1A0 + n));
                Same($"{n} at {to}");
                _instance.GetFunc($"zero{n}")!.Call(to + 1 - (to == Length - n ? 1 : 0));
                _model.AsSpan(to + 1 - (to == Length - n ? 1 : 0), n).Fill(7);
                Same($"{n} at {to}");
            }
        }
    }

    [Fact]
    public void Bulk_OutOfBounds_TrapsAndWritesNothing()
    {
        for (int n = 0; n <= Longest; n++)
        {
            int outside = Length - n + 1;
            Traps($"copy{n}", outside, 0);
            Traps($"copy{n}", 0, outside);
            Traps($"copy{n}", -1, 0);
            Traps($"copy{n}", 8, -1);
            Traps($"fill{n}", outside, 1);
            Traps($"fill{n}", -1, 1);
            if (n == 0) continue;
            Traps($"copy{n}", Length - 1 - (n - 2), 0);
            Traps($"fill{n}", Length - n / 2, 1, n > 1);
        }

        void Traps(string name, int to, int other, bool really = true)
        {
            if (!really) return;
            TrapException trap = Assert.Throws<TrapException>(() => _instance.GetFunc(name)!.Call(to, other));
            Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
            Same(name);
        }
    }
}
