// Request headers, response headers and trailers: an ordered list of entries with lower-case ASCII keys.
// Invariants: a key matches [a-z0-9._-]+; an entry is binary exactly when its key ends in "-bin".

using System;
using System.Collections;
using System.Collections.Generic;
using System.Text;

namespace Grpc.Core;

/// <summary>An ordered list of call metadata entries. Keys may repeat.</summary>
public sealed class Metadata : IList<Metadata.Entry>
{
    /// <summary>Keys of binary entries end with this.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>An empty, read-only list.</summary>
    public static readonly Metadata Empty = new Metadata().Freeze();

    private readonly List<Entry> _entries = [];
    private bool _readOnly;

    /// <summary>An empty list.</summary>
    public Metadata()
    {
    }

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public bool IsReadOnly => _readOnly;

    /// <inheritdoc/>
    public Entry this[int index]
    {
        get => _entries[index];
        set
        {
            CheckWrite(value);
            _entries[index] = value;
        }
    }

    /// <summary>The last entry with this key, or null.</summary>
    public Entry? Get(string key)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (string.Equals(_entries[i].Key, key, StringComparison.OrdinalIgnoreCase))
            {
                return _entries[i];
            }
        }

        return null;
    }

    /// <summary>The text value of the last entry with this key, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The bytes of the last entry with this key, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>All entries with this key, in order.</summary>
    public IEnumerable<Entry> GetAll(string key)
    {
        foreach (Entry entry in _entries)
        {
            if (string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase))
            {
                yield return entry;
            }
        }
    }

    /// <summary>Adds a text entry.</summary>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds a binary entry; the key must end in "-bin".</summary>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <inheritdoc/>
    public void Add(Entry item)
    {
        CheckWrite(item);
        _entries.Add(item);
    }

    /// <inheritdoc/>
    public int IndexOf(Entry item) => _entries.IndexOf(item);

    /// <inheritdoc/>
    public void Insert(int index, Entry item)
    {
        CheckWrite(item);
        _entries.Insert(index, item);
    }

    /// <inheritdoc/>
    public void RemoveAt(int index)
    {
        CheckWritable();
        _entries.RemoveAt(index);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        CheckWritable();
        _entries.Clear();
    }

    /// <inheritdoc/>
    public bool Contains(Entry item) => _entries.Contains(item);

    /// <inheritdoc/>
    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public bool Remove(Entry item)
    {
        CheckWritable();
        return _entries.Remove(item);
    }

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal Metadata Freeze()
    {
        _readOnly = true;
        return this;
    }

    private void CheckWrite(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        CheckWritable();
    }

    private void CheckWritable()
    {
        if (_readOnly)
        {
            throw new InvalidOperationException("The metadata is read-only.");
        }
    }

    /// <summary>One key with a text or a binary value.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>A binary entry; the key must end in "-bin". The bytes are copied.</summary>
        public Entry(string key, byte[] valueBytes)
        {
            Key = NormalizeKey(key);
            ArgumentNullException.ThrowIfNull(valueBytes);
            if (!IsBinaryKey(Key))
            {
                throw new ArgumentException($"The key of a binary entry must end in {BinaryHeaderSuffix}.", nameof(key));
            }

            _bytes = (byte[])valueBytes.Clone();
        }

        /// <summary>A text entry; the key must not end in "-bin" and the value is ASCII.</summary>
        public Entry(string key, string value)
        {
            Key = NormalizeKey(key);
            ArgumentNullException.ThrowIfNull(value);
            if (IsBinaryKey(Key))
            {
                throw new ArgumentException($"The key of a text entry must not end in {BinaryHeaderSuffix}.", nameof(key));
            }

            _text = value;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>The value's bytes (a copy); of a text entry, its ASCII bytes.</summary>
        public byte[] ValueBytes => _bytes is not null ? (byte[])_bytes.Clone() : Encoding.ASCII.GetBytes(_text!);

        /// <summary>The value as text; of a binary entry, its bytes read as ASCII.</summary>
        public string Value => _text ?? Encoding.ASCII.GetString(_bytes!);

        /// <summary>Whether the key ends in "-bin".</summary>
        public bool IsBinary => _bytes is not null;

        /// <inheritdoc/>
        public override string ToString() => IsBinary
            ? $"[Entry: key={Key}, valueBytes={Convert.ToHexString(_bytes!)}]"
            : $"[Entry: key={Key}, value={_text}]";

        private static bool IsBinaryKey(string key) => key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        private static string NormalizeKey(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            string lower = key.ToLowerInvariant();
            if (lower.Length == 0)
            {
                throw new ArgumentException("A metadata key must not be empty.", nameof(key));
            }

            foreach (char c in lower)
            {
                if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-'))
                {
                    throw new ArgumentException(
                        $"Metadata key '{key}' holds a character other than letters, digits, '.', '_' and '-'.", nameof(key));
                }
            }

            return lower;
        }
    }
}
