// In: bytes of a module, or of one section or body of it. Out: the primitive items of the binary format (core
// spec, section 5.2 and 5.3): integers, names, types. Every failure is a ModuleException at the position of
// the item; position and bounds are checked at each read, so a reader can never leave its bytes.

using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Kiln.Foundation.Buffers;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Decoding;

/// <summary>Reads the primitive items of the binary format.</summary>
internal ref struct ByteReader
{
    private const string UnexpectedEnd = "unexpected end of section or function";
    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<byte> _beyond;
    private readonly int _base;
    private readonly long _function;
    private int _position;

    /// <summary>Reads a section or body of <paramref name="module"/>.</summary>
    /// <param name="module">All bytes of the module. Those beyond the range only tell a damaged item from a missing one.</param>
    /// <param name="range">What to read.</param>
    /// <param name="features">The proposals that are on.</param>
    /// <param name="function">The function it belongs to, for errors; -1 outside of bodies.</param>
    public ByteReader(ReadOnlySpan<byte> module, ByteRange range, FeatureSet features, long function = -1)
        : this(module.Slice(range.Start, range.Length), range.Start, features, function) => _beyond = module[range.Start..];

    /// <summary>Reads <paramref name="bytes"/>, the first of which is at <paramref name="baseOffset"/> in the module.</summary>
    public ByteReader(ReadOnlySpan<byte> bytes, int baseOffset, FeatureSet features, long function)
    {
        _bytes = bytes;
        _beyond = bytes;
        _base = baseOffset;
        _function = function;
        Features = features;
    }

    /// <summary>The proposals that are on.</summary>
    public FeatureSet Features { get; }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Where the next byte is in the module.</summary>
    public readonly WasmOffset Offset => new(_base + _position);

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>True if nothing is left.</summary>
    public readonly bool IsAtEnd => _position >= _bytes.Length;

    /// <summary>The next byte, without moving; -1 at the end.</summary>
    public readonly int Peek() => (uint)_position < (uint)_bytes.Length ? _bytes[_position] : -1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        int at = _position;
        if ((uint)at >= (uint)_bytes.Length) Fail(UnexpectedEnd);
        _position = at + 1;
        return _bytes[at];
    }

    /// <summary>Takes the next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining) Fail(UnexpectedEnd);
        ReadOnlySpan<byte> taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }

    /// <summary>Passes over the next <paramref name="count"/> bytes.</summary>
    public void Skip(int count) => ReadBytes(count);

    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadU32()
    {
        int at = _position;
        if ((uint)at < (uint)_bytes.Length)
        {
            byte first = _bytes[at];
            if (first < 0x80)
            {
                _position = at + 1;
                return first;
            }
        }

        return (uint)ReadUnsignedSlowly(32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadU64()
    {
        int at = _position;
        if ((uint)at < (uint)_bytes.Length)
        {
            byte first = _bytes[at];
            if (first < 0x80)
            {
                _position = at + 1;
                return first;
            }
        }

        return ReadUnsignedSlowly(64);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadSigned(int bits)
    {
        int at = _position;
        if ((uint)at < (uint)_bytes.Length)
        {
            byte first = _bytes[at];
            if (first < 0x80)
            {
                _position = at + 1;
                return (sbyte)(first << 1) >> 1;
            }
        }

        return ReadSignedSlowly(bits);
    }

    /// <summary>Reads the number of items of a list; each takes at least one byte, so it is bounded by what is left.</summary>
    public int ReadCount(int limit, string what)
    {
        WasmOffset at = Offset;
        uint count = ReadU32();
        if (count > (uint)limit) Fail($"too many {what}: {count}, at most {limit} are allowed", at);
        return (int)count;
    }

    /// <summary>Reads a name (core spec, section 5.2.4).</summary>
    public string ReadName()
    {
        WasmOffset at = Offset;
        if (IsAtEnd) FailMissingName();
        uint length = ReadU32();
        if (length > (uint)Remaining) Fail(length > (uint)(_beyond.Length - _position) ? "length out of bounds" : UnexpectedEnd, at);
        ReadOnlySpan<byte> bytes = ReadBytes((int)length);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            Fail("malformed UTF-8 encoding", at);
            return "";
        }
    }

    /// <summary>Reads a value type.</summary>
    public ValType ReadValType()
    {
        switch (Peek())
        {
            case 0x7F: _position++; return ValType.I32;
            case 0x7E: _position++; return ValType.I64;
            case 0x7D: _position++; return ValType.F32;
            case 0x7C: _position++; return ValType.F64;
            case 0x7B:
                Require(Feature.Simd, "v128");
                _position++;
                return ValType.V128;
            case 0x70:
                Require(Feature.ReferenceTypes, "funcref as a value");
                _position++;
                return ValType.FuncRef;
            default:
                return ReadRefType("malformed value type");
        }
    }

    /// <summary>Reads a reference type.</summary>
    public ValType ReadRefType(string malformed = "malformed reference type")
    {
        WasmOffset at = Offset;
        byte code = ReadByte();
        if (code is 0x63 or 0x64)
        {
            Require(Feature.TypedFunctionReferences, "typed reference", at);
            return ValType.Ref(ReadHeapType(), code == 0x63);
        }

        if (AbstractHeap(code) is { } kind)
        {
            RequireHeap(kind, at);
            return ValType.Ref(kind, true);
        }

        Fail($"{malformed}: {code:x2}", at);
        return default;
    }

    /// <summary>Reads a heap type.</summary>
    public HeapType ReadHeapType()
    {
        WasmOffset at = Offset;
        int next = Peek();
        if (next is >= 0x40 and < 0x80)
        {
            _position++;
            if (AbstractHeap((byte)next) is not { } kind)
            {
                Fail($"malformed heap type: {next:x2}", at);
                return default;
            }

            RequireHeap(kind, at);
            return new HeapType(kind);
        }

        return TypeIndex(ReadSigned(33), at);
    }

    /// <summary>Makes a heap type of an index that was read.</summary>
    public readonly HeapType TypeIndex(long index, WasmOffset at)
    {
        if (index < 0) Fail("malformed heap type", at);
        if (index > HeapType.MaxTypeIndex) Fail($"unknown type {index}", at);
        return HeapType.FromIndex((uint)index);
    }

    /// <summary>Fails unless a proposal is on.</summary>
    public readonly void Require(Feature feature, string what, WasmOffset? at = null)
    {
        if (!Features.Contains(feature)) FailFeature(feature, what, at ?? Offset);
    }

    /// <summary>Fails at the current position.</summary>
    [DoesNotReturn]
    public readonly void Fail(string reason) => Fail(reason, Offset);

    /// <summary>Fails at a position.</summary>
    [DoesNotReturn]
    public readonly void Fail(string reason, WasmOffset at) =>
        throw new ModuleException(reason, at, _function < 0 ? null : (uint)_function);

    /// <summary>Fails because a proposal is off.</summary>
    [DoesNotReturn]
    public readonly void FailFeature(Feature feature, string what, WasmOffset at) =>
        Fail($"{what} requires the feature {feature}, which is switched off", at);

    private readonly void RequireHeap(HeapKind kind, WasmOffset at)
    {
        Feature feature = kind switch
        {
            HeapKind.Func or HeapKind.Concrete or HeapKind.Bottom => Feature.Mvp,
            HeapKind.Extern => Feature.ReferenceTypes,
            HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None
                or HeapKind.NoFunc or HeapKind.NoExtern => Feature.Gc,
            HeapKind.Exn or HeapKind.NoExn => Feature.Exceptions,
            HeapKind.Cont or HeapKind.NoCont => Feature.StackSwitching,
        };
        Require(feature, $"heap type {new HeapType(kind)}", at);
    }

    private static HeapKind? AbstractHeap(byte code) => code switch
    {
        0x75 => HeapKind.NoCont,
        0x74 => HeapKind.NoExn,
        0x73 => HeapKind.NoFunc,
        0x72 => HeapKind.NoExtern,
        0x71 => HeapKind.None,
        0x70 => HeapKind.Func,
        0x6F => HeapKind.Extern,
        0x6E => HeapKind.Any,
        0x6D => HeapKind.Eq,
        0x6C => HeapKind.I31,
        0x6B => HeapKind.Struct,
        0x6A => HeapKind.Array,
        0x69 => HeapKind.Exn,
        0x68 => HeapKind.Cont,
        _ => null,
    };

    // An integer that the range cuts off is reported as what it would be with the bytes that follow: if it is
    // wrong by itself, the size of the section or body is not what is wrong.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadUnsignedSlowly(int bits)
    {
        Leb128.Status status = Leb128.ReadUnsigned(_bytes, ref _position, bits, out ulong value);
        int position = _position;
        if (status == Leb128.Status.UnexpectedEnd) status = Leb128.ReadUnsigned(_beyond, ref position, bits, out _);
        if (status != Leb128.Status.Ok || position != _position) FailLeb(status);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadSignedSlowly(int bits)
    {
        Leb128.Status status = Leb128.ReadSigned(_bytes, ref _position, bits, out long value);
        int position = _position;
        if (status == Leb128.Status.UnexpectedEnd) status = Leb128.ReadSigned(_beyond, ref position, bits, out _);
        if (status != Leb128.Status.Ok || position != _position) FailLeb(status);
        return value;
    }

    [DoesNotReturn]
    private readonly void FailMissingName()
    {
        int position = _position;
        bool isTooLong = Leb128.ReadUnsigned(_beyond, ref position, 32, out ulong length) == Leb128.Status.Ok && length > (ulong)(_beyond.Length - position);
        Fail(isTooLong ? "length out of bounds" : UnexpectedEnd);
    }

    [DoesNotReturn]
    private readonly void FailLeb(Leb128.Status status) => Fail(status switch
    {
        Leb128.Status.TooLong => "integer representation too long",
        Leb128.Status.TooLarge => "integer too large",
        Leb128.Status.Ok or Leb128.Status.UnexpectedEnd => UnexpectedEnd,
    });
}
