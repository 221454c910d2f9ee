using Xunit;

namespace Kiln.Wasm.Tests;

public sealed class ModuleValidatorTests
{
    [Fact]
    public void Validate_Memory_BoundsItsPages()
    {
        ModuleBytes.Validate(new ModuleBytes().Section(5, 1, 0, 0x80, 0x80, 4).ToArray());
        AssertInvalid("memory size must be at most 65536 pages (4GiB)", new ModuleBytes().Section(5, 1, 0, 0x81, 0x80, 4));
        AssertInvalid("size minimum must not be greater than maximum", new ModuleBytes().Section(5, 1, 1, 2, 1));
        AssertInvalid("shared memory must have maximum", new ModuleBytes().Section(5, 1, 2, 1));
        AssertInvalid("invalid custom page size", new ModuleBytes().Section(5, 1, 8, 0, 1));
    }

    [Fact]
    public void Validate_ConstantExpression_IsTyped()
    {
        AssertInvalid("type mismatch", new ModuleBytes().Section(6, 1, 0x7F, 0, 0x42, 0, 0x0B));
        AssertInvalid("type mismatch", new ModuleBytes().Section(6, 1, 0x7F, 0, 0x0B));
        AssertInvalid("type mismatch", new ModuleBytes().Section(6, 1, 0x7F, 0, 0x41, 0, 0x41, 0, 0x0B));
        AssertInvalid("constant expression required", new ModuleBytes().Section(6, 1, 0x7F, 0, 0x41, 0, 0x45, 0x0B));
        AssertInvalid("unknown global 0", new ModuleBytes().Section(6, 1, 0x7F, 0, 0x23, 0, 0x0B));
        AssertInvalid("constant expression required", new ModuleBytes().Section(6, 2, 0x7F, 1, 0x41, 0, 0x0B, 0x7F, 0, 0x23, 0, 0x0B));
        ModuleBytes.Validate(new ModuleBytes().Section(6, 2, 0x7F, 0, 0x41, 1, 0x0B, 0x7F, 0, 0x23, 0, 0x41, 2, 0x6A, 0x0B).ToArray());
    }

    [Fact]
    public void Validate_Exports_MustExistAndDiffer()
    {
        AssertInvalid("unknown memory 0", new ModuleBytes().Section(7, [1, .. ModuleBytes.Name("m"), 2, 0]));
        AssertInvalid(
            "duplicate export name",
            new ModuleBytes().Section(5, 1, 0, 1).Section(7, [2, .. ModuleBytes.Name("m"), 2, 0, .. ModuleBytes.Name("m"), 2, 0]));
    }

    [Fact]
    public void Validate_Start_TakesAndReturnsNothing() => AssertInvalid(
        "start function",
        new ModuleBytes().Section(1, 1, 0x60, 1, 0x7F, 0).Section(3, 1, 0).Section(8, 0).Section(10, ModuleBytes.Vector([0, 0x0B])));

    [Fact]
    public void Validate_Segments_MustFitTheirTarget()
    {
        AssertInvalid("unknown memory 0", new ModuleBytes().Section(11, 1, 0, 0x41, 0, 0x0B, 0));
        AssertInvalid("unknown table 0", new ModuleBytes().Section(9, 1, 0, 0x41, 0, 0x0B, 0));
        AssertInvalid("unknown function 3", new ModuleBytes().Section(4, 1, 0x70, 0, 1).Section(9, 1, 0, 0x41, 0, 0x0B, 1, 3));
        AssertInvalid("type mismatch", new ModuleBytes().Section(4, 1, 0x6F, 0, 1).Section(9, 1, 0, 0x41, 0, 0x0B, 0));
    }

    [Fact]
    public void Validate_Types_MustBeInScope()
    {
        AssertInvalid("unknown type 1", new ModuleBytes().Section(1, 1, 0x60, 1, 0x64, 1, 0));
        AssertInvalid(
            "unknown type 9",
            new ModuleBytes().Section(2, [1, 0, 0, 3, 0x64, 9, 0]).Section(4, 1, 0x40, 0, 0x70, 0, 1, 0x23, 0, 0x0B));
        AssertInvalid("unknown type 5", new ModuleBytes().Section(2, [1, 0, 0, 0, 5]));
        AssertInvalid("sub type 1 does not match super type 0, which is final", new ModuleBytes().Section(1, 2, 0x60, 0, 0, 0x50, 1, 0, 0x60, 0, 0));
        AssertInvalid("sub type 1 does not match super type 0", new ModuleBytes().Section(1, 2, 0x50, 0, 0x60, 0, 0, 0x50, 1, 0, 0x60, 1, 0x7F, 0));
        AssertInvalid("non-function type 0", new ModuleBytes().Section(1, 1, 0x5D, 0));
    }

    private static void AssertInvalid(string expected, ModuleBytes module)
    {
        ModuleException error = Assert.Throws<ModuleException>(() => ModuleBytes.Validate(module.ToArray()));
        Assert.StartsWith(expected, error.Reason);
        Assert.True(error.Offset.Value > 8, error.Message);
    }
}
