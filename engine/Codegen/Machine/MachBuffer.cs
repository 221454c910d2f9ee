// The bytes of a function while they are written: labels, branches of the right length, constants, side tables.

using System;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Machine;

/// <summary>A place in the code that is not known yet. <c>default</c> is a valid label only if the buffer handed it out.</summary>
public readonly record struct MachLabel(int Index)
{
    /// <inheritdoc/>
    public override string ToString() => $"L{Index}";
}

/// <summary>A constant in the function's pool.</summary>
public readonly record struct PoolConstant(int Index);

/// <summary>
/// What the buffer must know of an instruction set's pc-relative references. <c>Kind</c> is the instruction set's own
/// number.
/// </summary>
public interface ILabelUses
{
    /// <summary>How far after the use a target may be, in bytes from the use's offset.</summary>
    static abstract int ForwardReach(byte kind);

    /// <summary>Writes the distance to <paramref name="target"/> into the bytes at <paramref name="offset"/>.</summary>
    static abstract void Patch(Span<byte> code, int offset, int target, byte kind);

    /// <summary>Bytes of the jump that extends the reach of a use, or 0 if the kind never needs one.</summary>
    static abstract int VeneerBytes(byte kind);

    /// <summary>Writes such a jump; returns the kind and the offset in it of its own use.</summary>
    static abstract (byte Kind, int Offset) WriteVeneer(Span<byte> code, byte kind);

    /// <summary>Writes a jump over an island; returns the kind and offset of its use. Its length is <see cref="IslandJumpBytes"/>.</summary>
    static abstract (byte Kind, int Offset) WriteIslandJump(Span<byte> code);

    /// <summary>Length of the jump over an island in bytes.</summary>
    static abstract int IslandJumpBytes { get; }

    /// <summary>
    /// For a use that is the end of a branch with a short form: length of the long form (ending with the use's bytes)
    /// and of the short form. 0 if the kind has none.
    /// </summary>
    static abstract (int Long, int Short) BranchForms(byte kind);

    /// <summary>Farthest backward and forward distance of the short form, from the end of the branch.</summary>
    static abstract (int Backward, int Forward) ShortReach { get; }

    /// <summary>Turns the long form into the short form; returns the kind and offset of the short use.</summary>
    static abstract (byte Kind, int Offset) WriteShort(ReadOnlySpan<byte> longForm, Span<byte> shortForm);

    /// <summary>Fills with no-operations.</summary>
    static abstract void WritePadding(Span<byte> code);
}

/// <summary>
/// The bytes of a function while they are written: code with labels and uses of labels, then constants.
/// Solves three problems in one forward pass: branches to code that is not written yet, branches that do not
/// reach (an island of veneers is written before the first deadline passes), and branches that are longer than
/// they need be (all branches with a short form are written long; <see cref="Finish"/> finds those whose
/// distance fits and closes the gaps in one sweep).
/// </summary>
/// <remarks>
/// INVARIANTS: every label is bound before <see cref="Finish"/>; records (traps, source locations, relocations)
/// are added in ascending order of offset; an island is never written inside an instruction. Shrinking only
/// brings places nearer to each other, except for padding, for which the worst case is assumed.
/// </remarks>
public sealed class MachBuffer<TUses> where TUses : ILabelUses
{
    private const int Unbound = -1;
    private const int LineBytes = CompiledFunction.Alignment;
    private const int LinesInShortReach = 128 / LineBytes; // a short branch spans less than 128 bytes, in which so many lines begin

    private struct Use
    {
        public int Offset;
        public int Label;
        public byte Kind;
        public bool Short;
    }

    private readonly struct AlignPoint(int offset, int alignment)
    {
        public readonly int Offset = offset;
        public readonly int Alignment = alignment;
    }

    // Bytes that end in a branch in its long form, and are to stay clear of the end of a line.
    private readonly struct Piece(int offset, int end)
    {
        public readonly int Offset = offset;
        public readonly int End = end;
    }

    // From this old offset on, up to the next one's, places move by so much.
    private readonly struct Move(int from, int by)
    {
        public readonly int From = from;
        public readonly int By = by;
    }

    private struct PoolEntry
    {
        public UInt128 Bits;
        public byte Size;
        public int Label;
    }

    private ByteWriter _code = new(4096);
    private ByteWriter _shrunk = new(4096);
    private readonly GrowList<int> _labels = new(64);
    private readonly GrowList<Use> _uses = new(64);
    private readonly GrowList<Use> _pending = new(32);
    private readonly GrowList<AlignPoint> _aligns = new(16);
    private readonly GrowList<Piece> _pieces = new(16);
    private readonly GrowList<PoolEntry> _pool = new(16);
    private readonly GrowList<int> _tables = new(32);
    private readonly GrowList<TrapRecord> _traps = new(32);
    private readonly GrowList<AddressMapEntry> _sources = new(64);
    private readonly GrowList<Relocation> _relocations = new(16);
    private readonly GrowList<StackMapEntry> _stackMaps = new(8);
    private readonly GrowList<uint> _stackMapSlots = new(16);
    private readonly GrowList<Move> _moves = new(64);
    private long _deadline = long.MaxValue;
    private int _islandBytes;

    /// <summary>Number of bytes written so far.</summary>
    public int Offset => _code.Length;

    /// <summary>The bytes written so far.</summary>
    public Span<byte> Written => _code.Written;

    /// <summary>Forgets everything and keeps the buffers.</summary>
    public void Clear()
    {
        _code.Clear();
        _labels.Clear();
        _uses.Clear();
        _pending.Clear();
        _aligns.Clear();
        _pieces.Clear();
        _pool.Clear();
        _tables.Clear();
        _traps.Clear();
        _sources.Clear();
        _relocations.Clear();
        _stackMaps.Clear();
        _stackMapSlots.Clear();
        _deadline = long.MaxValue;
        _islandBytes = 0;
    }

    // Bytes.

    /// <summary>Room for the next instruction; follow with <see cref="Advance"/>.</summary>
    public Span<byte> Claim(int count) => _code.Reserve(count);

    /// <summary>Says how many of the <paramref name="claimed"/> bytes were used.</summary>
    public void Advance(int claimed, int used) => _code.Truncate(_code.Length - claimed + used);

    /// <summary>Appends one byte.</summary>
    public void WriteByte(byte value) => _code.WriteByte(value);

    /// <summary>Makes the next instruction start at a multiple of <paramref name="alignment"/> (at most 64).</summary>
    public void Align(int alignment)
    {
        _aligns.Add(new AlignPoint(_code.Length, alignment));
        int padding = -_code.Length & (alignment - 1);
        TUses.WritePadding(_code.Reserve(padding));
    }

    /// <summary>
    /// Says that what was written from <paramref name="offset"/> on, which ends in a branch to a label, is to end before the last byte of a
    /// line of 32 bytes that it starts in; if need be, padding is put in front of it. Not more than 31 bytes, in ascending order.
    /// </summary>
    public void KeepInLine(int offset) => _pieces.Add(new Piece(offset, _code.Length));

    // Labels.

    /// <summary>A new label, unbound.</summary>
    public MachLabel NewLabel()
    {
        _labels.Add(Unbound);
        return new MachLabel(_labels.Count - 1);
    }

    /// <summary>Creates <paramref name="count"/> labels with consecutive indices and gives the first index.</summary>
    public int NewLabels(int count)
    {
        int first = _labels.Count;
        _labels.Resize(first + count, Unbound);
        return first;
    }

    /// <summary>Binds a label to the next byte.</summary>
    public void Bind(MachLabel label)
    {
        EngineBug.Check(_labels[label.Index] == Unbound);
        _labels[label.Index] = _code.Length;
    }

    /// <summary>True if the label has a place already.</summary>
    public bool IsBound(MachLabel label) => _labels[label.Index] != Unbound;

    /// <summary>Where a bound label is. After <see cref="Finish"/>: in the final code.</summary>
    public int OffsetOf(MachLabel label) => _labels[label.Index];

    /// <summary>Records that the bytes at <paramref name="offset"/> are to hold the distance to a label.</summary>
    public void UseLabel(int offset, MachLabel label, byte kind)
    {
        var use = new Use { Offset = offset, Label = label.Index, Kind = kind };
        int veneer = TUses.VeneerBytes(kind);
        if (veneer != 0 && _labels[label.Index] == Unbound)
        {
            _pending.Add(use);
            _islandBytes += veneer;
            _deadline = Math.Min(_deadline, (long)offset + TUses.ForwardReach(kind));
            return;
        }

        _uses.Add(use);
    }

    // Islands.

    /// <summary>
    /// To be called between instructions, before <paramref name="nextBytes"/> more bytes are written without calling
    /// again: writes an island of veneers if a pending use could not reach past them.
    /// </summary>
    /// <param name="nextBytes">Upper bound of the bytes until the next call.</param>
    /// <param name="reachable">True if control may fall through here, so that the island must be jumped over.</param>
    public void ReserveReach(int nextBytes, bool reachable)
    {
        if (_pending.Count == 0) return;
        long worstEnd = (long)_code.Length + nextBytes + _islandBytes + TUses.IslandJumpBytes;
        if (worstEnd < _deadline) return;
        WriteIsland(reachable);
    }

    private void WriteIsland(bool reachable)
    {
        MachLabel after = default;
        if (reachable)
        {
            after = NewLabel();
            int start = _code.Length;
            (byte kind, int offset) = TUses.WriteIslandJump(_code.Reserve(TUses.IslandJumpBytes));
            _uses.Add(new Use { Offset = start + offset, Label = after.Index, Kind = kind });
        }

        int count = _pending.Count;
        _deadline = long.MaxValue;
        _islandBytes = 0;
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            Use use = _pending[i];
            if (_labels[use.Label] != Unbound && Reaches(use))
            {
                _uses.Add(use);
                continue;
            }

            int start = _code.Length;
            (byte kind, int offset) = TUses.WriteVeneer(_code.Reserve(TUses.VeneerBytes(use.Kind)), use.Kind);
            int veneer = NewLabels(1);
            _labels[veneer] = start;
            _uses.Add(new Use { Offset = use.Offset, Label = veneer, Kind = use.Kind });
            var second = new Use { Offset = start + offset, Label = use.Label, Kind = kind };
            if (TUses.VeneerBytes(kind) != 0 && _labels[use.Label] == Unbound)
            {
                _pending[kept++] = second;
                _islandBytes += TUses.VeneerBytes(kind);
                _deadline = Math.Min(_deadline, (long)second.Offset + TUses.ForwardReach(kind));
            }
            else
            {
                _uses.Add(second);
            }
        }

        _pending.Truncate(kept);
        if (reachable) Bind(after);
    }

    private bool Reaches(in Use use) => _labels[use.Label] - use.Offset <= TUses.ForwardReach(use.Kind);

    // Constants.

    /// <summary>
    /// Puts a constant of 4, 8 or 16 bytes into the pool, once, aligned to its size, and gives the label of its place.
    /// </summary>
    public MachLabel Constant(UInt128 bits, int size)
    {
        Span<PoolEntry> entries = _pool.Span;
        // Functions have few distinct constants; only the latest ones are worth comparing with.
        for (int i = entries.Length - 1, tries = 32; i >= 0 && tries > 0; i--, tries--)
        {
            if (entries[i].Size == size && entries[i].Bits == bits) return new MachLabel(entries[i].Label);
        }

        MachLabel label = NewLabel();
        _pool.Add(new PoolEntry { Bits = bits, Size = (byte)size, Label = label.Index });
        return label;
    }

    /// <summary>
    /// Puts a table of 4-byte distances (from the table's start to each label) behind the code and gives the label of
    /// its start. Add its items with <see cref="AddTableItem"/> directly afterwards.
    /// </summary>
    public MachLabel BeginTable()
    {
        MachLabel label = NewLabel();
        _tables.Add(-1 - label.Index);
        return label;
    }

    /// <summary>Adds the next item of the table begun last.</summary>
    public void AddTableItem(MachLabel target) => _tables.Add(target.Index);

    // Records.

    /// <summary>The instruction about to be written may trap.</summary>
    public void AddTrap(TrapCode code) => _traps.Add(new TrapRecord(new CodeOffset((uint)_code.Length), code));

    /// <summary>What is written from here on comes from the given source location.</summary>
    public void SetSource(SourceLoc source)
    {
        var entry = new AddressMapEntry(new CodeOffset((uint)_code.Length), source);
        if (_sources.Count != 0)
        {
            ref AddressMapEntry last = ref _sources.Last;
            if (last.Source == source) return;
            if (last.Offset == entry.Offset)
            {
                last = entry;
                return;
            }
        }

        _sources.Add(entry);
    }

    /// <summary>The bytes at <paramref name="offset"/> depend on where <paramref name="target"/> is.</summary>
    public void AddRelocation(int offset, RelocationKind kind, ExternalName target, int addend) =>
        _relocations.Add(new Relocation(new CodeOffset((uint)offset), kind, target, addend));

    /// <summary>
    /// The call that was just written keeps a live reference in the frame at this offset. References of one call are
    /// added one after the other.
    /// </summary>
    public void AddReference(CodeOffset returnAddress, int frameOffset)
    {
        if (_stackMaps.Count == 0 || _stackMaps.Last.Offset != returnAddress) _stackMaps.Add(new StackMapEntry(returnAddress, _stackMapSlots.Count, 0));
        ref StackMapEntry entry = ref _stackMaps.Last;
        entry = entry with { SlotCount = entry.SlotCount + 1 };
        _stackMapSlots.Add((uint)frameOffset);
    }

    // Completion.

    /// <summary>Shortens branches, appends the constants, resolves all uses and moves everything to <paramref name="output"/>.</summary>
    public void Finish(CompiledFunction output)
    {
        _uses.AddRange(_pending.Span);
        _pending.Clear();
        if (ChooseShortBranches() || _pieces.Count != 0) Shrink();
        output.InstructionBytes = _code.Length;
        AppendTables();
        AppendPool();
        Span<byte> code = _code.Written;
        foreach (ref Use use in _uses.Span)
        {
            int target = _labels[use.Label];
            if (target == Unbound) EngineBug.Throw($"label L{use.Label} is used and not bound");
            TUses.Patch(code, use.Offset, target, use.Kind);
        }

        output.Bytes.WriteBytes(code);
        output.TrapList.AddRange(_traps.Span);
        output.AddressList.AddRange(_sources.Span);
        output.RelocationList.AddRange(_relocations.Span);
        output.StackMapList.AddRange(_stackMaps.Span);
        output.StackMapSlotList.AddRange(_stackMapSlots.Span);
    }

    // Two sweeps find nearly all; a third seldom finds anything.
    private bool ChooseShortBranches()
    {
        if (!IsSorted(_uses.Span)) _uses.Span.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        (int backward, int forward) = TUses.ShortReach;
        Span<Use> uses = _uses.Span;
        bool any = false;
        for (int sweep = 0; sweep < 2; sweep++)
        {
            bool changed = false;
            for (int i = 0; i < uses.Length; i++)
            {
                ref Use use = ref uses[i];
                if (use.Short) continue;
                (int longBytes, _) = TUses.BranchForms(use.Kind);
                int target = _labels[use.Label];
                if (longBytes == 0 || target == Unbound) continue;
                int end = use.Offset + 4;
                int distance = target - end;
                if (distance < 2 * backward || distance > 2 * forward) continue;
                int low = Math.Min(end, target), high = Math.Max(end, target);
                int slack = PaddingBetween(low, high) - SavedBetween(uses, i, low, high);
                distance += distance < 0 ? -slack : slack;
                if (distance < backward || distance > forward) continue;
                use.Short = true;
                changed = any = true;
            }

            if (!changed) break;
        }

        return any;
    }

    private static bool IsSorted(ReadOnlySpan<Use> uses)
    {
        for (int i = 1; i < uses.Length; i++)
        {
            if (uses[i].Offset < uses[i - 1].Offset) return false;
        }

        return true;
    }

    // What padding may grow by between two places not further from each other than a short branch reaches.
    private int PaddingBetween(int low, int high)
    {
        int first = 0, limit = _aligns.Count;
        while (first < limit)
        {
            int middle = (first + limit) >> 1;
            if (_aligns[middle].Offset < low) first = middle + 1;
            else limit = middle;
        }

        int padding = 0;
        for (; first < _aligns.Count && _aligns[first].Offset <= high; first++) padding += _aligns[first].Alignment - 1;
        return padding + (_pieces.Count == 0 ? 0 : PiecePaddingBetween(low, high));
    }

    // A piece is padded by at most its length, and only one of those in a line is.
    private int PiecePaddingBetween(int low, int high)
    {
        int first = 0, limit = _pieces.Count;
        while (first < limit)
        {
            int middle = (first + limit) >> 1;
            if (_pieces[middle].Offset < low) first = middle + 1;
            else limit = middle;
        }

        int count = 0, longest = 0;
        for (; first < _pieces.Count && _pieces[first].Offset <= high; first++)
        {
            count++;
            longest = Math.Max(longest, _pieces[first].End - _pieces[first].Offset);
        }

        return Math.Min(count, LinesInShortReach) * longest;
    }

    // What branches already chosen save between two places next to the use numbered `index`.
    private static int SavedBetween(ReadOnlySpan<Use> uses, int index, int low, int high)
    {
        int saved = 0;
        for (int i = index - 1; i >= 0 && uses[i].Offset >= low; i--) saved += Saving(uses[i], low, high);
        for (int i = index + 1; i < uses.Length && uses[i].Offset < high; i++) saved += Saving(uses[i], low, high);
        return saved;
    }

    private static int Saving(in Use use, int low, int high)
    {
        if (!use.Short) return 0;
        (int longBytes, int shortBytes) = TUses.BranchForms(use.Kind);
        return use.Offset + 4 - longBytes >= low && use.Offset + 4 <= high ? longBytes - shortBytes : 0;
    }

    // Closes the gaps of short branches and redoes padding, then maps every recorded offset.
    private void Shrink()
    {
        _moves.Clear();
        _moves.Add(new Move(0, 0));
        _shrunk.Clear();
        Span<byte> code = _code.Written;
        int from = 0, nextAlign = 0, nextPiece = 0;
        for (int i = 0; i < _uses.Count; i++)
        {
            ref Use use = ref _uses[i];
            (int longBytes, int shortBytes) = use.Short ? TUses.BranchForms(use.Kind) : default;
            int stop = use.Short ? use.Offset + 4 - longBytes : use.Offset;
            while (nextAlign < _aligns.Count && _aligns[nextAlign].Offset <= stop) Realign(code, _aligns[nextAlign++], ref from);
            if (nextPiece < _pieces.Count && _pieces[nextPiece].Offset <= stop) PlacePiece(code, _pieces[nextPiece++], i, ref from);
            Slide(code, stop, ref from);
            if (!use.Short)
            {
                use.Offset += _shrunk.Length - from;
                continue;
            }

            int to = _shrunk.Length;
            (byte kind, int offset) = TUses.WriteShort(code.Slice(from, longBytes), _shrunk.Reserve(shortBytes));
            use.Offset = to + offset;
            use.Kind = kind;
            from += longBytes;
            _moves.Add(new Move(from, _shrunk.Length - from));
        }

        while (nextAlign < _aligns.Count) Realign(code, _aligns[nextAlign++], ref from);
        Slide(code, code.Length, ref from);
        (_code, _shrunk) = (_shrunk, _code);
        MapRecords();
    }

    private void Realign(Span<byte> code, AlignPoint point, ref int from)
    {
        Slide(code, point.Offset, ref from);
        from += -point.Offset & (point.Alignment - 1);
        Pad(-_shrunk.Length & (point.Alignment - 1), from);
    }

    // The piece's branch is the use with the index given, or one of the next.
    private void PlacePiece(Span<byte> code, Piece piece, int use, ref int from)
    {
        Slide(code, piece.Offset, ref from);
        while (_uses[use].Offset + 4 != piece.End) use++;
        (int longBytes, int shortBytes) = _uses[use].Short ? TUses.BranchForms(_uses[use].Kind) : default;
        int inLine = _shrunk.Length & (LineBytes - 1);
        if (inLine + piece.End - piece.Offset - longBytes + shortBytes >= LineBytes) Pad(LineBytes - inLine, from);
    }

    private void Pad(int byteCount, int from)
    {
        TUses.WritePadding(_shrunk.Reserve(byteCount));
        _moves.Add(new Move(from, _shrunk.Length - from));
    }

    private void Slide(Span<byte> code, int stop, ref int from)
    {
        _shrunk.WriteBytes(code[from..stop]);
        from = stop;
    }

    private void MapRecords()
    {
        foreach (ref int label in _labels.Span)
        {
            if (label != Unbound) label = Moved(label);
        }

        foreach (ref TrapRecord trap in _traps.Span) trap = trap with { Offset = Moved(trap.Offset) };
        foreach (ref AddressMapEntry entry in _sources.Span) entry = entry with { Offset = Moved(entry.Offset) };
        foreach (ref Relocation relocation in _relocations.Span) relocation = relocation with { Offset = Moved(relocation.Offset) };

        // A return address belongs to the call before it, not to what an alignment moves behind it.
        foreach (ref StackMapEntry map in _stackMaps.Span) map = map with { Offset = new CodeOffset((uint)Moved((int)map.Offset.Value - 1) + 1) };
    }

    private CodeOffset Moved(CodeOffset offset) => new((uint)Moved((int)offset.Value));

    private int Moved(int offset)
    {
        ReadOnlySpan<Move> moves = _moves.Span;
        int first = 0, limit = moves.Length;
        while (first + 1 < limit)
        {
            int middle = (first + limit) >> 1;
            if (moves[middle].From <= offset) first = middle;
            else limit = middle;
        }

        return offset + moves[first].By;
    }

    private void AppendTables()
    {
        int start = 0;
        for (int i = 0; i < _tables.Count; i++)
        {
            int item = _tables[i];
            if (item < 0)
            {
                _code.Align(4);
                start = _code.Length;
                _labels[-1 - item] = start;
                continue;
            }

            int target = _labels[item];
            if (target == Unbound) EngineBug.Throw($"label L{item} is in a jump table and not bound");
            _code.WriteUInt32((uint)(target - start));
        }
    }

    private void AppendPool()
    {
        for (int size = 16; size >= 4; size >>= 1)
        {
            bool any = false;
            foreach (ref PoolEntry entry in _pool.Span)
            {
                if (entry.Size != size) continue;
                if (!any) _code.Align(size);
                any = true;
                _labels[entry.Label] = _code.Length;
                if (size == 4) _code.WriteUInt32((uint)entry.Bits);
                else _code.WriteUInt64((ulong)entry.Bits);
                if (size == 16) _code.WriteUInt64((ulong)(entry.Bits >> 64));
            }
        }
    }
}
