using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Iced.Intel;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Machine;
using Xunit.Sdk;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Codegen.Tests.X64;

/// <summary>What a native call came to: results as 64-bit patterns, or a trap.</summary>
internal readonly record struct NativeResult(long[] Values, TrapCode Trap)
{
    public bool Trapped => Trap.Number != 0;
}

/// <summary>
/// A function compiled and placed in executable memory, called through a shim that speaks SysV on one side and the guest
/// convention on the other. The shim is written here a second time, on purpose: it checks the code generator's.
/// </summary>
internal sealed unsafe class NativeFunction
{
    private static readonly AssemblerRegister64[] ArgumentRegisters = [rdi, rsi, rdx, rcx, r8, r9, rax, r10, r11];
    private static readonly AssemblerRegister64[] ResultRegisters = [rax, rdx, rcx, rsi, rdi, r8, r9, r10];

    private readonly nint _code;
    private readonly nint _shim;
    private readonly int _resultCount;

    private NativeFunction(IrFunction function, CompiledFunction compiled, Func<ExternalName, nint>? resolve)
    {
        byte[] bytes = compiled.Code.ToArray();
        _code = NativeMemory.Place(bytes);
        foreach (Relocation relocation in compiled.Relocations)
        {
            nint target = resolve!(relocation.Target);
            nint place = _code + (nint)relocation.Offset.Value;
            BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>((void*)place, 4), (int)(target + relocation.Addend - place));
        }

        foreach (TrapRecord trap in compiled.Traps) NativeMemory.Traps[_code + (nint)trap.Offset.Value] = trap.Code;
        IrType[] parameters = function.ParamTypes(function.Signature).ToArray();
        IrType[] results = function.ResultTypes(function.Signature).ToArray();
        _resultCount = results.Length;
        _shim = BuildShim(parameters, results);
    }

    public nint Address => _code;

    public static CodegenOptions Options { get; } = new() { Features = CpuFeatures.Detect(), VerifyIr = true, CheckAllocation = true };

    public static NativeFunction Compile(IrFunction function, CodegenOptions? options = null, CompilationContext? context = null, Func<ExternalName, nint>? resolve = null)
    {
        CompiledFunction compiled = FunctionCompiler.Compile(function, options ?? Options, context ?? new CompilationContext());
        return new NativeFunction(function, compiled, resolve);
    }

    /// <summary>Calls with arguments as 64-bit patterns (i32 zero-extended).</summary>
    public NativeResult Call(params ReadOnlySpan<long> arguments)
    {
        int slots = Math.Max(Math.Max(arguments.Length, _resultCount), 1);
        UInt128* area = stackalloc UInt128[slots];
        for (int i = 0; i < arguments.Length; i++) area[i] = (ulong)arguments[i];
        TrapCode trap = Run(area);
        if (trap.Number != 0) return new NativeResult([], trap);
        long[] values = new long[_resultCount];
        for (int i = 0; i < values.Length; i++) values[i] = (long)(ulong)area[i];
        return new NativeResult(values, default);
    }

    /// <summary>Calls with arguments as 128-bit patterns (scalars zero-extended); gives the trap, or none and the results.</summary>
    public TrapCode CallWide(ReadOnlySpan<UInt128> arguments, Span<UInt128> results)
    {
        UInt128* area = stackalloc UInt128[Math.Max(Math.Max(arguments.Length, _resultCount), 1)];
        for (int i = 0; i < arguments.Length; i++) area[i] = arguments[i];
        TrapCode trap = Run(area);
        if (trap.Number == 0) new Span<UInt128>(area, _resultCount).CopyTo(results);
        return trap;
    }

    private TrapCode Run(UInt128* area)
    {
        long pc;
        lock (NativeMemory.Lock)
        {
            NativeMemory.Cell[1] = 0;
            _ = NativeMemory.Landing;
            ((delegate* unmanaged<nint, UInt128*, void>)_shim)(_code, area);
            pc = NativeMemory.Cell[1];
        }

        if (pc == 0) return default;
        if (!NativeMemory.Traps.TryGetValue((nint)pc, out TrapCode trap)) throw new XunitException($"fault at +0x{pc - _code:x} has no trap record");
        return trap;
    }

    // void shim(code, area): area is an array of 16-byte slots, arguments in, results out.
    private static nint BuildShim(IrType[] parameters, IrType[] results) => NativeMemory.Assemble(c =>
    {
        (int argumentBytes, List<(int Index, int Place)> ints, List<(int Index, int Place)> floats, List<(int Index, int Place)> stack) = Assign(parameters, ArgumentRegisters.Length);
        (int resultBytes, List<(int Index, int Place)> intResults, List<(int Index, int Place)> floatResults, List<(int Index, int Place)> stackResults) = Assign(results, ResultRegisters.Length);

        // Results beyond registers: their area's address is one more argument.
        bool addressInRegister = ints.Count < ArgumentRegisters.Length;
        int addressPlace = (argumentBytes + 7) / 8 * 8;
        if (resultBytes != 0 && !addressInRegister) argumentBytes = addressPlace + 8;
        argumentBytes = (argumentBytes + 15) / 16 * 16;
        int area = argumentBytes + (resultBytes + 15) / 16 * 16;
        AssemblerRegister64[] saved = [rbx, rbp, r12, r13, r14, r15];
        foreach (AssemblerRegister64 register in saved) c.push(register);
        c.push(rsi);
        if (area != 0) c.sub(rsp, area);
        Label done = c.CreateLabel();
        c.mov(rbx, (long)NativeMemory.Cell);
        c.mov(__qword_ptr[rbx], rsp);
        c.lea(rax, __[done]);
        c.mov(__qword_ptr[rbx + 16], rax);
        c.mov(rbx, rdi);
        c.mov(rbp, rsi);
        foreach ((int index, int place) in stack)
        {
            c.movups(xmm0, __[rbp + 16 * index]);
            if (parameters[index] == IrType.V128) c.movups(__[rsp + place], xmm0);
            else c.movsd(__qword_ptr[rsp + place], xmm0);
        }

        if (resultBytes != 0 && !addressInRegister)
        {
            c.lea(rax, __[rsp + argumentBytes]);
            c.mov(__qword_ptr[rsp + addressPlace], rax);
        }

        foreach ((int index, int place) in floats) c.movups(Xmm(place), __[rbp + 16 * index]);
        foreach ((int index, int place) in ints) c.mov(ArgumentRegisters[place], __qword_ptr[rbp + 16 * index]);
        if (resultBytes != 0 && addressInRegister) c.lea(ArgumentRegisters[ints.Count], __[rsp + argumentBytes]);
        c.call(rbx);
        if (argumentBytes != 0) c.sub(rsp, argumentBytes); // the callee popped them
        c.mov(r11, __qword_ptr[rsp + area]);
        foreach ((int index, int place) in intResults) c.mov(__qword_ptr[r11 + 16 * index], ResultRegisters[place]);
        foreach ((int index, int place) in floatResults) c.movups(__[r11 + 16 * index], Xmm(place));
        foreach ((int index, int place) in stackResults)
        {
            if (results[index] == IrType.V128)
            {
                c.movups(xmm0, __[rsp + argumentBytes + place]);
                c.movups(__[r11 + 16 * index], xmm0);
                continue;
            }

            c.mov(rax, __qword_ptr[rsp + argumentBytes + place]);
            c.mov(__qword_ptr[r11 + 16 * index], rax);
        }

        c.Label(ref done);
        if (area != 0) c.add(rsp, area);
        c.pop(rsi);
        for (int i = saved.Length - 1; i >= 0; i--) c.pop(saved[i]);
        c.ret();
    });

    private static AssemblerRegisterXMM Xmm(int number) => new(Register.XMM0 + number);

    private static (int Bytes, List<(int Index, int Place)> Ints, List<(int Index, int Place)> Floats, List<(int Index, int Place)> Stack) Assign(IrType[] types, int intRegisters)
    {
        int bytes = 0;
        var ints = new List<(int, int)>();
        var floats = new List<(int, int)>();
        var stack = new List<(int, int)>();
        for (int i = 0; i < types.Length; i++)
        {
            bool isInt = types[i].IsGeneral();
            if (isInt && ints.Count < intRegisters)
            {
                ints.Add((i, ints.Count));
            }
            else if (!isInt && floats.Count < 8)
            {
                floats.Add((i, floats.Count));
            }
            else
            {
                int size = types[i] == IrType.V128 ? 16 : 8;
                bytes = (bytes + size - 1) / size * size;
                stack.Add((i, bytes));
                bytes += size;
            }
        }

        return (bytes, ints, floats, stack);
    }
}
