using System.Numerics;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Orders moves that happen at once, so that none overwrites what another one has yet to read.
/// </summary>
/// <remarks>
/// Each location is written by one move at most, so once every move whose destination nobody reads has been
/// emitted, and the ones this set free, only simple cycles are left. A cycle of integer registers is turned by
/// exchanges if no register is free; others go through a temporary: a free register, the scratch register,
/// or, if slots take part, a slot of its own at the end of the spill area.
/// </remarks>
internal sealed class ParallelMoves
{
    private const int RegisterCount = PReg.Limit;

    private readonly GrowList<MoveRow> _moves = new();
    private readonly GrowList<bool> _done = new();
    private readonly GrowList<int> _ready = new();

    // By location (registers, then units of the spill area): number of moves yet to read it, and one more than
    // the index of the move that writes it. All zero between two sets of moves.
    private readonly GrowList<int> _readers = new(128);
    private readonly GrowList<int> _writer = new(128);

    private MachineEnv _env = null!;
    private RegAllocContext _context = null!;
    private InstIndex _inst;
    private int _point;
    private ulong _involved;
    private Location _ownSlot;

    /// <summary>Prepares for the function that <paramref name="context"/> holds, whose slots are laid out.</summary>
    public void Begin(MachineEnv env, RegAllocContext context)
    {
        _env = env;
        _context = context;
        _ownSlot = Location.None;
        int size = RegisterCount + context.Output.SpillAreaUnits + 4;
        _readers.Clear();
        _writer.Clear();
        _readers.Resize(size, 0);
        _writer.Resize(size, 0);
    }

    /// <summary>Starts a set of moves before an instruction; <paramref name="point"/> tells which registers hold live values then.</summary>
    public void Start(InstIndex inst, int point)
    {
        _inst = inst;
        _point = point;
        _involved = 0;
        _moves.Clear();
    }

    /// <summary>Emits a move that has nothing to be ordered with.</summary>
    public void EmitSingle(in MoveRow move)
    {
        Involve(move);
        Emit(move.From, move.To, move.VReg);
    }

    /// <summary>Adds a move to the set.</summary>
    public void Add(in MoveRow move)
    {
        int to = IndexOf(move.To);
        if (_writer[to] != 0)
        {
            if (_moves[_writer[to] - 1].From != move.From) EngineBug.Throw($"two moves to {move.To} before {_inst}");
            return;
        }

        Involve(move);
        _moves.Add(move);
        _writer[to] = _moves.Count;
        if (!move.From.IsNone) _readers[IndexOf(move.From)]++;
    }

    /// <summary>Emits the set.</summary>
    public void Resolve()
    {
        int count = _moves.Count;
        _done.Clear();
        _done.Resize(count, false);
        _ready.Clear();
        for (int i = count - 1; i >= 0; i--)
            if (_readers[IndexOf(_moves[i].To)] == 0) _ready.Add(i);
        int emitted = DrainReady();
        for (int i = 0; emitted < count; i++)
        {
            if (_done[i]) continue;
            emitted += BreakCycle(i);
            emitted += DrainReady();
        }

        foreach (ref MoveRow move in _moves)
        {
            _writer[IndexOf(move.To)] = 0;
            if (!move.From.IsNone) _readers[IndexOf(move.From)] = 0;
        }
    }

    private int DrainReady()
    {
        int emitted = 0;
        while (_ready.Count != 0)
        {
            int i = _ready.Pop();
            MoveRow move = _moves[i];
            Emit(move.From, move.To, move.VReg);
            _done[i] = true;
            emitted++;
            if (move.From.IsNone) continue;
            int from = IndexOf(move.From);
            if (--_readers[from] != 0) continue;
            int writer = _writer[from] - 1;
            if (writer >= 0 && !_done[writer]) _ready.Add(writer);
        }

        return emitted;
    }

    /// <summary>Makes move <paramref name="first"/> of a cycle ready, or emits the whole cycle; returns the number of moves emitted.</summary>
    private int BreakCycle(int first)
    {
        bool slots = false;
        int last = first;
        for (int i = first; ;)
        {
            slots |= _moves[i].To.IsSlot;
            last = i;
            i = _writer[IndexOf(_moves[i].From)] - 1;
            if (i == first) break;
        }

        ref VRegRow row = ref _context.VRegs[_moves[first].VReg];
        Location saved = _moves[first].To;
        Location temporary;
        if (!slots && row.Class == RegClass.Float) temporary = Location.Of(_env.FloatScratch);
        else if (!slots && _env.IntScratch is { } scratch) temporary = Location.Of(scratch);
        else if (TryFindFree(row.Class, out PReg free)) temporary = Location.Of(free);
        else if (slots) temporary = OwnSlot();
        else return Exchange(first);

        // The last move of the cycle reads what the first one overwrites.
        Emit(saved, temporary, _moves[last].VReg);
        _readers[IndexOf(saved)] = 0;
        _moves[last].From = temporary;
        _readers[IndexOf(temporary)] = 1;
        _ready.Add(first);
        return 0;
    }

    private int Exchange(int first)
    {
        int emitted = 1;
        int i = first;
        while (true)
        {
            _done[i] = true;
            int next = _writer[IndexOf(_moves[i].From)] - 1;
            if (next == first) return emitted;
            _context.Output.EditList.Add(new Edit(_inst, EditKind.Exchange, RegClass.Int, 1, _moves[next].To, _moves[i].To, default));
            emitted++;
            i = next;
        }
    }

    private void Emit(Location from, Location to, int vreg)
    {
        ref VRegRow row = ref _context.VRegs[vreg];
        VReg name = new((uint)vreg);
        if (from.IsNone)
        {
            EmitRemat(to, row.Class, row.Units, name);
            return;
        }

        if (from.IsSlot && to.IsSlot)
        {
            Location carrier = Location.Of(_env.FloatScratch);
            Append(EditKind.Move, RegClass.Float, row.Units, from, carrier, name);
            Append(EditKind.Move, RegClass.Float, row.Units, carrier, to, name);
            return;
        }

        Append(EditKind.Move, row.Class, row.Units, from, to, name);
    }

    private void EmitRemat(Location to, RegClass regClass, byte units, VReg name)
    {
        if (to.IsRegister)
        {
            Append(EditKind.Remat, regClass, units, Location.None, to, name);
            return;
        }

        Location carrier;
        bool borrowed = false;
        if (regClass == RegClass.Float) carrier = Location.Of(_env.FloatScratch);
        else if (_env.IntScratch is { } scratch) carrier = Location.Of(scratch);
        else if (TryFindFree(regClass, out PReg free)) carrier = Location.Of(free);
        else
        {
            carrier = Location.Of(_env.Order(regClass)[0]);
            borrowed = true;
        }

        if (borrowed) Append(EditKind.Move, regClass, 1, carrier, OwnSlot(), default);
        Append(EditKind.Remat, regClass, units, Location.None, carrier, name);
        Append(EditKind.Move, regClass, units, carrier, to, name);
        if (borrowed) Append(EditKind.Move, regClass, 1, OwnSlot(), carrier, default);
    }

    private void Append(EditKind kind, RegClass regClass, byte units, Location from, Location to, VReg name) =>
        _context.Output.EditList.Add(new Edit(_inst, kind, regClass, units, from, to, name));

    /// <summary>A register that holds nothing at this moment and takes no part in the moves.</summary>
    private bool TryFindFree(RegClass regClass, out PReg register)
    {
        ulong free = _env.Registers(regClass).Bits & ~_involved & ~_context.Reserved.At(_point) & ~_context.Occupied.At(_point);
        register = new PReg((byte)(BitOperations.TrailingZeroCount(free) & (RegisterCount - 1)));
        return free != 0;
    }

    /// <summary>A slot of two units that no virtual register has.</summary>
    private Location OwnSlot()
    {
        if (_ownSlot.IsNone)
        {
            int unit = (_context.Output.SpillAreaUnits + 1) & ~1;
            _ownSlot = Location.Slot(unit);
            _context.Output.SpillAreaUnits = unit + 2;
            _context.Output.SpillSlotCount++;
        }

        return _ownSlot;
    }

    private void Involve(in MoveRow move)
    {
        if (move.From.IsRegister) _involved |= 1UL << move.From.Register.Index;
        if (move.To.IsRegister) _involved |= 1UL << move.To.Register.Index;
    }

    private static int IndexOf(Location location) =>
        location.IsRegister ? location.Register.Index : RegisterCount + location.SlotUnit;
}
