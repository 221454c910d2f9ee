using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Codegen.Ir.Semantics;

namespace Kiln.Codegen.Tests.Opt;

/// <summary>
/// Vector expressions from seeds, over two vectors and two scalars and constants that rules look for. Every vector opcode
/// occurs; of those that make NaNs the interpreter gives the canonical one, before and after.
/// </summary>
internal sealed class RandomVectors
{
    private static readonly (Opcode Op, LaneShape Lanes)[] _all = All();

    // What rules are about, more often than the rest.
    private static readonly Opcode[] _favourites =
    [
        Opcode.Vand, Opcode.Vandnot, Opcode.Vor, Opcode.Vxor, Opcode.Vnot, Opcode.Vbitselect, Opcode.Vshuffle, Opcode.Vswizzle,
        Opcode.Vsplat, Opcode.VextractLane, Opcode.VsextractLane, Opcode.VinsertLane, Opcode.Viadd, Opcode.Visub, Opcode.Vineg,
        Opcode.Vimul, Opcode.Vishl, Opcode.Vsshr, Opcode.Vicmp, Opcode.Vfcmp, Opcode.Vfneg, Opcode.Vfabs,
    ];

    private readonly Random _random;
    private readonly FunctionBuilder _b = new();
    private Value[] _leaves = [];

    private RandomVectors(int seed) => _random = new Random(seed);

    /// <summary>Parameters: two vectors, i32, i64, f32, f64.</summary>
    public static ReadOnlySpan<IrType> ParamTypes => [IrType.V128, IrType.V128, IrType.I32, IrType.I64, IrType.F32, IrType.F64];

    /// <summary>Results: three vectors and an i32.</summary>
    public static ReadOnlySpan<IrType> ResultTypes => [IrType.V128, IrType.V128, IrType.V128, IrType.I32];

    /// <summary>Writes the function of a seed.</summary>
    public static void Make(int seed, IrFunction func)
    {
        var random = new RandomVectors(seed);
        func.Clear();
        func.Name = "vectors";
        func.Signature = func.AddSignature(ParamTypes, ResultTypes);
        random._b.Begin(func);
        random._leaves = random._b.BlockParams(random._b.CreateEntryBlock()).ToArray();
        var results = new Value[ResultTypes.Length];
        for (int i = 0; i < results.Length; i++) results[i] = random.Tree(ResultTypes[i], 2 + random._random.Next(3));
        random._b.Return(results);
        random._b.Finish();
    }

    /// <summary>A vector that is often all zeros, all ones, the same in all lanes, or small indices.</summary>
    public static UInt128 Pick(Random random)
    {
        switch (random.Next(7))
        {
            case 0: return 0;
            case 1: return UInt128.MaxValue;
            case 2:
                ulong lane = 1UL << random.Next(64);
                return new UInt128(lane, lane);
            case 3:
                UInt128 splat = (UInt128)random.Next(256) * new UInt128(0x0101010101010101, 0x0101010101010101);
                return splat;
            case 4: return new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()) & new UInt128(0x1F1F1F1F1F1F1F1F, 0x1F1F1F1F1F1F1F1F);
            case 5: return random.Next(2) == 0 ? new UInt128(0x3F8000003F800000, 0xBF800000C0000000) : new UInt128(0x0000000100000001, 0x0000000100000001);
            default: return new UInt128((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue));
        }
    }

    private static (Opcode, LaneShape)[] All()
    {
        var all = new List<(Opcode, LaneShape)>();
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            if (!VectorSemantics.Covers(row.Op)) continue;
            if (row.Lanes == LaneSet.None) all.Add((row.Op, LaneShape.None));
            for (LaneShape lanes = LaneShape.I8x16; lanes <= LaneShape.F64x2; lanes++)
            {
                if (row.Lanes.Contains(lanes)) all.Add((row.Op, lanes));
            }
        }

        return all.ToArray();
    }

    private Value Tree(IrType type, int depth)
    {
        if (depth == 0 || _random.Next(12) == 0) return Leaf(type);
        if (type != IrType.V128 && type != IrType.I32 && _random.Next(2) == 0) return Leaf(type);
        InstData data = default;
        for (int tries = 0; tries < 200; tries++)
        {
            (data.Op, data.Lanes) = _all[_random.Next(_all.Length)];
            if (_random.Next(3) != 0 && Array.IndexOf(_favourites, data.Op) < 0) continue;
            data.Type = IrType.V128;
            if (data.ResultType == type) break;
        }

        if (data.ResultType != type) return Leaf(type);
        OpcodeRow row = data.Op.Row();
        data.A = Tree(row.A.Apply(data.Type, data.Lanes), depth - 1);
        if (row.B != TypeRule.None) data.B = _random.Next(6) == 0 && row.B == row.A ? data.A : Tree(row.B.Apply(data.Type, data.Lanes), depth - 1);
        if (row.C != TypeRule.None) data.C = Tree(row.C.Apply(data.Type, data.Lanes), depth - 1);
        if (data.Op == Opcode.Vicmp) data.Code = (byte)_random.Next(data.Lanes == LaneShape.I64x2 ? 6 : 10);
        if (data.Op == Opcode.Vfcmp) data.Code = (byte)_random.Next(6);
        if (row.Format is InstFormat.ExtractLane or InstFormat.InsertLane) data.LaneIndex = _random.Next(data.Lanes.LaneCount());
        if (data.Op == Opcode.Vshuffle) data.Constant = _b.Func.Constants.Add(ShuffleMask());
        return _b.Append(data, type);
    }

    private UInt128 ShuffleMask()
    {
        // Whole lanes of a width, from both sources or one.
        int bytes = 1 << _random.Next(4), places = _random.Next(2) == 0 ? 32 : 16, first = places == 16 ? _random.Next(2) * 16 : 0;
        UInt128 mask = 0;
        for (int i = 0; i < 16; i += bytes)
        {
            int from = first + _random.Next(places / bytes) * bytes;
            for (int k = 0; k < bytes; k++) mask |= (UInt128)(from + k) << (8 * (i + k));
        }

        return mask;
    }

    private Value Leaf(IrType type)
    {
        bool constant = _random.Next(3) == 0;
        return type switch
        {
            IrType.I32 => constant ? _b.I32Const((int)RandomFunction.Pick(_random)) : _leaves[2],
            IrType.I64 => constant ? _b.I64Const(RandomFunction.Pick(_random)) : _leaves[3],
            IrType.F32 => constant ? _b.F32Const((uint)_random.Next()) : _leaves[4],
            IrType.F64 => constant ? _b.F64Const((ulong)_random.NextInt64()) : _leaves[5],
            _ => constant ? _b.Vconst(Pick(_random)) : _leaves[_random.Next(2)],
        };
    }
}
