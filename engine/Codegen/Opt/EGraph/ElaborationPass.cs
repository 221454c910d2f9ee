using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.Memory;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.EGraph;

// In:  a skeleton and nodes, as EGraphPass leaves them, without the nodes nobody needs; graph, dominators, loops and
//      what loops write.
// Out: a well-formed function: each node stands in the first block that needs it, again in each part of the dominator
//      tree that has no copy above it; but in front of the outermost loop that does not change its operands. Likewise
//      loads that cannot trap wherever they stand, of regions that the loop does not write. No aliases in operands.
//      True if blocks were added, which makes the graph stale.
//
// One walk down the dominator tree. A value's place says up to where in the walk its latest copy can be used; where that
// is over, the next user makes a new copy. Operands are placed before their user, with a stack of our own, because
// expressions may be thousands of nodes deep.
//
// In its block a node stands where it stood before, if it did, and else before its first user: the order that the program
// came in is a better schedule than as late as possible, which keeps more values alive.
//
// Nodes of cold blocks do not leave them. Constants, and addresses of slots and functions, cost an immediate or one
// instruction where they are used, but a register over a loop: each block that needs one gets its own.

/// <summary>Gives nodes their places: scoped elaboration, with loop-invariant motion and rematerialisation.</summary>
internal sealed class ElaborationPass
{
    private struct Place
    {
        public Value Copy;     // what to use while the walk is before End
        public Value Original; // of a copy: what it is a copy of
        public int End;        // position in the walk
        public int Home;       // position of the block where the copy stands, or of the last block before it
        public int NeededIn;   // position + 1 of the last block that needs it
    }

    private readonly SideMap<Value, Place> _places = new(512);
    private readonly GrowList<Value> _work = new(64);
    private readonly GrowList<Inst> _insts = new(128); // of the block
    private readonly InstTable _hoisted = new();
    private readonly Preheaders _preheaders = new();
    private IrFunction _func = null!;
    private DataFlowGraph _dfg = null!;
    private DominatorTree _dominators = null!;
    private LoopAnalysis _loops = null!;
    private LoopMemoryEffects _memory = null!;
    private OptFlags _flags;
    private Block _block;
    private Loop _loop;  // to hoist out of; none in cold blocks
    private int _now;
    private int _scopeEnd;

    public bool Run(IrFunction func, OptFlags flags, OptContext context)
    {
        _func = func;
        _dfg = func.Dfg;
        _flags = flags;
        _dominators = context.Dominators;
        _loops = context.Loops;
        _memory = context.LoopMemory;
        _places.Clear(_dfg.Values.IdLimit);
        _hoisted.Clear();
        _preheaders.Begin(func, context);

        ReadOnlySpan<Block> order = _dominators.TreePreorder;
        for (_now = 0; _now < order.Length; _now++) VisitBlock(order[_now]);
        return _preheaders.AddedBlocks;
    }

    private bool Has(OptFlags flag) => (_flags & flag) != 0;

    private void VisitBlock(Block block)
    {
        _block = block;
        _scopeEnd = _dominators.ScopeEnd(block);
        _loop = Has(OptFlags.Licm) && !_func.Layout.IsCold(block) ? _loops.InnermostLoop(block) : default;
        foreach (Value param in _dfg.Params(block)) StandsHere(param);
        _insts.Clear();
        _func.Layout.TakeOutAll(block, _insts);
        NoteNeeds(_insts.Span);
        for (int i = 0; i < _insts.Count; i++)
        {
            Inst inst = _insts[i];
            if (inst.IsNone()) continue;
            if (InstEffects.IsPure(_dfg, inst)) CopyOf(_dfg.FirstResult(inst));
            else VisitSkeleton(inst);
        }
    }

    // Backwards over a block: an instruction that is needed in it needs its operands in it. Drops nodes that are not
    // needed, and constants, which are placed with their users.
    private void NoteNeeds(Span<Inst> insts)
    {
        int here = _now + 1;
        for (int i = insts.Length - 1; i >= 0; i--)
        {
            Inst inst = insts[i];
            ref InstData data = ref _dfg.Insts[inst];
            if (IsRematerialised(data.Op) || (InstEffects.IsPure(_dfg, inst) && _places[_dfg.FirstResult(inst)].NeededIn != here))
            {
                insts[i] = default;
                continue;
            }

            foreach (Value operand in _dfg.Operands(ref data)) _places[OriginalOf(operand)].NeededIn = here;
            if (!data.Op.IsBranch()) continue;
            foreach (ref BlockCall call in _dfg.Targets(inst))
            {
                foreach (Value arg in _dfg.Args(call)) _places[OriginalOf(arg)].NeededIn = here;
            }
        }
    }

    private void StandsHere(Value value) => SetPlace(value, value, _scopeEnd, _now);

    // The skeleton.

    private void VisitSkeleton(Inst inst)
    {
        // Placing may make instructions, which moves the tables: operands are reached anew each time.
        int count = _dfg.Operands(inst).Length;
        for (int i = 0; i < count; i++)
        {
            Value copy = CopyOf(_dfg.Operands(inst)[i]);
            _dfg.Operands(inst)[i] = copy;
        }

        int targets = _dfg.Targets(inst).Length;
        for (int target = 0; target < targets; target++)
        {
            int args = _dfg.Args(_dfg.Targets(inst)[target]).Length;
            for (int i = 0; i < args; i++)
            {
                Value copy = CopyOf(_dfg.Args(_dfg.Targets(inst)[target])[i]);
                _dfg.Args(_dfg.Targets(inst)[target])[i] = copy;
            }
        }

        if (!_loop.IsNone() && TryHoistLoad(inst)) return;
        _func.Layout.Append(inst, _block);
        foreach (Value result in _dfg.Results(inst)) StandsHere(result);
    }

    private bool TryHoistLoad(Inst inst)
    {
        ref InstData data = ref _dfg.Insts[inst];
        if ((data.Op.Effects() & Effects.Load) == 0 || !data.MemFlags.NoTrap || !data.MemFlags.CanMove || data.MemFlags.Volatile) return false;
        Loop best = default;
        int home = HomeOfOperands(inst);
        for (Loop loop = _loop; !loop.IsNone() && IsBefore(home, loop) && !_memory.MayWrite(loop, data.MemFlags); loop = _loops.Parent(loop)) best = loop;
        if (best.IsNone()) return false;
        Hoist(_dfg.FirstResult(inst), inst, best);
        return true;
    }

    // Values.

    /// <summary>The value to use here for a node or anything else; placed now, if it has no place here yet.</summary>
    private Value CopyOf(Value value)
    {
        value = _dfg.Resolve(value);
        ref Place place = ref _places[value];
        if (place.End > _now) return place.Copy;
        PlaceWithOperands(value);
        return _places[value].Copy;
    }

    private void PlaceWithOperands(Value root)
    {
        _work.Clear();
        _work.Add(root);
        while (_work.Count != 0)
        {
            Value value = _work.Last;
            if (_places[value].End > _now || !TryPushOperand(value))
            {
                _work.Pop();
                if (_places[value].End <= _now) PlaceNode(value);
            }
        }
    }

    // True if an operand must be placed first. Constants wait until it is known where their user stands.
    private bool TryPushOperand(Value value)
    {
        Inst inst = _dfg.DefInst(value);
        if (inst.IsNone() || !InstEffects.IsPure(_dfg, inst)) EngineBug.Throw($"{value} is used in {_block}, which its definition does not dominate");
        foreach (Value used in _dfg.Operands(inst))
        {
            // If the node was placed before, its operands are the copies that were used there.
            Value operand = OriginalOf(used);
            if (_places[operand].End > _now || IsRematerialised(operand)) continue;
            _work.Add(operand);
            return true;
        }

        return false;
    }

    private Value OriginalOf(Value value)
    {
        value = _dfg.Resolve(value);
        Value original = _places[value].Original;
        return original.IsNone() ? value : original;
    }

    private bool IsRematerialised(Value value)
    {
        Inst def = _dfg.DefInst(value);
        return !def.IsNone() && IsRematerialised(_dfg.Op(def));
    }

    private static bool IsRematerialised(Opcode op) => op.IsConstant() || op is Opcode.StackAddr or Opcode.FuncAddr;

    // All operands but constants have places here.
    private void PlaceNode(Value value)
    {
        bool first = _places[value].Copy.IsNone();
        Inst inst = _dfg.DefInst(value);
        Value copy = value;
        if (!first)
        {
            InstData data = _dfg.Insts[inst];
            SourceLoc source = _func.SourceLocOf(inst);
            inst = _dfg.MakeInst(data, _dfg.TypeOf(value));
            _func.SetSourceLoc(inst, source);
            copy = _dfg.FirstResult(inst);
            _places[copy] = new Place { Original = value };
        }
        else if (!_func.Layout.BlockOf(inst).IsNone())
        {
            _func.Layout.Remove(inst); // a block that the walk has not come to
        }

        bool isRematerialised = IsRematerialised(value);
        if (!isRematerialised && !_loop.IsNone())
        {
            Loop loop = OutermostInvariant(inst);
            if (!loop.IsNone())
            {
                ReplaceOperands(inst);
                Hoist(value, inst, loop);
                return;
            }
        }

        int count = _dfg.Operands(inst).Length;
        for (int i = 0; i < count; i++)
        {
            Value operand = OriginalOf(_dfg.Operands(inst)[i]);
            if (_places[operand].End <= _now) PlaceNode(operand); // a constant
            _dfg.Operands(inst)[i] = _places[operand].Copy;
        }

        _func.Layout.Append(inst, _block);
        SetPlace(value, copy, isRematerialised && Has(OptFlags.Remat) ? _now + 1 : _scopeEnd, _now);
    }

    private void SetPlace(Value value, Value copy, int end, int home)
    {
        ref Place place = ref _places[value];
        place.Copy = copy;
        place.End = end;
        place.Home = home;
    }

    // Loops.

    // The outermost loop that changes no operand, or none.
    private Loop OutermostInvariant(Inst inst)
    {
        int home = HomeOfOperands(inst);
        Loop best = default;
        for (Loop loop = _loop; !loop.IsNone() && IsBefore(home, loop); loop = _loops.Parent(loop)) best = loop;
        return best;
    }

    // The operands' homes and this block dominate one another in turn, so what is before a loop's header dominates it.
    private bool IsBefore(int home, Loop loop) => home < _dominators.Position(_loops.Header(loop));

    private int HomeOfOperands(Inst inst)
    {
        int home = -1;
        foreach (Value operand in _dfg.Operands(inst))
        {
            // Constants go along.
            Value original = OriginalOf(operand);
            if (!IsRematerialised(original)) home = Math.Max(home, _places[original].Home);
        }

        return home;
    }

    private void ReplaceOperands(Inst inst)
    {
        foreach (ref Value operand in _dfg.Operands(inst))
        {
            Value original = OriginalOf(operand);
            if (!IsRematerialised(original)) operand = _places[original].Copy;
        }
    }

    // Puts an instruction at the end of a loop's preheader. What equals something hoisted there before is replaced by it:
    // loops next to each other in an outer one often read the same field.
    private void Hoist(Value value, Inst inst, Loop loop)
    {
        Block preheader = _preheaders.Of(loop);
        Inst end = _func.Layout.Last(preheader);
        int count = _dfg.Operands(inst).Length;
        for (int i = 0; i < count; i++)
        {
            Value operand = OriginalOf(_dfg.Operands(inst)[i]);
            if (!IsRematerialised(operand)) continue;
            Value constant = HoistConstant(operand, end, preheader);
            _dfg.Operands(inst)[i] = constant;
        }

        Block header = _loops.Header(loop);
        InstData data = _dfg.Insts[inst];
        if (_hoisted.TryFind(data, out Value copy) && _func.Layout.BlockOf(_dfg.DefInst(copy)) == preheader)
        {
            SetPlace(value, copy, _dominators.ScopeEnd(header), HomeBefore(header));
            return;
        }

        copy = _dfg.FirstResult(inst);
        _hoisted.Add(data, copy);
        _func.Layout.InsertBefore(inst, end);
        SetPlace(value, copy, _dominators.ScopeEnd(header), HomeBefore(header));
    }

    private Value HoistConstant(Value value, Inst end, Block preheader)
    {
        InstData data = _dfg.Insts[_dfg.DefInst(value)];
        if (_hoisted.TryFind(data, out Value constant) && _func.Layout.BlockOf(_dfg.DefInst(constant)) == preheader) return constant;
        Inst inst = _dfg.MakeInst(data, _dfg.TypeOf(value));
        _func.SetSourceLoc(inst, _func.SourceLocOf(end));
        _func.Layout.InsertBefore(inst, end);
        constant = _dfg.FirstResult(inst);
        _places[constant] = new Place { Original = value };
        _hoisted.Add(data, constant);
        return constant;
    }

    private int HomeBefore(Block header) => _dominators.Position(_dominators.ImmediateDominator(header));
}
