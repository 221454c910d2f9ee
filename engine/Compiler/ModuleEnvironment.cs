using System.Collections.Immutable;
using Kiln.Codegen.Ir;
using Kiln.Compiler.Inlining;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Wasm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler;

/// <summary>What translation has to know of a module and of the options. Immutable; all workers share one.</summary>
internal sealed class ModuleEnvironment
{
    /// <summary>Collects the facts about a valid module.</summary>
    /// <exception cref="UnsupportedFeatureException">The module's description uses something that is not compiled yet.</exception>
    public ModuleEnvironment(ValidatedModule validated, Tunables tunables, CompileLimits? limits = null, TargetFeatures features = TargetFeatures.None, int threads = 1)
    {
        Limits = limits ?? new CompileLimits();
        WasmModule module = validated.Module;
        Validated = validated;
        Module = module;
        Tunables = tunables;
        HasFma = (features & TargetFeatures.Fma) != 0;
        Offsets = new VmOffsets(VmShape.Of(module));
        Regions = new AliasRegions(module);
        CheckSupported(module);
        Inlining = tunables.Optimize && tunables.Inline ? InlinePlan.Of(validated, CalledFromOutside(module, Offsets.Shape), threads) : InlinePlan.None;
    }

    /// <summary>The module with what validation found out.</summary>
    public ValidatedModule Validated { get; }

    /// <summary>The module.</summary>
    public WasmModule Module { get; }

    /// <summary>Knobs of the generated code.</summary>
    public Tunables Tunables { get; }

    /// <summary>Whether the target multiplies and adds with one rounding.</summary>
    public bool HasFma { get; }

    /// <summary>Which calls are replaced by the body of what they call.</summary>
    public InlinePlan Inlining { get; }

    /// <summary>What a function may ask of the compiler.</summary>
    public CompileLimits Limits { get; }

    /// <summary>Where things lie in the VM context.</summary>
    public VmOffsets Offsets { get; }

    /// <summary>Alias regions of the module's memories, tables and globals.</summary>
    public AliasRegions Regions { get; }

    /// <summary>The IR type that values of a type of this module have.</summary>
    public IrType IrTypeOf(ValType type) => IrTypeOf(type, Module.Types);

    /// <summary>The IR type that values of a Wasm type have; see <see cref="ReferenceShape"/> for <paramref name="types"/>.</summary>
    public static IrType IrTypeOf(ValType type, ImmutableArray<SubType> types) => type.Kind switch
    {
        ValKind.I32 => IrType.I32,
        ValKind.I64 => IrType.I64,
        ValKind.F32 => IrType.F32,
        ValKind.F64 => IrType.F64,
        ValKind.V128 => IrType.V128,
        ValKind.Ref => ReferenceShape.IsHandle(type.HeapType, types.AsSpan()) ? IrType.Ref : IrType.I64,
        ValKind.Bottom => IrType.None,
    };

    // What is called by its record, by the host, or at the start.
    private static uint[] CalledFromOutside(WasmModule module, VmShape shape) =>
        module.StartFunction is { } start ? [.. shape.EscapingFunctions.Span, start] : shape.EscapingFunctions.ToArray();

    private static void CheckSupported(WasmModule module)
    {
        foreach (Global global in module.Globals) CheckConstant(global.Initial);
        foreach (Table table in module.Tables) CheckConstant(table.Initial);
        foreach (DataSegment segment in module.Data) CheckConstant(segment.Offset);
        foreach (ElementSegment segment in module.Elements)
        {
            CheckConstant(segment.Offset);
            if (segment.Items.Expressions.IsDefault) continue;
            foreach (ConstExpression element in segment.Items.Expressions) CheckConstant(element);
        }
    }

    // The runtime evaluates what makes no objects; nothing makes objects yet.
    private static void CheckConstant(ConstExpression? expression)
    {
        if (expression is null) return;
        foreach (ConstInstruction instruction in expression.Instructions)
        {
            if (instruction.Opcode.Row().Feature != Feature.Gc) continue;
            throw new UnsupportedFeatureException(instruction.Opcode.Name(), Feature.Gc, instruction.Offset);
        }
    }
}
