using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;

namespace Kiln.Compiler.Translate;

/// <summary>
/// What a memory or a table is to compiled code: where it begins and how long it is, side by side. The pair stands in the VM
/// context, or, where others share it, behind a pointer in there.
/// </summary>
internal readonly struct BoundedArray
{
    private readonly FunctionBuilder _builder;
    private readonly Value _place;
    private readonly int _offset;

    /// <summary>The array whose pair, or a pointer to it, stands at <paramref name="vmOffset"/> in the VM context.</summary>
    public BoundedArray(Translation t, int vmOffset, bool isShared)
    {
        _builder = t.Builder;
        _place = isShared ? t.LoadVmField(vmOffset) : t.VmContext;
        _offset = isShared ? 0 : vmOffset;
    }

    /// <summary>The address of the pair.</summary>
    public Value Address => _offset == 0 ? _place : _builder.IaddImm(_place, _offset);

    /// <summary>Reads one of the pair. Flags of what never changes make it known to passes: <see cref="Flags"/>.</summary>
    public Value Load(IrType type, MemFlags flags, int field) => _builder.Load(type, flags, _place, _offset + field);

    /// <summary>Flags of a read from a region, of what may change or does not.</summary>
    public static MemFlags Flags(Region region, bool isConstant) =>
        isConstant ? MemFlags.Trusted(region).WithReadOnly().WithCanMove() : MemFlags.Trusted(region);
}
