using System;

namespace Kiln.RegAlloc;

/// <summary>
/// The registers of a machine as the allocator may use them. Immutable; one per target.
/// </summary>
/// <remarks>
/// Every register is caller-saved in this project, so a call's clobber set names all of them and a value
/// that lives across a call is in its spill slot there. Registers that only fixed operands name need not be
/// listed; registers listed nowhere and named nowhere are never touched.
/// </remarks>
public sealed class MachineEnv
{
    private readonly PReg[] _intOrder;
    private readonly PReg[] _floatOrder;

    /// <summary>Describes a machine.</summary>
    /// <param name="intOrder">Allocatable integer registers, most preferred first (short encodings first).</param>
    /// <param name="floatOrder">Allocatable float registers, most preferred first.</param>
    /// <param name="floatScratch">
    /// A float register outside <paramref name="floatOrder"/>, also outside of every operand and clobber set's
    /// concern: it carries slot-to-slot moves and breaks cycles of float moves, and is dead between edits.
    /// </param>
    /// <param name="intScratch">
    /// The same for integer registers, or null for a machine that can exchange two integer registers without
    /// touching flags (<see cref="EditKind.Exchange"/>).
    /// </param>
    public MachineEnv(ReadOnlySpan<PReg> intOrder, ReadOnlySpan<PReg> floatOrder, PReg floatScratch, PReg? intScratch = null)
    {
        _intOrder = intOrder.ToArray();
        _floatOrder = floatOrder.ToArray();
        IntRegisters = SetOf(intOrder, RegClass.Int);
        FloatRegisters = SetOf(floatOrder, RegClass.Float);
        if (FloatRegisters.Contains(floatScratch) || floatScratch.Class != RegClass.Float)
            throw new ArgumentException("the float scratch register must be a float register that is not allocatable", nameof(floatScratch));
        if (intScratch is { } scratch && (IntRegisters.Contains(scratch) || scratch.Class != RegClass.Int))
            throw new ArgumentException("the integer scratch register must be an integer register that is not allocatable", nameof(intScratch));
        FloatScratch = floatScratch;
        IntScratch = intScratch;
    }

    /// <summary>Allocatable integer registers as a set.</summary>
    public PRegSet IntRegisters { get; }

    /// <summary>Allocatable float registers as a set.</summary>
    public PRegSet FloatRegisters { get; }

    /// <summary>The float register that edits may destroy.</summary>
    public PReg FloatScratch { get; }

    /// <summary>The integer register that edits may destroy, if there is one.</summary>
    public PReg? IntScratch { get; }

    /// <summary>Allocatable registers of a class, most preferred first.</summary>
    public ReadOnlySpan<PReg> Order(RegClass regClass) => regClass == RegClass.Int ? _intOrder : _floatOrder;

    /// <summary>Allocatable registers of a class.</summary>
    public PRegSet Registers(RegClass regClass) => regClass == RegClass.Int ? IntRegisters : FloatRegisters;

    private static PRegSet SetOf(ReadOnlySpan<PReg> registers, RegClass regClass)
    {
        PRegSet set = default;
        foreach (PReg register in registers)
        {
            if (register.Class != regClass || set.Contains(register))
                throw new ArgumentException($"{register} is listed twice or in the wrong class");
            set = set.With(register);
        }

        return set;
    }
}
