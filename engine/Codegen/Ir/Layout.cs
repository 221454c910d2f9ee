using System.Runtime.CompilerServices;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir;

/// <summary>
/// Where things stand: the blocks of the function in order (the first is the entry), and the instructions of
/// each block in order, both as doubly linked lists over side tables, so that insertion and removal are cheap
/// and entities keep their ids.
/// </summary>
public sealed class Layout
{
    private struct InstNode
    {
        public Inst Prev;
        public Inst Next;
        public Block Block;
    }

    private struct BlockNode
    {
        public Block Prev;
        public Block Next;
        public Inst First;
        public Inst Last;
        public bool Inserted;
        public bool Cold;
    }

    private readonly SideMap<Inst, InstNode> _insts = new(512);
    private readonly SideMap<Block, BlockNode> _blocks = new(64);

    /// <summary>The entry block, or none in an empty function.</summary>
    public Block EntryBlock { get; private set; }

    /// <summary>The last block, or none in an empty function.</summary>
    public Block LastBlock { get; private set; }

    /// <summary>Number of blocks that have a place.</summary>
    public int BlockCount { get; private set; }

    /// <summary>Forgets everything; <paramref name="instLimit"/> and <paramref name="blockLimit"/> bound the ids in use.</summary>
    public void Clear(int instLimit, int blockLimit)
    {
        _insts.Clear(instLimit);
        _blocks.Clear(blockLimit);
        EntryBlock = default;
        LastBlock = default;
        BlockCount = 0;
    }

    // Blocks.

    /// <summary>The blocks in order, for <c>foreach</c>; the block stood on may be removed.</summary>
    public BlockSequence Blocks => new(this);

    /// <summary>The next block, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Block Next(Block block) => _blocks[block].Next;

    /// <summary>The block before, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Block Previous(Block block) => _blocks[block].Prev;

    /// <summary>True if the block has a place.</summary>
    public bool IsInserted(Block block) => _blocks[block].Inserted;

    /// <summary>Puts a block at the end.</summary>
    public void Append(Block block)
    {
        ref BlockNode node = ref _blocks[block];
        node = new BlockNode { Prev = LastBlock, Inserted = true, Cold = node.Cold };
        if (LastBlock.IsNone()) EntryBlock = block;
        else _blocks[LastBlock].Next = block;
        LastBlock = block;
        BlockCount++;
    }

    /// <summary>Puts a block directly after another.</summary>
    public void InsertAfter(Block block, Block after)
    {
        Block next = _blocks[after].Next;
        bool cold = _blocks[block].Cold;
        _blocks[block] = new BlockNode { Prev = after, Next = next, Inserted = true, Cold = cold };
        _blocks[after].Next = block;
        if (next.IsNone()) LastBlock = block;
        else _blocks[next].Prev = block;
        BlockCount++;
    }

    /// <summary>Takes a block out, with the instructions in it.</summary>
    public void Remove(Block block)
    {
        BlockNode node = _blocks[block];
        if (node.Prev.IsNone()) EntryBlock = node.Next;
        else _blocks[node.Prev].Next = node.Next;
        if (node.Next.IsNone()) LastBlock = node.Prev;
        else _blocks[node.Next].Prev = node.Prev;
        for (Inst inst = node.First; !inst.IsNone();)
        {
            Inst next = _insts[inst].Next;
            _insts[inst] = default;
            inst = next;
        }

        _blocks[block] = new BlockNode { Cold = node.Cold };
        BlockCount--;
    }

    /// <summary>True if the block is rarely executed and may be moved out of the way.</summary>
    public bool IsCold(Block block) => _blocks[block].Cold;

    /// <summary>Marks a block as rarely executed.</summary>
    public void SetCold(Block block, bool cold = true) => _blocks[block].Cold = cold;

    // Instructions.

    /// <summary>The instructions of a block in order, for <c>foreach</c>; the one stood on may be removed.</summary>
    public InstSequence Insts(Block block) => new(this, block);

    /// <summary>The instructions of a block from last to first, for <c>foreach</c>; the one stood on may be removed.</summary>
    public ReverseInstSequence InstsReversed(Block block) => new(this, block);

    /// <summary>The first instruction of a block, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Inst First(Block block) => _blocks[block].First;

    /// <summary>The last instruction of a block (its terminator, once it is complete), or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Inst Last(Block block) => _blocks[block].Last;

    /// <summary>The next instruction in the block, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Inst Next(Inst inst) => _insts[inst].Next;

    /// <summary>The instruction before in the block, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Inst Previous(Inst inst) => _insts[inst].Prev;

    /// <summary>The block that an instruction stands in, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Block BlockOf(Inst inst) => _insts[inst].Block;

    /// <summary>Puts an instruction at the end of a block.</summary>
    public void Append(Inst inst, Block block)
    {
        ref BlockNode node = ref _blocks[block];
        Inst last = node.Last;
        node.Last = inst;
        if (last.IsNone()) node.First = inst;
        else _insts[last].Next = inst;
        _insts[inst] = new InstNode { Prev = last, Block = block };
    }

    /// <summary>Puts an instruction directly before another.</summary>
    public void InsertBefore(Inst inst, Inst before)
    {
        InstNode at = _insts[before];
        _insts[inst] = new InstNode { Prev = at.Prev, Next = before, Block = at.Block };
        _insts[before].Prev = inst;
        if (at.Prev.IsNone()) _blocks[at.Block].First = inst;
        else _insts[at.Prev].Next = inst;
    }

    /// <summary>Takes an instruction out of its block; its data stays.</summary>
    public void Remove(Inst inst)
    {
        InstNode node = _insts[inst];
        if (node.Prev.IsNone()) _blocks[node.Block].First = node.Next;
        else _insts[node.Prev].Next = node.Next;
        if (node.Next.IsNone()) _blocks[node.Block].Last = node.Prev;
        else _insts[node.Next].Prev = node.Prev;
        _insts[inst] = default;
    }

    /// <summary>Takes all instructions out of a block and adds them to <paramref name="into"/>, in order.</summary>
    public void TakeOutAll(Block block, GrowList<Inst> into)
    {
        ref BlockNode node = ref _blocks[block];
        for (Inst inst = node.First; !inst.IsNone();)
        {
            into.Add(inst);
            ref InstNode at = ref _insts[inst];
            inst = at.Next;
            at = default;
        }

        node.First = default;
        node.Last = default;
    }

    /// <summary>Moves all instructions of <paramref name="from"/> to the end of <paramref name="to"/>.</summary>
    public void Splice(Block from, Block to)
    {
        Inst first = _blocks[from].First;
        if (first.IsNone()) return;
        Inst last = _blocks[to].Last;
        for (Inst inst = first; !inst.IsNone(); inst = _insts[inst].Next) _insts[inst].Block = to;
        _insts[first].Prev = last;
        if (last.IsNone()) _blocks[to].First = first;
        else _insts[last].Next = first;
        _blocks[to].Last = _blocks[from].Last;
        _blocks[from].First = default;
        _blocks[from].Last = default;
    }
}

/// <summary>The blocks of a layout in order.</summary>
public readonly struct BlockSequence(Layout layout)
{
    /// <summary>Enumerator for <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(layout);

    /// <summary>Walks the blocks.</summary>
    public struct Enumerator(Layout layout)
    {
        private Block _next = layout.EntryBlock;

        /// <summary>The block stood on.</summary>
        public Block Current { get; private set; }

        /// <summary>Steps to the next block.</summary>
        public bool MoveNext()
        {
            Current = _next;
            if (Current.IsNone()) return false;
            _next = layout.Next(Current);
            return true;
        }
    }
}

/// <summary>The instructions of a block in order.</summary>
public readonly struct InstSequence(Layout layout, Block block)
{
    /// <summary>Enumerator for <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(layout, layout.First(block));

    /// <summary>Walks the instructions.</summary>
    public struct Enumerator(Layout layout, Inst first)
    {
        private Inst _next = first;

        /// <summary>The instruction stood on.</summary>
        public Inst Current { get; private set; }

        /// <summary>Steps to the next instruction.</summary>
        public bool MoveNext()
        {
            Current = _next;
            if (Current.IsNone()) return false;
            _next = layout.Next(Current);
            return true;
        }
    }
}

/// <summary>The instructions of a block from last to first.</summary>
public readonly struct ReverseInstSequence(Layout layout, Block block)
{
    /// <summary>Enumerator for <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(layout, layout.Last(block));

    /// <summary>Walks the instructions.</summary>
    public struct Enumerator(Layout layout, Inst last)
    {
        private Inst _next = last;

        /// <summary>The instruction stood on.</summary>
        public Inst Current { get; private set; }

        /// <summary>Steps to the instruction before.</summary>
        public bool MoveNext()
        {
            Current = _next;
            if (Current.IsNone()) return false;
            _next = layout.Previous(Current);
            return true;
        }
    }
}
