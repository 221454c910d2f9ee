using Kiln.Codegen.Ir;
using Kiln.RegAlloc;
using static Kiln.Codegen.Isa.X64.Lower.VectorConstants;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>Scalars and lanes: vsplat, vextract_lane, vinsert_lane, loads that splat or widen, stores of one lane.</summary>
internal static class VectorLaneRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case Opcode.Vsplat: Splat(x, data, dst); break;
            case Opcode.VextractLane or Opcode.VsextractLane: Extract(x, data, dst); break;
            case Opcode.VinsertLane: Insert(x, data, dst); break;
        }
    }

    public static void LowerLoad(Lowering x, in InstData data, VReg dst)
    {
        RmOperand memory = MemoryRules.AddressOf(x, data);
        switch (data.Op)
        {
            case Opcode.VloadSplat: SplatMemory(x, data.Lanes, dst, memory); break;
            case Opcode.VloadZero: x.VectorRm(data.Lanes == LaneShape.I32x4 ? X64Op.MovssLoad : X64Op.MovsdLoad, dst, memory); break;
            case Opcode.VloadSextend: VectorWidthRules.ExtendLow(x, data.Lanes, dst, memory, signed: true); break;
            case Opcode.VloadUextend: VectorWidthRules.ExtendLow(x, data.Lanes, dst, memory, signed: false); break;
        }
    }

    // The memory of a scalar that fills a lane, if its load may move here.
    private static bool TrySinkLane(Lowering x, Value value, LaneShape lanes, out RmOperand memory)
    {
        Inst load = default;
        bool narrow = lanes switch
        {
            LaneShape.I8x16 => x.CanSink(value, Opcode.Uload8, out load) || x.CanSink(value, Opcode.Sload8, out load),
            LaneShape.I16x8 => x.CanSink(value, Opcode.Uload16, out load) || x.CanSink(value, Opcode.Sload16, out load),
            _ => false, // lanes as wide as a scalar
        };
        memory = narrow ? x.Sink(load) : default;
        return narrow || (lanes.LaneBits() >= 32 && x.TrySink(value, lanes.ScalarType(), out memory));
    }

    // Splat.

    private static void Splat(Lowering x, in InstData data, VReg dst)
    {
        if (TrySinkLane(x, data.A, data.Lanes, out RmOperand memory))
        {
            SplatMemory(x, data.Lanes, dst, memory);
            return;
        }

        VReg low = x.NewVector();
        switch (data.Lanes)
        {
            case LaneShape.I8x16:
                x.VectorRm(X64Op.MovdRm, low, MemoryRules.Narrow(x, data.A, 1));
                if (x.Features.Avx2) x.Rm(X64Op.Vpbroadcastb, dst, low);
                else x.Vector(X64Op.Pshufb, dst, low, Zero(x));
                break;
            case LaneShape.I16x8:
                x.VectorRm(X64Op.MovdRm, low, MemoryRules.Narrow(x, data.A, 2));
                SplatWord(x, dst, low);
                break;
            case LaneShape.I32x4:
                x.VectorRm(X64Op.MovdRm, low, x.LowOf(data.A));
                x.VectorRm(X64Op.Pshufd, dst, low, 0);
                break;
            case LaneShape.I64x2:
                x.VectorRm(X64Op.MovqRm, low, x.RegOf(data.A));
                x.VectorRm(X64Op.Pshufd, dst, low, 0x44);
                break;
            case LaneShape.F32x4:
                VReg single = x.RegOf(data.A);
                if (x.Features.Avx2) x.Rm(X64Op.Vbroadcastss, dst, single);
                else if (x.Features.Avx) x.Vector(X64Op.Shufps, dst, single, single, 0);
                else x.VectorRm(X64Op.Pshufd, dst, single, 0);
                break;
            default: // f64x2
                x.VectorRm(X64Op.Movddup, dst, x.RegOf(data.A));
                break;
        }
    }

    private static void SplatWord(Lowering x, VReg dst, VReg low)
    {
        if (x.Features.Avx2)
        {
            x.Rm(X64Op.Vpbroadcastw, dst, low);
            return;
        }

        VReg half = x.NewVector();
        x.VectorRm(X64Op.Pshuflw, half, low, 0);
        x.VectorRm(X64Op.Pshufd, dst, half, 0);
    }

    private static void SplatMemory(Lowering x, LaneShape lanes, VReg dst, RmOperand memory)
    {
        VReg low = x.NewVector();
        switch (lanes.LaneBits())
        {
            case 8 when x.Features.Avx2:
                x.Rm(X64Op.Vpbroadcastb, dst, memory);
                break;
            case 8:
                VReg zero = Zero(x);
                x.Vector(X64Op.Pinsrb, low, zero, memory, 0);
                x.Vector(X64Op.Pshufb, dst, low, zero);
                break;
            case 16 when x.Features.Avx2:
                x.Rm(X64Op.Vpbroadcastw, dst, memory);
                break;
            case 16:
                x.Vector(X64Op.Pinsrw, low, Zero(x), memory, 0);
                SplatWord(x, dst, low);
                break;
            case 32 when x.Features.Avx:
                x.Rm(X64Op.VbroadcastssLoad, dst, memory);
                break;
            case 32:
                x.VectorRm(X64Op.MovssLoad, low, memory);
                x.VectorRm(X64Op.Pshufd, dst, low, 0);
                break;
            default: // 64
                x.VectorRm(X64Op.Movddup, dst, memory);
                break;
        }
    }

    // Extract.

    private static void Extract(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        bool signed = data.Op == Opcode.VsextractLane;
        VReg lane = signed ? x.NewInt() : dst;
        int index = data.LaneIndex;
        switch (data.Lanes)
        {
            case LaneShape.I8x16:
                x.VectorMri(X64Op.Pextrb, lane, a, index);
                if (signed) x.Rm(X64Op.Movsx32Rm8, dst, lane);
                break;
            case LaneShape.I16x8:
                x.VectorRm(X64Op.Pextrw, lane, a, index);
                if (signed) x.Rm(X64Op.Movsx32Rm16, dst, lane);
                break;
            case LaneShape.I32x4:
                x.VectorMri(index == 0 ? X64Op.MovdMr : X64Op.Pextrd, dst, a, index);
                break;
            case LaneShape.I64x2:
                x.VectorMri(index == 0 ? X64Op.MovqMr : X64Op.Pextrq, dst, a, index);
                break;
            default: // floats: a scalar is the lowest lane
                if (index == 0) x.VectorRm(X64Op.Movaps, dst, a);
                else if (data.Lanes == LaneShape.F64x2) Move(x, X64Op.Unpckhpd, dst, a, 0, 0xEE);
                else Move(x, X64Op.Shufps, dst, a, index, index);
                break;
        }
    }

    // A shuffle of one register: with VEX in the float domain; without it by pshufd, which overwrites nothing it reads.
    private static void Move(Lowering x, X64Op shuffle, VReg dst, VReg a, int immediate, int pshufd)
    {
        if (x.Features.Avx) x.Vector(shuffle, dst, a, a, immediate);
        else x.VectorRm(X64Op.Pshufd, dst, a, pshufd);
    }

    /// <summary>A store of a lane that nothing else needs, from the vector itself. False if the store is something else.</summary>
    public static bool TryStoreLane(Lowering x, in InstData store, int bytes)
    {
        Inst inst = x.Dfg.DefInst(store.B);
        if (inst.Id == 0 || x.UsesOf(store.B) != 1 || x.IsDemanded(store.B)) return false;
        InstData extract = x.Dfg.Insts[inst];
        if (extract.Op is not (Opcode.VextractLane or Opcode.VsextractLane) || extract.Lanes.LaneBits() != 8 * bytes) return false;
        int lane = extract.LaneIndex;
        X64Op op = bytes switch
        {
            1 => X64Op.PextrbStore,
            2 => X64Op.PextrwStore,
            4 when lane == 0 => X64Op.MovssStore,
            4 => extract.Lanes == LaneShape.F32x4 ? X64Op.ExtractpsStore : X64Op.PextrdStore,
            _ => lane == 0 ? X64Op.MovsdStore : X64Op.MovhpsStore,
        };
        x.Emit(new X64Inst { Op = x.Vex(op), R = x.RegOf(extract.A), Rm = MemoryRules.AddressOf(x, store), Immediate = lane });
        return true;
    }

    // Insert.

    private static void Insert(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        int index = data.LaneIndex;
        if (data.Lanes == LaneShape.F32x4 && TryInsertExtracted(x, data, dst, a)) return;
        bool memory = TrySinkLane(x, data.B, data.Lanes, out RmOperand lane);
        switch (data.Lanes)
        {
            case LaneShape.I8x16:
                x.Vector(X64Op.Pinsrb, dst, a, memory ? lane : MemoryRules.Narrow(x, data.B, 1), index);
                break;
            case LaneShape.I16x8:
                x.Vector(X64Op.Pinsrw, dst, a, memory ? lane : MemoryRules.Narrow(x, data.B, 2), index);
                break;
            case LaneShape.I32x4:
                x.Vector(X64Op.Pinsrd, dst, a, memory ? lane : x.LowOf(data.B), index);
                break;
            case LaneShape.F32x4:
                if (memory) x.Vector(X64Op.Insertps, dst, a, lane, index << 4);
                else if (index == 0) x.Vector(X64Op.Blendps, dst, a, x.RegOf(data.B), 1);
                else x.Vector(X64Op.Insertps, dst, a, x.RegOf(data.B), index << 4);
                break;
            case LaneShape.I64x2 or LaneShape.F64x2 when memory:
                x.Vector(index == 0 ? X64Op.MovlpsLoad : X64Op.MovhpsLoad, dst, a, lane);
                break;
            case LaneShape.I64x2:
                x.Vector(X64Op.Pinsrq, dst, a, x.RegOf(data.B), index);
                break;
            default: // f64x2
                if (index == 0) x.Vector(X64Op.Blendpd, dst, a, x.RegOf(data.B), 1);
                else x.Vector(X64Op.Movlhps, dst, a, x.RegOf(data.B));
                break;
        }
    }

    // The register form, because memory has no lanes to choose from: a lane of one vector to a lane of another, and zero to a lane, are one insertps.
    private static bool TryInsertExtracted(Lowering x, in InstData data, VReg dst, VReg a)
    {
        int to = data.LaneIndex;
        Inst inst = x.Dfg.DefInst(data.B);
        if (inst.Id == 0) return false;
        InstData value = x.Dfg.Insts[inst];
        if (value.Op == Opcode.F32const && value.Imm == 0)
        {
            x.Vector(X64Op.InsertpsReg, dst, a, a, to << 6 | to << 4 | 1 << to);
            return true;
        }

        if (value.Op != Opcode.VextractLane || x.IsDemanded(data.B)) return false;
        x.Vector(X64Op.InsertpsReg, dst, a, x.RegOf(value.A), value.LaneIndex << 6 | to << 4);
        return true;
    }
}
