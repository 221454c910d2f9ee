// The state of translating one function: what all instruction families share. In: the families' requests for
// operands, types and addresses. Out: instructions of the IrFunction behind Builder.
//
// INVARIANTS: Stack holds the operands of reachable code, bottom first, its heights equal the validator's; while
// IsReachable is false nothing is emitted and Stack is not touched. Frames[0] is the function itself.

using System;
using System.Diagnostics.CodeAnalysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Compiler.Inlining;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Translate;

/// <summary>One function on its way from Wasm to IR. Reused for function after function by one worker.</summary>
internal sealed class Translation
{
    private readonly ReferenceCache<SigRef> _signatures = new();
    private readonly ReferenceCache<SigRef> _builtinSignatures = new();
    private readonly ReferenceCache<FuncRef> _functions = new();
    private readonly GrowList<IrType> _paramTypes = new();
    private readonly GrowList<IrType> _resultTypes = new();
    private ModuleEnvironment? _environment;

    /// <summary>Namespace of the <see cref="ExternalName"/> of functions; their index counts imports.</summary>
    public const uint FunctionNamespace = 0;

    /// <summary>Writes the function.</summary>
    public FunctionBuilder Builder { get; } = new();

    /// <summary>Operands.</summary>
    public GrowList<Value> Stack { get; } = new(64);

    /// <summary>Open blocks.</summary>
    public GrowList<ControlFrame> Frames { get; } = new(32);

    /// <summary>Parameters that else parts begin with, of all open <c>if</c>s.</summary>
    public GrowList<Value> ElseArgs { get; } = new(16);

    /// <summary>Arguments of all open calls of known functions through tables.</summary>
    public GrowList<Value> KnownCallArgs { get; } = new(16);

    /// <summary>Room for the arguments of one call.</summary>
    public GrowList<Value> CallArgs { get; } = new(16);

    /// <summary>Room for the targets of one <c>br_table</c>.</summary>
    public GrowList<Block> Targets { get; } = new(16);

    /// <summary>Room for the labels of one <c>br_table</c> that passes operands.</summary>
    public GrowList<TableEdge> Edges { get; } = new(16);

    /// <summary>Bodies that are translated in the place of calls.</summary>
    public InlineStack Inlines { get; } = new();

    /// <summary>Counts fuel, if the tunables ask for it.</summary>
    public FuelMeter Fuel { get; } = new();

    /// <summary>The module.</summary>
    public ModuleEnvironment Environment => _environment!;

    /// <summary>The function whose code this becomes, by its index in the module.</summary>
    public uint FunctionIndex { get; private set; }

    /// <summary>The variable of the first local of the body that is being read.</summary>
    public uint FirstLocal { get; set; }

    /// <summary>The control frame of the body that is being read.</summary>
    public int FunctionFrame { get; set; }

    /// <summary>The VM context, first parameter of the function.</summary>
    public Value VmContext { get; private set; }

    /// <summary>True if control can get to the current instruction.</summary>
    public bool IsReachable { get; set; }

    /// <summary>Blocks opened since control became unreachable.</summary>
    public int SkippedBlocks { get; set; }

    /// <summary>True if the function calls guest or host functions, so that it may be part of a recursion.</summary>
    public bool MakesCalls { get; set; }

    /// <summary>Starts a function: declares its signature, makes the entry block and binds the parameters to locals.</summary>
    public void Begin(ModuleEnvironment environment, uint functionIndex, IrFunction function)
    {
        _environment = environment;
        FunctionIndex = functionIndex;
        Stack.Clear();
        Frames.Clear();
        ElseArgs.Clear();
        KnownCallArgs.Clear();
        IsReachable = true;
        SkippedBlocks = 0;
        MakesCalls = false;
        FunctionFrame = 0;
        FirstLocal = 1;
        Inlines.Begin(functionIndex);
        _signatures.Clear(environment.Module.Types.Length);
        _builtinSignatures.Clear(2 * BuiltinTable.Rows.Length);
        _functions.Clear(environment.Module.Functions.Length);

        uint typeIndex = environment.Module.Functions[(int)functionIndex];
        FuncType type = environment.Module.GetFuncType(typeIndex);
        Builder.Begin(function);
        function.Signature = Signature(typeIndex);
        Block entry = Builder.CreateEntryBlock();
        VmContext = Builder.BlockParams(entry)[0];
        for (int i = 0; i < type.Parameters.Length; i++)
        {
            Builder.DefVar(Builder.DeclareVariable(environment.IrTypeOf(type.Parameters[i])), Builder.BlockParams(entry)[i + 1]);
        }

        Frames.Add(new ControlFrame
        {
            Kind = FrameKind.Function,
            Type = BlockType.FromTypeIndex(typeIndex),
            ResultCount = type.Results.Length,
        });
    }

    /// <summary>Declares the next local, after the parameters. It starts as zero.</summary>
    public void DeclareLocal(ValType type) => Builder.DeclareVariable(Environment.IrTypeOf(type));

    /// <summary>The variable of a local of the body that is being read: they are declared first and in order.</summary>
    public Variable Local(uint index) => new(FirstLocal + index);

    /// <summary>Refuses a function that has grown beyond the limit.</summary>
    /// <exception cref="CompileLimitException">It has more values than the limits allow.</exception>
    public void CheckSize()
    {
        DataFlowGraph dfg = Builder.Func.Dfg;
        if (dfg.Values.Count + dfg.BlockArgPool.Size > Environment.Limits.FunctionValues) ThrowTooLarge();
    }

    [DoesNotReturn]
    private void ThrowTooLarge() => throw new CompileLimitException(
        nameof(CompileLimits.FunctionValues), $"function {FunctionIndex} has more than {Environment.Limits.FunctionValues} values and branch arguments");

    // Operands.

    /// <summary>Pushes an operand.</summary>
    public void Push(Value value) => Stack.Add(value);

    /// <summary>Pops an operand.</summary>
    public Value Pop() => Stack.Pop();

    /// <summary>Pops an address or a length as an i64: it is one already if <paramref name="is64"/>, else an i32.</summary>
    public Value PopAsI64(bool is64) => is64 ? Pop() : Builder.Uextend(Pop());

    /// <summary>An address or a length as what the instruction pushes: itself if <paramref name="is64"/>, else its low half.</summary>
    public Value FromI64(Value value, bool is64) => is64 ? value : Builder.Ireduce(value);

    /// <summary>The top operands, the topmost last. Invalid after the next push.</summary>
    public ReadOnlySpan<Value> Top(int count) => Stack.Span[(Stack.Count - count)..];

    /// <summary>Pops operands.</summary>
    public void Drop(int count) => Stack.Truncate(Stack.Count - count);

    /// <summary>Pushes the results of a call.</summary>
    public void PushResults(Inst call)
    {
        foreach (Value result in Builder.Func.Dfg.Results(call)) Stack.Add(result);
    }

    // Block types.

    /// <summary>Number of parameters and results of a block type.</summary>
    public (int Params, int Results) Arity(BlockType type)
    {
        switch (type.Kind)
        {
            case BlockTypeKind.Empty: return (0, 0);
            case BlockTypeKind.Value: return (0, 1);
            default:
                FuncType function = Environment.Module.GetFuncType(type.TypeIndex);
                return (function.Parameters.Length, function.Results.Length);
        }
    }

    /// <summary>Creates a block whose parameters are a block type's parameters.</summary>
    public Block BlockWithParams(BlockType type)
    {
        Block block = Builder.CreateBlock();
        if (type.Kind == BlockTypeKind.Function)
        {
            foreach (ValType param in Environment.Module.GetFuncType(type.TypeIndex).Parameters) Builder.AppendBlockParam(block, Environment.IrTypeOf(param));
        }

        return block;
    }

    /// <summary>Creates a block whose parameters are a block type's results.</summary>
    public Block BlockWithResults(BlockType type)
    {
        Block block = Builder.CreateBlock();
        if (type.Kind == BlockTypeKind.Value)
        {
            Builder.AppendBlockParam(block, Environment.IrTypeOf(type.Result));
        }
        else if (type.Kind == BlockTypeKind.Function)
        {
            foreach (ValType result in Environment.Module.GetFuncType(type.TypeIndex).Results) Builder.AppendBlockParam(block, Environment.IrTypeOf(result));
        }

        return block;
    }

    // What the function refers to.

    /// <summary>The signature of functions of a type: a context, then the parameters.</summary>
    public SigRef Signature(uint typeIndex)
    {
        SigRef signature = _signatures.Get(typeIndex);
        if (!signature.IsNone()) return signature;
        FuncType type = Environment.Module.GetFuncType(typeIndex);
        _paramTypes.Clear();
        _paramTypes.Add(IrType.I64);
        foreach (ValType param in type.Parameters) _paramTypes.Add(Environment.IrTypeOf(param));
        _resultTypes.Clear();
        foreach (ValType result in type.Results) _resultTypes.Add(Environment.IrTypeOf(result));
        return _signatures.Add(typeIndex, Builder.Func.AddSignature(_paramTypes.Span, _resultTypes.Span));
    }

    /// <summary>A function that the module defines, as a callee.</summary>
    public FuncRef Function(uint functionIndex)
    {
        FuncRef function = _functions.Get(functionIndex);
        if (!function.IsNone()) return function;
        SigRef signature = Signature(Environment.Module.Functions[(int)functionIndex]);
        return _functions.Add(functionIndex, Builder.Func.AddFunction(signature, new ExternalName(FunctionNamespace, functionIndex)));
    }

    /// <summary>The signature of a builtin, for table elements of a type if it takes any.</summary>
    public SigRef Signature(Builtin builtin, IrType element)
    {
        uint key = 2 * (uint)builtin + (element == IrType.Ref ? 1u : 0u);
        SigRef signature = _builtinSignatures.Get(key);
        if (!signature.IsNone()) return signature;
        BuiltinRow row = builtin.Row();
        _paramTypes.Clear();
        foreach (BuiltinType type in row.Parameters) _paramTypes.Add(type == BuiltinType.Element ? element : IrTypeOf(type));
        _resultTypes.Clear();
        if (row.Result != BuiltinType.None) _resultTypes.Add(IrTypeOf(row.Result));
        return _builtinSignatures.Add(key, Builder.Func.AddSignature(_paramTypes.Span, _resultTypes.Span));
    }

    // Places that code reads all the time.

    /// <summary>A field of the VM context that never changes.</summary>
    public Value LoadVmField(int offset) =>
        Builder.Load(IrType.I64, MemFlags.Trusted(AliasRegions.VmContext).WithReadOnly().WithCanMove(), VmContext, offset);

    /// <summary>The store context.</summary>
    public Value LoadStoreContext() => LoadVmField(VmContextLayout.StoreContext);

    /// <summary>A constant i32.</summary>
    public Value I32(uint value) => Builder.I32Const((int)value);

    /// <summary>The trap's number as the IR has it.</summary>
    public static TrapCode Code(Trap trap) => new((byte)trap);

    private static IrType IrTypeOf(BuiltinType type) => type switch
    {
        BuiltinType.None => IrType.None,
        BuiltinType.I32 => IrType.I32,
        BuiltinType.I64 or BuiltinType.Pointer or BuiltinType.Element => IrType.I64,
    };
}
