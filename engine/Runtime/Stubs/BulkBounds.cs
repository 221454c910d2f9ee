using Iced.Intel;
using Kiln.Contract;
using Kiln.Contract.Layout;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Runtime.Stubs;

/// <summary>
/// The bounds of <c>memory.copy</c> and <c>memory.fill</c>, exactly: start + count is at most the memory's length. A branch says so; where
/// a processor guesses it wrongly, the range is the empty one at the start of the memory, so what lies elsewhere is neither read nor
/// written in speculation either. Registers are those of <see cref="BulkRoutines"/>' arguments.
/// </summary>
/// <param name="speculationSafe">Whether wrong guesses matter (<see cref="Tunables.SpeculationSafe"/>).</param>
internal readonly struct BulkBounds(bool speculationSafe)
{
    /// <summary>Checks both ranges of a copy and makes rcx and r8 their addresses, or jumps. Destroys rax, r10 and r11.</summary>
    public void LocateCopy(Assembler a, Label outside)
    {
        BeginChecks(a);
        CheckRange(a, rsi, rcx, r9, outside);
        CheckRange(a, rdx, r8, r9, outside);
        a.add(rcx, __[rsi + VmMemoryLayout.Base]);
        a.add(r8, __[rdx + VmMemoryLayout.Base]);
    }

    /// <summary>Checks the range of a fill and makes rdx its address, and rax the byte eight times, or jumps. Destroys rcx, r10 and r11.</summary>
    public void LocateFill(Assembler a, Label outside)
    {
        BeginChecks(a);
        CheckRange(a, rsi, rdx, r8, outside);
        a.add(rdx, __[rsi + VmMemoryLayout.Base]);
        a.movzx(eax, cl);
        a.mov(rcx, 0x0101010101010101);
        a.imul(rax, rcx);
    }

    // What the checks need: r10 is 0, r11 all ones.
    private void BeginChecks(Assembler a)
    {
        if (!speculationSafe) return;
        a.xor(r10d, r10d);
        a.lea(r11, __[r10 - 1]);
    }

    // To the label unless start + count <= length of the memory. If wrong guesses matter, start and count are 0 there, and wherever else
    // the processor goes on from here.
    private void CheckRange(Assembler a, AssemblerRegister64 memory, AssemblerRegister64 start, AssemblerRegister64 count, Label outside)
    {
        a.mov(rax, start);
        a.add(rax, count);
        if (!speculationSafe)
        {
            a.jc(outside);
            a.cmp(rax, __[memory + VmMemoryLayout.ByteLength]);
            a.ja(outside);
            return;
        }

        a.cmovc(rax, r11); // an end that has no 64 bits is longer than any memory
        a.cmp(__[memory + VmMemoryLayout.ByteLength], rax);
        a.cmovb(start, r10);
        a.cmovb(count, r10);
        a.jb(outside);
    }
}
