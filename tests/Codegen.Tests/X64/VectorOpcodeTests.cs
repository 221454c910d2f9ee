using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Codegen.Ir.Semantics;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Machine;
using Xunit;
using Xunit.Sdk;

namespace Kiln.Codegen.Tests.X64;

/// <summary>Where a vector test's operands come from.</summary>
public enum VectorOperands
{
    /// <summary>Parameters.</summary>
    Registers,

    /// <summary>Loads from unaligned memory, each used once, so that they may be folded.</summary>
    Memory,

    /// <summary>The last operand is a constant.</summary>
    Constant,
}

/// <summary>Each vector opcode alone, for each lane shape, compiled and run on edge values of its lanes, against the definition of its semantics.</summary>
public sealed class VectorOpcodeTests
{
    private readonly CompilationContext _context = new();

    /// <summary>The sets of features that lowering distinguishes.</summary>
    internal static readonly (string Name, CpuFeatures Features)[] Targets =
    [
        ("sse4.1", CpuFeatures.Baseline),
        ("avx", CpuFeatures.Detect().Without(CpuFeature.Avx2 | CpuFeature.Fma)),
        ("host", CpuFeatures.Detect()),
    ];

    public static IEnumerable<object[]> Cases()
    {
        foreach (OpcodeRow row in OpcodeTable.Rows.ToArray())
        {
            if (!VectorSemantics.Covers(row.Op)) continue;
            for (LaneShape lanes = LaneShape.None; lanes <= LaneShape.F64x2; lanes++)
            {
                if (row.Lanes == LaneSet.None ? lanes != LaneShape.None : !row.Lanes.Contains(lanes)) continue;
                foreach ((string name, CpuFeatures features) in Targets)
                {
                    if (row.Op is Opcode.Vffma or Opcode.Vffnma && !features.Has(CpuFeature.Fma)) continue;
                    yield return [row.Op, lanes, name];
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void VectorOpcode_OnEdgeValues_ComputesItsSemantics(Opcode op, LaneShape lanes, string target)
    {
        var random = new Random(1);
        int codes = op == Opcode.Vicmp ? (lanes == LaneShape.I64x2 ? 6 : 10) : op == Opcode.Vfcmp ? 6 : 1;
        int indices = op.Format() is InstFormat.ExtractLane or InstFormat.InsertLane ? lanes.LaneCount() : 1;
        List<UInt128> shuffles = op == Opcode.Vshuffle ? ShuffleMasks.All() : [0];
        for (byte code = 0; code < codes; code++)
        {
            for (int index = 0; index < indices; index++)
            {
                foreach (UInt128 mask in shuffles)
                {
                    var data = new InstData { Op = op, Type = IrType.V128, Lanes = lanes, Code = code, Imm = index };
                    new Case(this, data, mask, Features(target), random).Run();
                }
            }
        }
    }

    // Shuffles of a vector with zero on either side, and with itself.
    [Theory]
    [InlineData("sse4.1")]
    [InlineData("avx")]
    [InlineData("host")]
    public void Shuffle_WithZeroOrItself_MovesTheRightBytes(string target)
    {
        var masks = ShuffleMasks.All();
        for (int k = 1; k < 16; k++) masks.Add(ShuffleMasks.ZeroExtension(k));
        CodegenOptions options = NativeFunction.Options with { Features = Features(target) };
        UInt128 given = new(0x0F0E0D0C0B0A0908, 0x0706050403020110);
        Span<UInt128> result = stackalloc UInt128[1];
        foreach (UInt128 mask in masks)
        {
            for (int kind = 0; kind < 3; kind++)
            {
                var function = new IrFunction { Name = "shuffle" };
                function.Signature = function.AddSignature([IrType.V128], [IrType.V128]);
                var b = new FunctionBuilder();
                b.Begin(function);
                Value a = b.BlockParams(b.CreateEntryBlock())[0];
                Value zero = kind == 2 ? a : b.Vconst(0);
                b.Return([kind == 1 ? b.Vshuffle(zero, a, mask) : b.Vshuffle(a, zero, mask)]);
                UInt128 second = kind == 2 ? given : 0;
                var data = new InstData { Op = Opcode.Vshuffle, Type = IrType.V128 };
                UInt128 expected = kind == 1 ? VectorSemantics.Evaluate(data, 0, given, mask) : VectorSemantics.Evaluate(data, given, second, mask);
                NativeFunction.Compile(b.Finish(), options, _context).CallWide([given], result);
                if (result[0] != expected) throw new XunitException($"kind {kind}, mask {mask:x32}: expected {expected:x32}, got {result[0]:x32}\n{_context.PrintAssembly()}");
            }
        }
    }

    internal static CpuFeatures Features(string target) => Array.Find(Targets, one => one.Name == target).Features;

    // One instruction in all its settings.
    private sealed class Case
    {
        private readonly VectorOpcodeTests _test;
        private readonly InstData _data;
        private readonly UInt128 _mask;
        private readonly CodegenOptions _options;
        private readonly Random _random;
        private readonly IrType[] _types;
        private readonly IrType _result;

        public Case(VectorOpcodeTests test, InstData data, UInt128 mask, CpuFeatures features, Random random)
        {
            (_test, _data, _mask, _random) = (test, data, mask, random);
            _options = NativeFunction.Options with { Features = features };
            OpcodeRow row = data.Op.Row();
            var types = new List<IrType>();
            foreach (TypeRule rule in new[] { row.A, row.B, row.C })
            {
                if (rule != TypeRule.None) types.Add(rule.Apply(data.Type, data.Lanes));
            }

            _types = types.ToArray();
            _result = data.ResultType;
        }

        public void Run()
        {
            List<UInt128[]> operands = Operands(_data.Op == Opcode.Vshuffle ? 3 : 10_000);
            RunAll(VectorOperands.Registers, operands, default);
            List<UInt128[]> few = operands.Count <= 40 ? operands : operands.GetRange(0, 40);
            RunAll(VectorOperands.Memory, few, default);
            if (_types.Length < 2 || _data.Op == Opcode.Vshuffle) return;
            foreach (UInt128 constant in Constants())
            {
                foreach (UInt128[] one in few) one[^1] = constant;
                RunAll(VectorOperands.Constant, few, constant);
            }
        }

        private List<UInt128> Constants()
        {
            if (_types[^1] != IrType.V128)
            {
                var scalars = new List<UInt128>();
                foreach (long edge in EdgeValues.Of(_types[^1])) scalars.Add(_types[^1] == IrType.I32 ? (uint)edge : (ulong)edge);
                return scalars;
            }

            List<UInt128> all = LaneVectors.Of(_data.Op, _data.Lanes);
            var some = new List<UInt128> { 0, UInt128.MaxValue, new(0xFFFF0000FFFFFFFF, 0x0000FFFF00000000), new(0x00FF00FF0000FFFF, 0xFF00FF00FFFFFFFF) };
            for (int i = 0; i < 8; i++) some.Add(all[_random.Next(all.Count)]);
            return some;
        }

        // Every pair of lane values meets in some lane; third operands are random ones.
        private List<UInt128[]> Operands(int limit)
        {
            List<UInt128> vectors = LaneVectors.Of(_data.Op, _data.Lanes);
            var all = new List<UInt128[]>();
            int seconds = _types.Length == 1 ? 1 : _types[1] == IrType.V128 ? 24 : EdgeValues.Of(_types[1]).Length;
            int firsts = _types[0] == IrType.V128 ? vectors.Count : EdgeValues.Of(_types[0]).Length;
            for (int i = 0; i < firsts && all.Count < limit; i++)
            {
                for (int j = 0; j < seconds; j++)
                {
                    var one = new UInt128[_types.Length];
                    one[0] = Operand(0, i, vectors);
                    if (one.Length > 1) one[1] = _types[1] == IrType.V128 ? vectors[_random.Next(vectors.Count)] : Operand(1, j, vectors);
                    if (one.Length > 2) one[2] = vectors[_random.Next(vectors.Count)];
                    all.Add(one);
                }
            }

            return all;
        }

        private UInt128 Operand(int index, int number, List<UInt128> vectors)
        {
            if (_types[index] == IrType.V128) return vectors[number];
            long edge = EdgeValues.Of(_types[index])[number];
            return _types[index] is IrType.I32 or IrType.F32 ? (uint)edge : (ulong)edge;
        }

        private unsafe void RunAll(VectorOperands source, List<UInt128[]> operands, UInt128 constant)
        {
            NativeFunction native = NativeFunction.Compile(Build(source, constant), _options, _test._context);
            Span<UInt128> result = stackalloc UInt128[1];
            byte* memory = stackalloc byte[256];
            Span<UInt128> address = [(ulong)memory];
            foreach (UInt128[] one in operands)
            {
                if (source == VectorOperands.Memory)
                {
                    for (int i = 0; i < one.Length; i++) *(UInt128*)(memory + 1 + 17 * i) = one[i];
                    native.CallWide(address, result);
                }
                else
                {
                    native.CallWide(one, result);
                }

                UInt128 third = _data.Op == Opcode.Vshuffle ? _mask : one.Length > 2 ? one[2] : 0;
                UInt128 expected = VectorSemantics.Evaluate(_data, one[0], one.Length > 1 ? one[1] : 0, third);
                if (LaneVectors.Same(_data, _result, result[0], expected)) continue;
                string text = string.Join(", ", Array.ConvertAll(one, static x => $"{x:x32}"));
                throw new XunitException(
                    $"{_data.Op}.{_data.Lanes} code {_data.Code} lane {_data.Imm} mask {_mask:x32} from {source}, {_options.Features}:\n{text}\nexpected {expected:x32}\ngot      {result[0]:x32}\n{_test._context.PrintAssembly()}");
            }
        }

        private IrFunction Build(VectorOperands source, UInt128 constant)
        {
            var function = new IrFunction { Name = _data.Op.ToString() };
            IrType[] parameters = source == VectorOperands.Memory ? [IrType.I64] : _types;
            function.Signature = function.AddSignature(parameters, [_result]);
            var b = new FunctionBuilder();
            b.Begin(function);
            Block entry = b.CreateEntryBlock();
            Value[] given = b.BlockParams(entry).ToArray();
            var values = new Value[3];
            for (int i = 0; i < _types.Length; i++)
            {
                if (source == VectorOperands.Memory) values[i] = b.Load(_types[i], MemFlags.Guest(default), given[0], 1 + 17 * i);
                else if (source == VectorOperands.Constant && i == _types.Length - 1) values[i] = Constant(function, b, _types[i], constant);
                else values[i] = given[i];
            }

            InstData data = _data;
            (data.A, data.B, data.C) = (values[0], values[1], values[2]);
            if (data.Op == Opcode.Vshuffle) data.Constant = function.Constants.Add(_mask);
            Inst inst = function.Dfg.MakeInst(data, _result);
            function.Layout.Append(inst, entry);
            b.Return([function.Dfg.FirstResult(inst)]);
            return b.Finish();
        }

        private static Value Constant(IrFunction function, FunctionBuilder b, IrType type, UInt128 bits) => type switch
        {
            IrType.I32 => b.I32Const((int)(uint)bits),
            IrType.I64 => b.I64Const((long)(ulong)bits),
            IrType.F32 => b.F32Const((uint)bits),
            IrType.F64 => b.F64Const((ulong)bits),
            _ => b.Vconst(bits),
        };
    }
}
