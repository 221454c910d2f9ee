using System;
using System.Numerics;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Ranges;

// A counter x starts in a range and steps by c != 0 modulo 2^32; each time before the loop goes back, t = x + d (of the
// same iteration) must stand in a relation to a bound n. How often can it go back, and which values does x take?
//
// Everything is turned into counting up and unsigned order by bijections of the 32-bit numbers:
//   - if c is negative, x, t and n are replaced by their complements: ~x steps by -c, ~t = ~x - d, and the order is reversed;
//   - if the order is signed, the sign bits of t and n are inverted, which adds 2^31 to d.
// Then t = x + e as integers in the first iteration, with one e for every start, or nothing is claimed.
//
// Less: the loop goes on only if t <= m, where m is the greatest number below (or at) any n. If m + c < 2^32, no step from
// a passed t wraps. By induction over iterations t = x + e stays true for integers, and behind the step x + e <= m + c.
// So x is at most max(start, m + c - e), which must be below 2^32 for x itself not to wrap.
// t grows from its least start by c, and passes at most (m - least t) / c + 1 times.
//
// Not equal: the loop goes on until t meets n.
//   - Start and bound are constants: t meets n after (n - t) / c steps modulo 2^32, if c divides that; nothing is claimed otherwise.
//   - Otherwise n must not change in the loop; no start of t is above n; and n - t is a multiple of c: c is 1, or a power of 2 of
//     which n, start and d are multiples. Then t meets n before it is above, and "goes on" means t <= n - c.

/// <summary>A test that a loop must pass to go on. <c>aligned</c>: so many low bits of bound, start and d are 0.</summary>
internal readonly ref struct LoopTest
{
    private const long Modulus = 1L << 32;

    private readonly ValueRange _start;
    private readonly ValueRange _bound;
    private readonly IntCC _relation;
    private readonly long _step;
    private readonly uint _added;
    private readonly int _aligned;
    private readonly bool _isDown;
    private readonly bool _isInvariant;

    public LoopTest(ValueRange start, long stride, uint added, IntCC relation, ValueRange bound, bool isInvariant, int aligned)
    {
        _isInvariant = isInvariant;
        _aligned = aligned;
        _isDown = stride < 0;
        _step = Math.Abs(stride);
        if (_isDown)
        {
            start = start.Complement();
            bound = bound.Complement();
            relation = relation.Swapped();
            added = 0 - added;
        }

        if (relation.IsSigned())
        {
            added += 1u << 31;
            bound = bound.SignFlipped();
            relation = relation.Unsigned();
        }

        _start = start;
        _bound = bound;
        _relation = relation;
        _added = added;
    }

    /// <summary>
    /// The most times that the loop goes back after it was entered, and the values that the counter has at the header; all of them if it may wrap round.
    /// </summary>
    public bool TryBound(out ulong trips, out ValueRange values)
    {
        trips = 0;
        values = default;
        if (!_start.TryAdd(_added, out ValueRange tested, out long offset)) return false;
        long most; // that passes
        switch (_relation)
        {
            case IntCC.Ult or IntCC.Ule:
                most = (long)_bound.High - (_relation == IntCC.Ult ? 1 : 0);
                if (most + _step >= Modulus) return false;
                break;

            case IntCC.Ne when tested.IsExact && _bound.IsExact:
                long way = (long)(uint)(_bound.Low - tested.Low);
                if (way % _step != 0) return false;
                trips = (ulong)(way / _step);
                return true;

            case IntCC.Ne when _isInvariant && tested.High <= _bound.Low && BitOperations.IsPow2(_step) && BitOperations.Log2((ulong)_step) <= _aligned:
                most = (long)_bound.High - _step;
                break;

            default:
                return false; // the other direction, or a single value
        }

        long least = (long)tested.Low;
        trips = most < least ? 0 : (ulong)((most - least) / _step) + 1;
        long last = trips == 0 ? 0 : most + _step - offset;
        if (last >= Modulus) return true;
        values = new ValueRange(_start.Low, Math.Max(_start.High, (ulong)Math.Max(last, 0)));
        if (_isDown) values = values.Complement();
        return true;
    }
}
