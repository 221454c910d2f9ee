using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kiln.Foundation.Collections;

/// <summary>A growable set of small non-negative integers, one bit each.</summary>
public sealed class BitSet
{
    private ulong[] _words;

    /// <summary>Creates an empty set with room for members below <paramref name="capacity"/>.</summary>
    public BitSet(int capacity = 64) => _words = new ulong[Math.Max(1, (capacity + 63) >> 6)];

    /// <summary>True if <paramref name="index"/> is a member.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int index)
    {
        int word = index >> 6;
        return (uint)word < (uint)_words.Length && (_words[word] >> (index & 63) & 1) != 0;
    }

    /// <summary>Adds a member; true if it was not there before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(int index)
    {
        int word = index >> 6;
        if ((uint)word >= (uint)_words.Length) Grow(word);
        ulong bit = 1UL << (index & 63);
        ref ulong slot = ref _words[word];
        bool added = (slot & bit) == 0;
        slot |= bit;
        return added;
    }

    /// <summary>Removes a member if it is there.</summary>
    public void Remove(int index)
    {
        int word = index >> 6;
        if ((uint)word < (uint)_words.Length) _words[word] &= ~(1UL << (index & 63));
    }

    /// <summary>Adds all members of <paramref name="other"/>; true if this set grew.</summary>
    public bool UnionWith(BitSet other)
    {
        if (_words.Length < other._words.Length) Grow(other._words.Length - 1);
        ulong changed = 0;
        ReadOnlySpan<ulong> theirs = other._words;
        Span<ulong> ours = _words.AsSpan(0, theirs.Length);
        for (int i = 0; i < theirs.Length; i++)
        {
            ulong before = ours[i];
            ours[i] = before | theirs[i];
            changed |= ours[i] ^ before;
        }

        return changed != 0;
    }

    /// <summary>Number of members.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _words) count += BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>Removes all members and keeps the buffer.</summary>
    public void Clear() => Array.Clear(_words);

    /// <summary>Enumerates the members in ascending order.</summary>
    public Enumerator GetEnumerator() => new(_words);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int word) => Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));

    /// <summary>Walks the members in ascending order.</summary>
    public ref struct Enumerator(ReadOnlySpan<ulong> words)
    {
        private readonly ReadOnlySpan<ulong> _words = words;
        private int _word = -1;
        private ulong _rest;

        /// <summary>The member the enumerator stands on.</summary>
        public int Current { get; private set; }

        /// <summary>Steps to the next member.</summary>
        public bool MoveNext()
        {
            while (_rest == 0)
            {
                if (++_word >= _words.Length) return false;
                _rest = _words[_word];
            }

            Current = (_word << 6) + BitOperations.TrailingZeroCount(_rest);
            _rest &= _rest - 1;
            return true;
        }
    }
}
