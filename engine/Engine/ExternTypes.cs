using System.Collections.Immutable;
using System.Text;
using Kiln.Wasm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;
using WasmExternKind = Kiln.Wasm.Types.ExternKind;

namespace Kiln;

/// <summary>From the engine's types to those that the host sees, and back.</summary>
internal static class ExternTypes
{
    /// <summary>The type of an import or export of a module.</summary>
    public static ExternType Of(WasmModule module, WasmExternKind kind, uint index) => kind switch
    {
        WasmExternKind.Function => Of(module.GetFunctionType(index), new ModuleSpace(module)),
        WasmExternKind.Table => Of(module.Tables[(int)index].Type, new ModuleSpace(module)),
        WasmExternKind.Memory => Of(module.Memories[(int)index]),
        WasmExternKind.Global => Of(module.Globals[(int)index].Type, new ModuleSpace(module)),
        WasmExternKind.Tag => OfTag(module.GetFuncType(module.Tags[(int)index].TypeIndex), new ModuleSpace(module)),
    };

    /// <summary>A function type with engine-wide indices.</summary>
    public static ExternType Of(FuncType type, TypeRegistry types) => Of(type, new EngineSpace(types));

    /// <summary>A table type with engine-wide indices.</summary>
    public static ExternType Of(TableType type, TypeRegistry types) => Of(type, new EngineSpace(types));

    /// <summary>A global type with engine-wide indices.</summary>
    public static ExternType Of(GlobalType type, TypeRegistry types) => Of(type, new EngineSpace(types));

    /// <summary>A memory type.</summary>
    public static ExternType Of(MemoryType type)
    {
        string text = $"(memory{(type.Is64 ? " i64" : "")} {type.Limits}{(type.IsShared ? " shared" : "")})";
        return new ExternType(ExternKind.Memory, text, minimum: type.Limits.Min, maximum: type.Limits.Max, is64: type.Is64, isShared: type.IsShared);
    }

    /// <summary>The kind of a value type with engine-wide indices.</summary>
    public static ValueKind KindOf(ValType type, TypeRegistry types) => KindOf(type, new EngineSpace(types));

    /// <summary>The value type of a kind.</summary>
    public static ValType TypeOf(ValueKind kind) => kind switch
    {
        ValueKind.I32 => ValType.I32,
        ValueKind.I64 => ValType.I64,
        ValueKind.F32 => ValType.F32,
        ValueKind.F64 => ValType.F64,
        ValueKind.V128 => ValType.V128,
        ValueKind.FuncRef => ValType.FuncRef,
        ValueKind.ExternRef => ValType.ExternRef,
    };

    /// <summary>The function type of kinds.</summary>
    public static FuncType FuncTypeOf(System.ReadOnlySpan<ValueKind> parameters, System.ReadOnlySpan<ValueKind> results) => new(TypesOf(parameters), TypesOf(results));

    private static ImmutableArray<ValType> TypesOf(System.ReadOnlySpan<ValueKind> kinds)
    {
        ImmutableArray<ValType>.Builder types = ImmutableArray.CreateBuilder<ValType>(kinds.Length);
        foreach (ValueKind kind in kinds) types.Add(TypeOf(kind));
        return types.MoveToImmutable();
    }

    private static ExternType Of<TSpace>(FuncType type, TSpace space) where TSpace : ITypeKinds
    {
        StringBuilder text = new("(func");
        Append(text, "param", type.Parameters);
        Append(text, "result", type.Results);
        return new ExternType(ExternKind.Func, text.Append(')').ToString(), KindsOf(type.Parameters, space), KindsOf(type.Results, space));
    }

    /// <summary>A tag of a function type with engine-wide indices.</summary>
    public static ExternType OfTag(FuncType type, TypeRegistry types) => OfTag(type, new EngineSpace(types));

    private static ExternType OfTag<TSpace>(FuncType type, TSpace space) where TSpace : ITypeKinds
    {
        StringBuilder text = new("(tag");
        Append(text, "param", type.Parameters);
        return new ExternType(ExternKind.Tag, text.Append(')').ToString(), KindsOf(type.Parameters, space));
    }

    private static ExternType Of<TSpace>(TableType type, TSpace space) where TSpace : ITypeKinds => new(
        ExternKind.Table, $"(table{(type.Is64 ? " i64" : "")} {type.Limits} {type.Element})",
        minimum: type.Limits.Min, maximum: type.Limits.Max, content: KindOf(type.Element, space), isMutable: true, is64: type.Is64);

    private static ExternType Of<TSpace>(GlobalType type, TSpace space) where TSpace : ITypeKinds => new(
        ExternKind.Global, type.IsMutable ? $"(global (mut {type.Type}))" : $"(global {type.Type})", content: KindOf(type.Type, space), isMutable: type.IsMutable);

    private static void Append(StringBuilder text, string keyword, ImmutableArray<ValType> types)
    {
        if (!types.IsEmpty) text.Append(" (").Append(keyword).Append(' ').AppendJoin(' ', types).Append(')');
    }

    private static ValueKind[] KindsOf<TSpace>(ImmutableArray<ValType> types, TSpace space) where TSpace : ITypeKinds
    {
        ValueKind[] kinds = new ValueKind[types.Length];
        for (int i = 0; i < kinds.Length; i++) kinds[i] = KindOf(types[i], space);
        return kinds;
    }

    private static ValueKind KindOf<TSpace>(ValType type, TSpace space) where TSpace : ITypeKinds => type.Kind switch
    {
        ValKind.I32 => ValueKind.I32,
        ValKind.I64 => ValueKind.I64,
        ValKind.F32 => ValueKind.F32,
        ValKind.F64 => ValueKind.F64,
        ValKind.V128 => ValueKind.V128,
        ValKind.Ref => (type.HeapType.IsConcrete ? space.KindOf(type.HeapType.TypeIndex) : type.HeapType.Kind) switch
        {
            HeapKind.Func or HeapKind.NoFunc => ValueKind.FuncRef,
            HeapKind.Extern or HeapKind.NoExtern => ValueKind.ExternRef,

            // Garbage-collected objects, exceptions and continuations do not cross to the host.
            _ => throw new UnsupportedFeatureException($"a value of type {type} in the interface of a module"),
        },
        ValKind.Bottom => throw new UnsupportedFeatureException("a value without a type"),
    };

    private interface ITypeKinds
    {
        HeapKind KindOf(uint index);
    }

    private readonly struct ModuleSpace(WasmModule module) : ITypeKinds
    {
        public HeapKind KindOf(uint index) => module.Types[(int)index].Composite is FuncType ? HeapKind.Func : HeapKind.Any;
    }

    private readonly struct EngineSpace(TypeRegistry types) : ITypeKinds
    {
        public HeapKind KindOf(uint index) => types[index].Composite is FuncType ? HeapKind.Func : HeapKind.Any;
    }
}
