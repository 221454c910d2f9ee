using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Semantics;
using Xunit;

namespace Kiln.Codegen.Tests.Ir;

public sealed class OpcodeTableTests
{
    [Fact]
    public void Rows_EveryOpcode_HasOneInOrder()
    {
        Opcode[] all = Enum.GetValues<Opcode>();
        Assert.Equal(all.Length, OpcodeTable.Rows.Length);
        var mnemonics = new HashSet<string>();
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(all[i], OpcodeTable.Rows[i].Op);
            Assert.Equal(i, (int)all[i]);
            Assert.True(mnemonics.Add(OpcodeTable.Rows[i].Mnemonic), OpcodeTable.Rows[i].Mnemonic);
            Assert.NotEmpty(OpcodeTable.Rows[i].Doc);
        }
    }

    [Fact]
    public void Rows_OperandCounts_FitTheFormat()
    {
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            int expected = row.Format switch
            {
                InstFormat.Unary or InstFormat.Load or InstFormat.Brif or InstFormat.BrTable or InstFormat.CondTrap or InstFormat.ExtractLane => 1,
                InstFormat.Binary or InstFormat.IntCompare or InstFormat.FloatCompare or InstFormat.Store or InstFormat.InsertLane or InstFormat.Shuffle or InstFormat.AtomicRmw => 2,
                InstFormat.Ternary or InstFormat.Guard or InstFormat.AtomicCas => 3,
                InstFormat.Immediate or InstFormat.Constant or InstFormat.StackAddr or InstFormat.FuncAddr or InstFormat.Call
                    or InstFormat.CallIndirect or InstFormat.Jump or InstFormat.Return or InstFormat.Trap or InstFormat.Fence => 0,
            };
            Assert.Equal(expected, row.Op.FixedOperandCount());
        }
    }

    // Every instruction is copied, hashed and compared; its size is a decision.
    [Fact]
    public void Sizes_OfHotStructs_AreAsDecided()
    {
        Assert.Equal(24, Unsafe.SizeOf<InstData>());
        Assert.Equal(12, Unsafe.SizeOf<ValueData>());
        Assert.Equal(16, Unsafe.SizeOf<BlockCall>());
        Assert.Equal(4, Unsafe.SizeOf<Value>());
    }

    [Fact]
    public void IntCC_InverseAndSwapped_MeanWhatTheySay()
    {
        long[] values = [long.MinValue, -2, -1, 0, 1, 2, long.MaxValue];
        foreach (IntCC cc in Enum.GetValues<IntCC>())
        {
            foreach (long x in values)
            {
                Assert.Equal(cc.HoldsForEqual(), cc.Holds(x, x));
                foreach (long y in values)
                {
                    Assert.NotEqual(cc.Holds(x, y), cc.Inverse().Holds(x, y));
                    Assert.Equal(cc.Holds(x, y), cc.Swapped().Holds(y, x));
                }
            }
        }
    }

    [Fact]
    public void FloatCC_Swapped_MeansWhatItSays()
    {
        double[] values = [double.NaN, double.NegativeInfinity, -0.0, 0.0, 1.0];
        foreach (FloatCC cc in Enum.GetValues<FloatCC>())
        {
            foreach (double x in values)
            {
                foreach (double y in values) Assert.Equal(cc.Holds(x, y), cc.Swapped().Holds(y, x));
            }
        }
    }

    [Fact]
    public void ScalarSemantics_EveryOpcodeItCovers_Evaluates()
    {
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            for (IrType type = IrType.I32; type <= IrType.F64; type++)
            {
                if (!row.Types.Contains(type) || !ScalarSemantics.Covers(row.Op, type)) continue;
                IrType operand = row.A switch
                {
                    TypeRule.AnyInt => IrType.I64,
                    TypeRule.AnyFloat => IrType.F64,
                    _ => row.A.Apply(type, LaneShape.None),
                };
                ScalarSemantics.Evaluate(new InstData { Op = row.Op, Type = type }, operand, 1, 1, 1, out _);
            }
        }
    }

    [Fact]
    public void VectorSemantics_EveryVectorOpcode_EvaluatesForEachShape()
    {
        int shapes = 0;
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            if (row.Lanes != LaneSet.None) Assert.Equal(IrTypeSet.V128, row.Types);
            for (LaneShape lanes = LaneShape.None; lanes <= LaneShape.F64x2; lanes++)
            {
                if (row.Lanes == LaneSet.None ? lanes != LaneShape.None : !row.Lanes.Contains(lanes)) continue;
                var data = new InstData { Op = row.Op, Type = IrType.V128, Lanes = lanes };
                if (VectorSemantics.Covers(row.Op))
                {
                    VectorSemantics.Evaluate(data, 1, 1, 1);
                    shapes++;
                }
                else if (row.Lanes != LaneSet.None)
                {
                    VectorSemantics.Load(data, new byte[data.AccessByteCount]);
                }
            }
        }

        Assert.True(shapes > 150, $"{shapes} opcodes times shapes");
    }

    [Fact]
    public void LaneShapes_LanesAndScalars_FillTheVector()
    {
        for (LaneShape lanes = LaneShape.I8x16; lanes <= LaneShape.F64x2; lanes++)
        {
            Assert.Equal(128, lanes.LaneBits() * lanes.LaneCount());
            Assert.True(lanes.ScalarType().Bits() >= lanes.LaneBits());
            Assert.True(LaneSet.Any.Contains(lanes));
            if (lanes.Halved() != LaneShape.None) Assert.Equal(lanes.LaneBits(), 2 * lanes.Halved().LaneBits());
        }

        Assert.False(LaneSet.Any.Contains(LaneShape.None));
    }
}
