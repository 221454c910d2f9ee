using System;
using System.Numerics;
using Kiln.Foundation.Diagnostics;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// The main loop: takes the longest waiting bundle and gives it a register, free or taken from cheaper bundles;
/// failing that, cuts it in two and lets the parts wait again. Bundles that no register is worth are left in
/// their slots.
/// </summary>
/// <remarks>
/// Termination: parts are shorter than what was cut; an eviction needs a strictly higher weight; a bundle that
/// consists of one instruction's need for a register ("minimal") outweighs every other one, and minimal ones that
/// need their register both before and after outweigh those that need it once, so that an instruction whose
/// operands fit into the registers at all is always satisfied.
/// After: a bundle has a register that no overlapping bundle has and nobody else reserved, or it needs none.
/// </remarks>
internal ref struct Process
{
    /// <summary>
    /// A bundle that so many cuts led to is no longer cut in two, but into the parts that lie within one block, and one that
    /// is still too long after twice as many into minimal bundles. So no point is cut around more often than that, and
    /// the time for all cuts is linear.
    /// </summary>
    public const int MaxCuts = 16;

    /// <summary>A bundle of so many pieces is split by blocks at once if registers are free for a small part of it only.</summary>
    private const int ManyPieces = 64;


    private readonly RegAllocContext _context;
    private readonly MachineEnv _env;
    private RegisterHints _hints;

    private Process(MachineEnv env, RegAllocContext context, RegisterHints hints)
    {
        _context = context;
        _env = env;
        _hints = hints;
    }

    public static void Run(MachineEnv env, RegAllocContext context)
    {
        Span<float> weights = stackalloc float[PReg.Limit];
        weights.Clear();
        Process process = new(env, context, new RegisterHints(weights));
        int count = context.Bundles.Count;
        for (int b = 0; b < count; b++) BundleWorth.Enqueue(context, b);
        long steps = 0, limit = 1000 + 200L * (context.Uses.Count + context.Pieces.Count);
        while (context.Queue.TryPop(out int bundle))
        {
            if (++steps > limit) EngineBug.Throw("register allocation does not terminate");
            process.Handle(bundle);
        }
    }

    private void Handle(int bundle)
    {
        ref BundleRow row = ref _context.Bundles[bundle];
        RegClass regClass = _context.SpillSets[row.SpillSet].Class;
        ulong registers = _env.Registers(regClass).Bits;
        ulong reserved = 0, occupied = 0;
        ReadOnlySpan<PieceRow> pieces = _context.Pieces.Span;
        for (int p = row.First; p >= 0; p = pieces[p].Next)
        {
            reserved |= _context.Reserved.Query(pieces[p].From, pieces[p].To);
            occupied |= _context.Occupied.Query(pieces[p].From, pieces[p].To);
        }

        _hints.Collect(_context, row);
        int register = Choose(bundle, regClass, registers & ~(reserved | occupied), registers & reserved & ~occupied);
        _hints.Clear();
        if (register < 0)
        {
            bool isShort = Carving.IsShort(_context, row);
            if (isShort && row.NeedsRegister)
                register = Carving.Run(_context, bundle, _env.Order(regClass), registers & ~reserved, row.Minimal ? float.MaxValue : row.Benefit);
            // A short bundle that is not worth a hole in a long one is even less worth all of it.
            int maxVictim = isShort && !row.Minimal ? 4 * row.Length : int.MaxValue;
            if (register < 0) register = Evict(bundle, regClass, registers & ~reserved, maxVictim);
        }

        if (register >= 0)
        {
            Assign(bundle, register);
            return;
        }

        if (row.Minimal) EngineBug.Throw($"no register for v{pieces[row.First].VReg} at position {pieces[row.First].From >> 1}: the instruction asks for too many");
        SplitOrSpill(bundle, registers);
    }

    // --- Finding a register ------------------------------------------------------------------------------

    /// <summary>
    /// The best hinted one among the free registers and those that are reserved only for the bundle's own
    /// fixed uses; else the most preferred free one; else -1.
    /// </summary>
    private readonly int Choose(int bundle, RegClass regClass, ulong free, ulong reserved)
    {
        int best = -1;
        for (ulong rest = _hints.Hinted & (free | reserved); rest != 0; rest &= rest - 1)
        {
            int register = BitOperations.TrailingZeroCount(rest);
            if (best >= 0 && _hints.Weight(register) <= _hints.Weight(best)) continue;
            if ((free >> register & 1) == 0 && !IsReservedForOwnUses(bundle, register)) continue;
            best = register;
        }

        if (best >= 0 || free == 0) return best;
        foreach (PReg register in _env.Order(regClass))
            if ((free >> register.Index & 1) != 0) return register.Index;
        return -1;
    }

    /// <summary>
    /// True if a register that is reserved somewhere within a bundle is so only where the same virtual register must be in it
    /// anyway: then the bundle can have it, and the fixed uses cost nothing.
    /// </summary>
    private readonly bool IsReservedForOwnUses(int bundle, int register)
    {
        ulong bit = 1UL << register;
        ReadOnlySpan<PieceRow> pieces = _context.Pieces.Span;
        ReadOnlySpan<UseRow> uses = _context.Uses.Span;
        for (int p = _context.Bundles[bundle].First; p >= 0; p = pieces[p].Next)
        {
            ref readonly PieceRow piece = ref pieces[p];
            int from = piece.From;
            for (int u = piece.UseStart; u < piece.UseEnd; u++)
            {
                if (uses[u].Kind != UseKind.Fixed || uses[u].Register != register) continue;
                int at = uses[u].Point + 1;
                if (at < from || at >= piece.To) continue;
                if (at > from && (_context.Reserved.Query(from, at) & bit) != 0) return false;
                from = at + 1;
            }

            if (from < piece.To && (_context.Reserved.Query(from, piece.To) & bit) != 0) return false;
        }

        return true;
    }

    /// <summary>
    /// Frees the register whose dearest conflicting bundle is the cheapest, if that is cheaper than this one;
    /// returns it, or -1.
    /// </summary>
    private readonly int Evict(int bundle, RegClass regClass, ulong candidates, int maxVictim)
    {
        ReadOnlySpan<BundleRow> bundles = _context.Bundles.Span;
        ReadOnlySpan<PieceRow> pieces = _context.Pieces.Span;
        OccupancyTree occupied = _context.Occupied;
        int best = -1;
        float bestCost = bundles[bundle].Weight;
        foreach (PReg register in _env.Order(regClass))
        {
            ulong bit = 1UL << register.Index;
            if ((candidates & bit) == 0) continue;
            float cost = 0;
            for (int p = bundles[bundle].First; p >= 0 && cost < bestCost; p = pieces[p].Next)
            {
                int point = pieces[p].From, to = pieces[p].To;
                while ((point = occupied.FindFirst(bit, point, to)) < to)
                {
                    int owner = occupied.OwnerAt(register.Index, point);
                    ref readonly BundleRow victim = ref bundles[pieces[owner].Bundle];
                    bool tooLong = pieces[victim.Last].To - pieces[victim.First].From > maxVictim;
                    cost = tooLong ? float.PositiveInfinity : Math.Max(cost, victim.Weight);
                    if (cost >= bestCost) break;
                    point = pieces[owner].To;
                }
            }

            if (cost >= bestCost) continue;
            best = register.Index;
            bestCost = cost;
        }

        if (best < 0) return -1;
        ulong lane = 1UL << best;
        for (int p = bundles[bundle].First; p >= 0; p = pieces[p].Next)
        {
            int point = pieces[p].From, to = pieces[p].To;
            while ((point = occupied.FindFirst(lane, point, to)) < to) Unassign(pieces[occupied.OwnerAt(best, point)].Bundle);
        }

        return best;
    }

    private readonly void Assign(int bundle, int register)
    {
        ref BundleRow row = ref _context.Bundles[bundle];
        row.Register = (byte)register;
        _context.SpillSets[row.SpillSet].LastRegister = (byte)register;
        ReadOnlySpan<PieceRow> pieces = _context.Pieces.Span;
        for (int p = row.First; p >= 0; p = pieces[p].Next)
        {
            _context.Occupied.Add(register, pieces[p].From, pieces[p].To, p);
            _context.VRegs[pieces[p].VReg].LastRegister = (byte)register;
        }
    }

    private readonly void Unassign(int bundle)
    {
        ref BundleRow row = ref _context.Bundles[bundle];
        ReadOnlySpan<PieceRow> pieces = _context.Pieces.Span;
        for (int p = row.First; p >= 0; p = pieces[p].Next) _context.Occupied.Remove(row.Register, pieces[p].From, pieces[p].To);

        row.Register = VRegRow.NoRegister;
        BundleWorth.Enqueue(_context, bundle);
    }

    // --- Splitting ---------------------------------------------------------------------------------------

    private void SplitOrSpill(int bundle, ulong registers)
    {
        ref BundleRow row = ref _context.Bundles[bundle];
        if (!row.NeedsRegister && row.Count == 1 && row.Length <= 4) return; // nothing left worth cutting
        int cuts = ++row.Cuts;
        if (cuts >= 2 * MaxCuts)
        {
            LocalParts.SplitToMinimal(_context, bundle);
            return;
        }

        int conflict = LastConflict(row, registers, out int register);
        ref PieceRow first = ref _context.Pieces[row.First];
        bool hopeless = row.Count >= ManyPieces && conflict - first.From < row.Length / 8;
        if ((cuts == MaxCuts || (hopeless && cuts < MaxCuts)) && LocalParts.SplitToBlocks(_context, bundle)) return;

        ref VRegRow vreg = ref _context.VRegs[first.VReg];
        bool startsWithDef = first.AtDef && vreg.Def == DefKind.Reg;
        int firstNeed = startsWithDef ? (first.From | 1) + 1
            : first.UseStart < first.UseEnd ? _context.Uses[first.UseStart].Point + 1
            : first.To;
        int point;
        if (conflict >= firstNeed)
        {
            point = OutOfLoops(first.From, conflict);
            if (point < firstNeed) point = conflict;
        }
        else
        {
            // No register is free even up to the first need: go without one up to there, or serve it alone.
            if (!startsWithDef && Split.StartLater(_context, bundle, conflict))
            {
                BundleWorth.Enqueue(_context, bundle);
                return;
            }

            point = firstNeed;
            register = VRegRow.NoRegister;
        }

        int rest = Split.At(_context, bundle, point);
        if (rest < 0)
        {
            LocalParts.SplitToMinimal(_context, bundle);
            return;
        }

        _context.Bundles[bundle].Hint = (byte)register;
        _context.Bundles[rest].Cuts = cuts;
        Split.Trim(_context, bundle);
        Split.Trim(_context, rest);
        BundleWorth.Enqueue(_context, bundle);
        BundleWorth.Enqueue(_context, rest);
    }

    /// <summary>The point up to which some register is free for the bundle, and that register.</summary>
    private readonly int LastConflict(in BundleRow row, ulong registers, out int register)
    {
        ReadOnlySpan<PieceRow> pieces = _context.Pieces.Span;
        ulong rest = registers;
        for (int p = row.First; p >= 0; p = pieces[p].Next)
        {
            int point = pieces[p].From, to = pieces[p].To;
            while (true)
            {
                point = _context.Reserved.FindFirst(rest, point, _context.Occupied.FindFirst(rest, point, to));
                if (point == to) break;
                ulong taken = _context.Reserved.At(point) | _context.Occupied.At(point);
                register = BitOperations.TrailingZeroCount(rest);
                rest &= ~taken;
                if (rest == 0) return point;
            }
        }

        register = BitOperations.TrailingZeroCount(rest);
        return pieces[row.Last].To;
    }

    /// <summary>If a point lies in loops that start after <paramref name="from"/>: where the outermost of them starts.</summary>
    private readonly int OutOfLoops(int from, int point)
    {
        int best = point;
        int loop = _context.Blocks[_context.BlockOfPosition[Math.Min(point >> 1, _context.BlockOfPosition.Count - 1)]].Loop;
        for (; loop >= 0 && _context.Loops[loop].From > from; loop = _context.Loops[loop].Parent)
            best = Math.Min(best, _context.Loops[loop].From);
        return best;
    }
}
