using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64;

/// <summary>The registers: hardware numbers, what the allocator may use, and their names.</summary>
internal static class X64Registers
{
    public static readonly PReg Rax = PReg.Int(0);
    public static readonly PReg Rcx = PReg.Int(1);
    public static readonly PReg Rdx = PReg.Int(2);
    public static readonly PReg Rbx = PReg.Int(3);
    public static readonly PReg Rsp = PReg.Int(4);
    public static readonly PReg Rbp = PReg.Int(5);
    public static readonly PReg Rsi = PReg.Int(6);
    public static readonly PReg Rdi = PReg.Int(7);

    public static readonly PReg Xmm0 = PReg.Float(0);

    /// <summary>Carries float moves that the allocator inserts; never an operand.</summary>
    public static readonly PReg FloatScratch = PReg.Float(15);

    // Short encodings first; rax, rcx and rdx last among them because divisions, shifts and results want them.
    private static readonly PReg[] IntOrder =
    [
        Rsi, Rdi, Rax, Rcx, Rdx, PReg.Int(8), PReg.Int(9), PReg.Int(10), PReg.Int(11),
        Rbx, Rbp, PReg.Int(14), PReg.Int(15), PReg.Int(12), PReg.Int(13),
    ];

    private static readonly PReg[] FloatOrder =
    [
        PReg.Float(0), PReg.Float(1), PReg.Float(2), PReg.Float(3), PReg.Float(4), PReg.Float(5), PReg.Float(6), PReg.Float(7),
        PReg.Float(8), PReg.Float(9), PReg.Float(10), PReg.Float(11), PReg.Float(12), PReg.Float(13), PReg.Float(14),
    ];

    /// <summary>All but rsp and xmm15. Integer cycles are broken by xchg.</summary>
    public static readonly MachineEnv Environment = new(IntOrder, FloatOrder, FloatScratch);

    /// <summary>Every register an instruction may name: what a call destroys.</summary>
    public static readonly PRegSet All = Environment.IntRegisters | Environment.FloatRegisters;

    private static readonly string[] IntNames =
    [
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    ];

    /// <summary>The 64-bit or xmm name.</summary>
    public static string Name(PReg register) => register.Class == RegClass.Int ? IntNames[register.Encoding] : $"xmm{register.Encoding}";
}
