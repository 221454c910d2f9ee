using System;
using System.Linq;
using System.Reflection;
using Kiln.Contract;
using Kiln.Runtime.Builtins;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>Compiled code calls builtins by their rows: each body must have the parameters and the result that its row states.</summary>
public sealed class BuiltinTests
{
    [Fact]
    public void Rows_AreInOrderAndStartWithTheContext()
    {
        Assert.Equal(Enum.GetValues<Builtin>(), BuiltinTable.Rows.ToArray().Select(row => row.Index));
        foreach (BuiltinRow row in BuiltinTable.Rows)
        {
            Assert.Equal(BuiltinType.Pointer, row.Parameters[0]);
            Assert.InRange(row.Parameters.Length, 1, 6);
        }
    }

    // In guest code the upper half of an i32's register is zero; a C function leaves there what it likes.
    [Theory]
    [MemberData(nameof(Builtins))]
    public void Result_OfEachBuiltin_FillsItsRegister(Builtin builtin) =>
        Assert.Contains(builtin.Row().Result, new[] { BuiltinType.None, BuiltinType.I64, BuiltinType.Pointer });

    [Theory]
    [MemberData(nameof(Builtins))]
    public void Body_HasTheTypesOfItsRow(Builtin builtin)
    {
        BuiltinRow row = builtin.Row();
        if (builtin is Builtin.MemoryCopy or Builtin.MemoryFill)
        {
            Assert.Equal(0UL, BuiltinBodies.Address(builtin));
            return;
        }

        MethodInfo body = BodyOf(builtin);
        Assert.Equal(row.Parameters.Select(type => type == BuiltinType.Element ? BuiltinType.I64 : type), body.GetParameters().Select(parameter => TypeOf(parameter.ParameterType)));
        Assert.Equal(row.Result, TypeOf(body.ReturnType));
    }

    public static TheoryData<Builtin> Builtins() => new(Enum.GetValues<Builtin>());

    // The method whose address the table holds.
    private static MethodInfo BodyOf(Builtin builtin)
    {
        ulong address = BuiltinBodies.Address(builtin);
        return typeof(BuiltinBodies).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(BuiltinBodies).Namespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Where(method => method.GetCustomAttribute<System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute>() is not null)
            .Single(method => (ulong)method.MethodHandle.GetFunctionPointer() == address);
    }

    private static BuiltinType TypeOf(Type type)
    {
        if (type.IsPointer) return BuiltinType.Pointer;
        if (type == typeof(void)) return BuiltinType.None;
        if (type == typeof(int) || type == typeof(uint)) return BuiltinType.I32;
        return type == typeof(long) || type == typeof(ulong) ? BuiltinType.I64 : throw new ArgumentException($"{type} is no type of a builtin");
    }
}
