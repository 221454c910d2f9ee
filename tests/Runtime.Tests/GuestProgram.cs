using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Security.Cryptography;
using Iced.Intel;
using Kiln.Contract;
using Kiln.Contract.Artifact;
using Kiln.Runtime.Code;
using Kiln.Runtime.Hosts;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Runtime.Tests;

/// <summary>
/// Guest code written by hand, loaded as an artifact's text is. Functions get (rdi = context, rsi = slots) and return
/// with <c>ret</c>; every register is theirs.
/// </summary>
internal sealed class GuestProgram
{
    private readonly List<(byte[] Code, uint FrameSize, List<(uint Offset, Trap Trap)> Traps)> _functions = [];

    /// <summary>Adds a function; <paramref name="body"/> may mark trap sites with labels.</summary>
    public int Add(uint frameSize, Action<Assembler, List<(Label Label, Trap Trap)>> body)
    {
        Assembler a = new(64);
        List<(Label Label, Trap Trap)> labels = [];
        body(a, labels);
        using MemoryStream bytes = new();
        AssemblerResult result = a.Assemble(new StreamCodeWriter(bytes), 0, BlockEncoderOptions.ReturnNewInstructionOffsets);
        List<(uint, Trap)> traps = [];
        foreach ((Label label, Trap trap) in labels) traps.Add(((uint)result.GetLabelRIP(label), trap));
        _functions.Add((bytes.ToArray(), frameSize, traps));
        return _functions.Count - 1;
    }

    public int Add(uint frameSize, Action<Assembler> body) => Add(frameSize, (a, _) => body(a));

    public LoadedProgram Load(EngineRuntime runtime)
    {
        List<byte> text = [];
        List<CodeRange> ranges = [];
        List<TrapSite> traps = [];
        List<AddressRow> addresses = [];
        List<uint> starts = [];
        for (int i = 0; i < _functions.Count; i++)
        {
            (byte[] code, uint frameSize, List<(uint Offset, Trap Trap)> sites) = _functions[i];
            uint start = (uint)text.Count;
            starts.Add(start);
            ranges.Add(new CodeRange(start, (uint)code.Length, frameSize, CodeKind.Function, (uint)i));
            addresses.Add(new AddressRow(start, (uint)(1000 * (i + 1))));
            foreach ((uint offset, Trap trap) in sites) traps.Add(new TrapSite(start + offset, trap));
            text.AddRange(code);
            while (text.Count % 16 != 0) text.Add(0xCC);
        }

        Assembler entry = new(64);
        entry.sub(rsp, 8);
        entry.mov(rax, rdi);
        entry.mov(rdi, rsi);
        entry.mov(rsi, rdx);
        entry.call(rax);
        entry.add(rsp, 8);
        entry.ret();
        uint entryStart = Append(entry, text, ranges, CodeKind.EntryTrampoline);

        // (rdi = host context, rsi = slots): the type is as if it took an address, which is all that these tests need.
        Assembler exit = new(64);
        exit.sub(rsp, 8);
        exit.call(__qword_ptr[rdi + 8]);
        exit.add(rsp, 8);
        exit.ret();
        uint exitStart = Append(exit, text, ranges, CodeKind.ExitTrampoline);

        byte[] file = new ArtifactWriter
        {
            Compiler = BuildId.Contract,
            Target = CompileTarget.Host,
            Tunables = runtime.Options.Tunables,
            ModuleDigest = SHA256.HashData([]),
            FunctionCount = (uint)_functions.Count,
            ImportedFunctionCount = 0,
            Module = "\0asm\u0001\0\0\0"u8,
            Code = ranges.ToArray(),
            Traps = traps.ToArray(),
            Addresses = addresses.ToArray(),
            Trampolines = new[] { new TrampolineRow(entryStart, exitStart) },
            Text = text.ToArray(),
        }.ToArray();
        return new LoadedProgram(runtime, new CodeImage(runtime, ArtifactReader.Read(file), "test"), starts, entryStart);
    }

    private static uint Append(Assembler assembler, List<byte> text, List<CodeRange> ranges, CodeKind kind)
    {
        using MemoryStream bytes = new();
        assembler.Assemble(new StreamCodeWriter(bytes), 0);
        uint start = (uint)text.Count;
        ranges.Add(new CodeRange(start, (uint)bytes.Length, 8, kind, 0));
        text.AddRange(bytes.ToArray());
        while (text.Count % 16 != 0) text.Add(0xCC);
        return start;
    }
}

/// <summary>A loaded program whose functions can be called in stores.</summary>
internal sealed unsafe class LoadedProgram(EngineRuntime runtime, CodeImage image, List<uint> starts, uint entryStart)
{
    public static readonly FuncType Type = new(ImmutableArray.Create(ValType.I64), ImmutableArray.Create(ValType.I64));

    public CodeImage Image => image;

    public GuestFunction Function(GuestStore store, int index, ulong context = 0)
    {
        VmFuncRef* record = (VmFuncRef*)store.AllocateBlock(sizeof(VmFuncRef));
        record->Code = image.Start + starts[index];
        record->Context = context;
        record->TypeId = runtime.Types.Register(Type)[0];
        return store.AddFunction(record, Type, image.Start + entryStart);
    }

    /// <summary>A host context for the guest's rdi, whose function is <paramref name="body"/>.</summary>
    public ulong HostContext(GuestStore store, Action<HostBinding, ValueSlot[]> body)
    {
        HostContext* context = (HostContext*)store.AllocateBlock(sizeof(HostContext));
        ValueSlot[] copy = new ValueSlot[1];
        store.Bind(context, null, new HostFunction(Type, runtime.Types.Register(Type), (caller, slots) =>
        {
            copy[0] = slots[0];
            body(caller, copy);
            slots[0] = copy[0];
        }));
        return (ulong)context;
    }
}

/// <summary>A runtime with the defaults of the engine.</summary>
internal static class TestRuntime
{
    public static EngineRuntime Create(int stackSize = 1 << 20, Action<string, string?>? onBug = null) =>
        new(new RuntimeOptions(new Tunables(), stackSize, 16, 64 << 20, 4, new TestErrors(), onBug));

    public static GuestStore CreateStore(EngineRuntime runtime, int stackBytes = int.MaxValue) =>
        new(runtime, new StoreQuotas(long.MaxValue, 1_000_000, 100, 100, 100, stackBytes));
}

/// <summary>The runtime's errors as exceptions of the tests.</summary>
internal sealed class TestErrors : IStoreErrors
{
    public Exception Misuse(string message) => new StoreMisuse(message);

    public Exception Limit(string message) => new InsufficientMemoryException(message);
}

internal sealed class StoreMisuse(string message) : Exception(message);
