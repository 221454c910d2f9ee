namespace Kiln.RegAlloc.Tests;

/// <summary>Register files for tests.</summary>
public static class Machines
{
    /// <summary>Shaped like x86-64: 15 integer registers and 15 float registers, exchange of integer registers.</summary>
    public static readonly MachineEnv X64 = Make(15, 15, intScratch: false);

    /// <summary>All registers that calls clobber.</summary>
    public static PRegSet All(MachineEnv env) => (env.IntRegisters | env.FloatRegisters).With(env.FloatScratch);

    /// <summary>A file of the first registers of each class; the last float register is the scratch register.</summary>
    public static MachineEnv Make(int ints, int floats, bool intScratch)
    {
        PReg[] intOrder = new PReg[ints];
        PReg[] floatOrder = new PReg[floats];
        for (int i = 0; i < ints; i++) intOrder[i] = PReg.Int(i);
        for (int i = 0; i < floats; i++) floatOrder[i] = PReg.Float(i);
        return new MachineEnv(intOrder, floatOrder, PReg.Float(15), intScratch ? PReg.Int(15) : null);
    }
}
