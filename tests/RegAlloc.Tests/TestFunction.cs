using System;
using System.Collections.Generic;

namespace Kiln.RegAlloc.Tests;

/// <summary>A function for tests, as plain lists; <see cref="FunctionBuilder"/> makes it.</summary>
public sealed class TestProgram
{
    public readonly List<BlockData> Blocks = new();
    public readonly List<Operand> Operands = new();
    public readonly List<int> OperandStarts = new();
    public readonly List<PRegSet> Clobbers = new();
    public readonly List<VRegData> VRegs = new() { default };
    public Operand[] OperandArray = [];
    public bool HasReferences;

    public TestFunction View => new(this);

    public sealed class BlockData
    {
        public int Start;
        public int Depth;
        public bool Cold;
        public VReg[] Params = [];
        public BlockIndex[] Successors = [];
        public BlockIndex[] Predecessors = [];
        public VReg[][] Arguments = [];
    }

    public readonly record struct VRegData(RegClass Class, int Units, bool Remat, bool Reference);
}

/// <summary>The allocator's view of a <see cref="TestProgram"/>.</summary>
public readonly struct TestFunction(TestProgram program) : IAllocatable
{
    public int InstCount => program.Clobbers.Count;

    public int BlockCount => program.Blocks.Count;

    public int VRegLimit => program.VRegs.Count;

    public InstIndex BlockStart(BlockIndex block) => new(program.Blocks[block.Value].Start);

    public ReadOnlySpan<BlockIndex> Successors(BlockIndex block) => program.Blocks[block.Value].Successors;

    public ReadOnlySpan<BlockIndex> Predecessors(BlockIndex block) => program.Blocks[block.Value].Predecessors;

    public ReadOnlySpan<VReg> BlockParams(BlockIndex block) => program.Blocks[block.Value].Params;

    public ReadOnlySpan<VReg> BranchArgs(BlockIndex block, int successor) => program.Blocks[block.Value].Arguments[successor];

    public int LoopDepth(BlockIndex block) => program.Blocks[block.Value].Depth;

    public bool IsCold(BlockIndex block) => program.Blocks[block.Value].Cold;

    public ReadOnlySpan<Operand> Operands => program.OperandArray;

    public int OperandStart(InstIndex inst) => program.OperandStarts[inst.Value];

    public PRegSet Clobbers(InstIndex inst) => program.Clobbers[inst.Value];

    public RegClass ClassOf(VReg vreg) => program.VRegs[(int)vreg.Id].Class;

    public int SlotUnits(VReg vreg) => program.VRegs[(int)vreg.Id].Units;

    public bool IsRematerializable(VReg vreg) => program.VRegs[(int)vreg.Id].Remat;

    public bool HasReferences => program.HasReferences;

    public bool IsReference(VReg vreg) => program.VRegs[(int)vreg.Id].Reference;

    public bool IsSafepoint(InstIndex inst) => program.Clobbers[inst.Value].Count >= 8;
}

/// <summary>Builds a <see cref="TestProgram"/>: blocks first by name, then each one's instructions, in any order.</summary>
public sealed class FunctionBuilder
{
    private readonly List<Block> _blocks = new();
    private readonly TestProgram _program = new();

    public sealed class Block(int id)
    {
        public readonly int Id = id;
        public readonly List<(Operand[] Operands, PRegSet Clobbers)> Insts = new();
        public readonly List<(Block Target, VReg[] Arguments)> Edges = new();
        public readonly List<VReg> Params = new();
        public int Depth;
        public bool Cold;
    }

    public VReg NewVReg(RegClass regClass = RegClass.Int, int units = 1, bool remat = false, bool reference = false)
    {
        _program.VRegs.Add(new TestProgram.VRegData(regClass, units, remat, reference));
        _program.HasReferences |= reference;
        return new VReg((uint)_program.VRegs.Count - 1);
    }

    public TestProgram.VRegData Data(VReg vreg) => _program.VRegs[(int)vreg.Id];

    public Block NewBlock(int depth = 0, bool cold = false, params VReg[] parameters)
    {
        Block block = new(_blocks.Count) { Depth = depth, Cold = cold };
        block.Params.AddRange(parameters);
        _blocks.Add(block);
        return block;
    }

    public static void Inst(Block block, params Operand[] operands) => block.Insts.Add((operands, default));

    public static void Clobbering(Block block, PRegSet clobbers, params Operand[] operands) => block.Insts.Add((operands, clobbers));

    public static void Jump(Block from, Block to, params VReg[] arguments)
    {
        from.Insts.Add(([], default));
        from.Edges.Add((to, arguments));
    }

    public static void Branch(Block from, Operand[] operands, params Block[] targets)
    {
        from.Insts.Add((operands, default));
        foreach (Block target in targets) from.Edges.Add((target, []));
    }

    public static void Return(Block block, params Operand[] operands) => block.Insts.Add((operands, default));

    /// <summary>Lays the blocks out in order of creation, or as <paramref name="order"/> says.</summary>
    public TestProgram Build(int[]? order = null)
    {
        int count = _blocks.Count;
        int[] place = new int[count];
        for (int i = 0; i < count; i++) place[order is null ? i : order[i]] = i;
        List<BlockIndex>[] predecessors = new List<BlockIndex>[count];
        for (int i = 0; i < count; i++) predecessors[i] = new();
        for (int i = 0; i < count; i++)
        {
            Block block = _blocks[order is null ? i : order[i]];
            TestProgram.BlockData data = new()
            {
                Start = _program.Clobbers.Count, Depth = block.Depth, Cold = block.Cold, Params = block.Params.ToArray(),
                Successors = new BlockIndex[block.Edges.Count], Arguments = new VReg[block.Edges.Count][],
            };
            for (int e = 0; e < block.Edges.Count; e++)
            {
                int target = place[block.Edges[e].Target.Id];
                data.Successors[e] = new BlockIndex(target);
                data.Arguments[e] = block.Edges[e].Arguments;
                predecessors[target].Add(new BlockIndex(i));
            }

            foreach ((Operand[] operands, PRegSet clobbers) in block.Insts)
            {
                _program.OperandStarts.Add(_program.Operands.Count);
                _program.Operands.AddRange(operands);
                _program.Clobbers.Add(clobbers);
            }

            _program.Blocks.Add(data);
        }

        for (int i = 0; i < count; i++) _program.Blocks[i].Predecessors = predecessors[i].ToArray();
        _program.OperandStarts.Add(_program.Operands.Count);
        _program.OperandArray = _program.Operands.ToArray();
        return _program;
    }
}
