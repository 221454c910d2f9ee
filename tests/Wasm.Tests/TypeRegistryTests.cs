using System.Collections.Immutable;
using Kiln.Wasm.Types;
using Kiln.Wasm.Validation;
using Xunit;

namespace Kiln.Wasm.Tests;

public sealed class TypeRegistryTests
{
    // (rec (type (struct (field (ref null 1)))) (type (struct (field (ref null 0)))))
    private static readonly byte[] Pair = [0x4E, 2, 0x5F, 1, 0x63, 1, 0, 0x5F, 1, 0x63, 0, 0];

    [Fact]
    public void Canonical_EquivalentGroups_AreTheSameType()
    {
        byte[] shifted = [0x4E, 2, 0x5F, 1, 0x63, 3, 0, 0x5F, 1, 0x63, 2, 0];
        ModuleTypes types = Types([2, .. Pair, .. shifted]);
        Assert.Equal(0u, types.Canonical(2));
        Assert.Equal(1u, types.Canonical(3));
        Assert.True(types.Matches(Ref(2), Ref(0)));
        Assert.False(types.Matches(Ref(1), Ref(0)));
    }

    [Fact]
    public void Canonical_SameShapeInAnotherGroup_IsAnotherType()
    {
        ModuleTypes types = Types([2, 0x60, 0, 0, 0x4E, 2, 0x60, 0, 0, 0x60, 0, 0]);
        Assert.NotEqual(types.Canonical(0), types.Canonical(1));
        Assert.NotEqual(types.Canonical(1), types.Canonical(2));
    }

    [Fact]
    public void Register_ModulesWithEqualTypes_GetEqualNumbers()
    {
        TypeRegistry registry = new();
        using RegisteredTypes first = registry.Register(Types([1, .. Pair]));
        using RegisteredTypes second = registry.Register(Types([2, 0x60, 0, 0, 0x4E, 2, 0x5F, 1, 0x63, 2, 0, 0x5F, 1, 0x63, 1, 0]));
        Assert.Equal(first[0], second[1]);
        Assert.Equal(first[1], second[2]);
        Assert.NotEqual(0u, first[0]);
        Assert.Equal(3, registry.Count);
    }

    [Fact]
    public void Register_HostFunction_IsTheModulesType()
    {
        TypeRegistry registry = new();
        using RegisteredTypes module = registry.Register(Types([1, 0x60, 1, 0x7F, 1, 0x7E]));
        using RegisteredTypes host = registry.Register(new FuncType([ValType.I32], [ValType.I64]));
        Assert.Equal(module[0], host[0]);
        Assert.Equal("[i32] -> [i64]", registry.Function(host[0]).ToString());
    }

    [Fact]
    public void Dispose_LastHolder_FreesTheNumbers()
    {
        TypeRegistry registry = new();
        RegisteredTypes first = registry.Register(Types([1, .. Pair]));
        RegisteredTypes second = registry.Register(Types([2, .. Pair, 0x60, 1, 0x63, 0, 0]));
        uint pair = first[0];
        first.Dispose();
        first.Dispose();
        Assert.Equal(3, registry.Count);
        second.Dispose();
        Assert.Equal(0, registry.Count);
        using RegisteredTypes third = registry.Register(Types([1, .. Pair]));
        Assert.Equal(pair, third[0]);
    }

    [Fact]
    public void Subtype_AcrossModules_FollowsDeclarations()
    {
        TypeRegistry registry = new();
        using RegisteredTypes upper = registry.Register(Types([1, 0x50, 0, 0x5F, 0]));
        using RegisteredTypes both = registry.Register(Types([2, 0x50, 0, 0x5F, 0, 0x50, 1, 0, 0x5F, 1, 0x7F, 0]));
        Assert.True(registry.IsSubtype(both[1], upper[0]));
        Assert.False(registry.IsSubtype(upper[0], both[1]));
        Assert.True(registry.Matches(both.Translate(Ref(1)), ValType.Ref(HeapKind.Eq, true)));
    }

    [Fact]
    public void Matching_GlobalsAndLimits_FollowsTheSpecification()
    {
        TypeRegistry registry = new();
        ValType nullFunc = ValType.Ref(HeapKind.NoFunc, true);
        Assert.True(TypeMatching.GlobalMatches(registry, new GlobalType(nullFunc, false), new GlobalType(ValType.FuncRef, false)));
        Assert.False(TypeMatching.GlobalMatches(registry, new GlobalType(nullFunc, true), new GlobalType(ValType.FuncRef, true)));
        Assert.False(TypeMatching.GlobalMatches(registry, new GlobalType(ValType.I32, true), new GlobalType(ValType.I32, false)));
        Assert.True(TypeMatching.LimitsMatch(new Limits(2, 3), new Limits(1, 4)));
        Assert.False(TypeMatching.LimitsMatch(new Limits(2, null), new Limits(1, 4)));
        Assert.False(TypeMatching.LimitsMatch(new Limits(0, 3), new Limits(1, 4)));
    }

    private static ValType Ref(uint index) => ValType.Ref(HeapType.FromIndex(index), true);

    private static ModuleTypes Types(byte[] section) => ModuleBytes.Validate(new ModuleBytes().Section(1, section).ToArray()).Types;
}
