using System;
using System.Buffers.Binary;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Machine;
using Xunit;

namespace Kiln.Codegen.Tests.X64;

/// <summary>Labels, shortening, alignment, islands and the constant pool, on x64 and on a machine made up for the purpose.</summary>
public sealed class MachBufferTests
{
    private static void Jump(MachBuffer<X64LabelUses> buffer, MachLabel target)
    {
        buffer.Claim(5)[0] = 0xE9;
        buffer.UseLabel(buffer.Offset - 4, target, X64LabelUses.Jump);
    }

    private static void Fill(MachBuffer<X64LabelUses> buffer, int count)
    {
        for (int i = 0; i < count; i++) buffer.WriteByte(0x90);
    }

    private static CompiledFunction Finish(MachBuffer<X64LabelUses> buffer)
    {
        var output = new CompiledFunction();
        buffer.Finish(output);
        return output;
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(127, 2)]
    [InlineData(128, 5)]
    public void ForwardJump_OverBytes_IsAsShortAsItReaches(int distance, int length)
    {
        var buffer = new MachBuffer<X64LabelUses>();
        MachLabel target = buffer.NewLabel();
        Jump(buffer, target);
        Fill(buffer, distance);
        buffer.Bind(target);
        Fill(buffer, 1);
        CompiledFunction result = Finish(buffer);
        Assert.Equal(length + distance + 1, result.InstructionBytes);
        Assert.Equal(length == 2 ? 0xEB : 0xE9, result.Code[0]);
        Assert.Equal(distance, length == 2 ? (sbyte)result.Code[1] : BinaryPrimitives.ReadInt32LittleEndian(result.Code[1..]));
    }

    [Theory]
    [InlineData(123, 2)]
    [InlineData(124, 5)]
    public void BackwardJump_OverBytes_IsAsShortAsItReaches(int distance, int length)
    {
        var buffer = new MachBuffer<X64LabelUses>();
        MachLabel target = buffer.NewLabel();
        buffer.Bind(target);
        Fill(buffer, distance);
        Jump(buffer, target);
        CompiledFunction result = Finish(buffer);
        Assert.Equal(length + distance, result.InstructionBytes);
        Assert.Equal(-distance - length, length == 2 ? (sbyte)result.Code[^1] : BinaryPrimitives.ReadInt32LittleEndian(result.Code[^4..]));
    }

    private static void JumpIf(MachBuffer<X64LabelUses> buffer, MachLabel target)
    {
        buffer.Claim(6)[0] = 0x0F;
        buffer.Written[^5] = 0x84;
        buffer.UseLabel(buffer.Offset - 4, target, X64LabelUses.JumpIf);
    }

    [Theory]
    [InlineData(27, 27)] // the branch ends one byte before the line does
    [InlineData(28, 32)] // with it
    [InlineData(29, 32)]
    [InlineData(31, 32)]
    [InlineData(32, 32)]
    public void Branch_KeptInLine_StartsTheNextLineIfItTouchesTheEnd(int before, int start)
    {
        var buffer = new MachBuffer<X64LabelUses>();
        MachLabel target = buffer.NewLabel(), compare = buffer.NewLabel();
        Fill(buffer, before);
        buffer.Bind(compare);
        Fill(buffer, 2); // a comparison
        JumpIf(buffer, target);
        buffer.KeepInLine(before);
        buffer.Bind(target);
        CompiledFunction result = Finish(buffer);
        Assert.Equal(start, buffer.OffsetOf(compare));
        Assert.Equal(start + 4, result.InstructionBytes);
    }

    [Fact]
    public void Branches_KeptInLine_AllReachAndAllFit()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            var buffer = new MachBuffer<X64LabelUses>();
            int count = random.Next(1, 40);
            var targets = new MachLabel[count];
            var starts = new MachLabel[count];
            var ends = new MachLabel[count];
            for (int i = 0; i < count; i++) (targets[i], starts[i], ends[i]) = (buffer.NewLabel(), buffer.NewLabel(), buffer.NewLabel());
            for (int i = 0; i < count; i++)
            {
                if (random.Next(8) == 0) buffer.Align(32);
                Fill(buffer, random.Next(24));
                buffer.Bind(starts[i]);
                int start = buffer.Offset;
                Fill(buffer, random.Next(9));
                JumpIf(buffer, targets[random.Next(Math.Max(0, i - 7), Math.Min(count, i + 7))]);
                buffer.KeepInLine(start);
                buffer.Bind(ends[i]);
                buffer.Bind(targets[i]);
            }

            CompiledFunction result = Finish(buffer); // checks that short branches reach
            for (int i = 0; i < count; i++)
            {
                int start = buffer.OffsetOf(starts[i]), last = EndOf(buffer, ends[i]);
                Assert.True(start / 32 == last / 32, $"round {round}: a branch from {start} to {last}");
            }

            Assert.True(result.InstructionBytes > 0);
        }

        // A label binds to what follows it, so one behind a branch may have padding in front; what is in the line ends at most there.
        static int EndOf(MachBuffer<X64LabelUses> buffer, MachLabel end)
        {
            int at = buffer.OffsetOf(end);
            return at % 32 == 0 ? at - 2 : at;
        }
    }

    [Fact]
    public void NestedJumps_ThatFitOnlyOnceInnerOnesAreShort_AreShort()
    {
        var buffer = new MachBuffer<X64LabelUses>();
        MachLabel outer = buffer.NewLabel(), inner = buffer.NewLabel();
        Jump(buffer, outer);
        Fill(buffer, 60);
        Jump(buffer, inner);
        buffer.Bind(inner);
        Fill(buffer, 64);
        buffer.Bind(outer);
        CompiledFunction result = Finish(buffer);
        Assert.Equal(2 + 60 + 2 + 64, result.InstructionBytes);
        Assert.Equal(126, (sbyte)result.Code[1]);
    }

    [Fact]
    public void Records_BehindShortenedJumps_MoveWithTheCode()
    {
        var buffer = new MachBuffer<X64LabelUses>();
        MachLabel target = buffer.NewLabel();
        buffer.SetSource(new SourceLoc(7));
        Jump(buffer, target);
        Fill(buffer, 3);
        buffer.SetSource(new SourceLoc(8));
        buffer.AddTrap(TrapCode.IntegerOverflow);
        buffer.WriteByte(0xF4);
        buffer.AddRelocation(buffer.Offset, RelocationKind.CallRelative32, new ExternalName(0, 1), -4);
        Fill(buffer, 4);
        buffer.Bind(target);
        CompiledFunction result = Finish(buffer);
        Assert.Equal(5u, result.Traps[0].Offset.Value);
        Assert.Equal(0xF4, result.Code[5]);
        Assert.Equal([new AddressMapEntry(new CodeOffset(0), new SourceLoc(7)), new AddressMapEntry(new CodeOffset(5), new SourceLoc(8))], result.AddressMap.ToArray());
        Assert.Equal(6u, result.Relocations[0].Offset.Value);
    }

    [Fact]
    public void Alignment_AfterShortenedJump_IsRedone()
    {
        var buffer = new MachBuffer<X64LabelUses>();
        MachLabel skip = buffer.NewLabel(), loop = buffer.NewLabel();
        Jump(buffer, skip);
        buffer.Bind(skip);
        Fill(buffer, 6);
        buffer.Align(16);
        buffer.Bind(loop);
        Fill(buffer, 20);
        Jump(buffer, loop);
        CompiledFunction result = Finish(buffer);
        Assert.Equal(16, buffer.OffsetOf(loop));
        Assert.Equal(16 + 20 + 2, result.InstructionBytes);
        Assert.Equal(-22, (sbyte)result.Code[^1]);
    }

    [Fact]
    public void Constants_EqualOnes_AreStoredOnceAndAligned()
    {
        var buffer = new MachBuffer<X64LabelUses>();
        MachLabel small = buffer.Constant(5, 4), large = buffer.Constant(UInt128.MaxValue, 16);
        Assert.Equal(small, buffer.Constant(5, 4));
        Fill(buffer, 3);
        CompiledFunction result = Finish(buffer);
        Assert.Equal(16, buffer.OffsetOf(large));
        Assert.Equal(32, buffer.OffsetOf(small));
        Assert.Equal(36, result.Code.Length);
        Assert.Equal(3, result.InstructionBytes);
    }

    // One-byte distances that reach 20 bytes forward, extended by four-byte jumps that reach anywhere.
    private readonly struct TinyUses : ILabelUses
    {
        public const byte Near = 0, Far = 1;

        public static int ForwardReach(byte kind) => kind == Near ? 20 : int.MaxValue;

        public static void Patch(Span<byte> code, int offset, int target, byte kind)
        {
            if (kind == Near) code[offset] = checked((byte)(target - offset));
            else BinaryPrimitives.WriteInt32LittleEndian(code[offset..], target - offset);
        }

        public static int VeneerBytes(byte kind) => kind == Near ? 5 : 0;

        public static (byte Kind, int Offset) WriteVeneer(Span<byte> code, byte kind)
        {
            code[0] = 0xFE;
            return (Far, 1);
        }

        public static (byte Kind, int Offset) WriteIslandJump(Span<byte> code)
        {
            code[0] = 0xFD;
            return (Far, 1);
        }

        public static int IslandJumpBytes => 5;

        public static (int Long, int Short) BranchForms(byte kind) => (0, 0);

        public static (int Backward, int Forward) ShortReach => (0, 0);

        public static (byte Kind, int Offset) WriteShort(ReadOnlySpan<byte> longForm, Span<byte> shortForm) => throw new NotSupportedException();

        public static void WritePadding(Span<byte> code) => code.Clear();
    }

    [Fact]
    public void Island_BeforeDeadline_ExtendsReachOfPendingUses()
    {
        var buffer = new MachBuffer<TinyUses>();
        MachLabel far = buffer.NewLabel(), near = buffer.NewLabel();
        buffer.WriteByte(0);
        buffer.UseLabel(0, far, TinyUses.Near);
        buffer.WriteByte(0);
        buffer.UseLabel(1, near, TinyUses.Near);
        for (int i = 0; i < 30; i++)
        {
            buffer.ReserveReach(1, reachable: true);
            buffer.WriteByte(0x11);
            if (i == 0) buffer.Bind(near);
        }

        buffer.Bind(far);
        var output = new CompiledFunction();
        buffer.Finish(output);
        ReadOnlySpan<byte> code = output.Code;
        Assert.Equal(buffer.OffsetOf(near), 1 + code[1]);

        // The first use leads to a veneer, the veneer to the target.
        int veneer = code[0];
        Assert.InRange(veneer, 2, 20);
        Assert.Equal(0xFE, code[veneer]);
        Assert.Equal(buffer.OffsetOf(far), veneer + 1 + BinaryPrimitives.ReadInt32LittleEndian(code[(veneer + 1)..]));

        // Fall-through jumps over the island.
        Assert.Equal(0xFD, code[veneer - 5]);
        Assert.Equal(veneer + 5, veneer - 4 + BinaryPrimitives.ReadInt32LittleEndian(code[(veneer - 4)..]));
    }
}
