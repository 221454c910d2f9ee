using System;
using System.IO;
using System.Text;
using System.Threading;
using Xunit;

namespace Kiln.Tests;

public sealed class ModuleTests : IDisposable
{
    private const string Add = """
        (module $adder
          (import "env" "base" (global $base i32))
          (memory (export "memory") 1 2)
          (func $add (export "add") (param i32) (result i32) (i32.add (local.get 0) (global.get $base))))
        """;

    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Module_ImportsAndExports_AreListed()
    {
        using Module module = _test.Compile(Add);
        Assert.Equal("adder", module.Name);
        ImportType import = Assert.Single(module.Imports);
        Assert.Equal(("env", "base", "(global i32)"), (import.Module, import.Name, import.Type.ToString()));
        Assert.Equal(2, module.Exports.Count);
        Assert.Equal("(memory 1 2)", module.Exports[0].Type.ToString());
        Assert.Equal("(func (param i32) (result i32))", module.Exports[1].Type.ToString());
        Assert.Equal(1, module.FunctionCount);
        Assert.InRange(module.CodeBytes, 1, 100_000);
    }

    [Fact]
    public void Artifact_LoadedAgain_BehavesTheSame()
    {
        byte[] artifact;
        using (Module module = _test.Compile(Add)) artifact = module.Serialize();
        _test.Linker.Define("env", "base", Global.Create(_test.Store, 40, false));
        using (Module loaded = Module.Deserialize(_test.Engine, artifact))
        {
            Assert.Equal(42, _test.Linker.Instantiate(_test.Store, loaded).GetFunc("add")!.Call(2)[0].AsInt32());
        }

        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, artifact);
            using Module mapped = Module.DeserializeFile(_test.Engine, path);
            Assert.Equal(43, _test.Linker.Instantiate(_test.Store, mapped).GetFunc("add")!.Call(3)[0].AsInt32());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Artifact_DamagedOrForeign_IsRefused()
    {
        using Module module = _test.Compile(Add);
        byte[] artifact = module.Serialize();
        using (Engine other = new(new Config { Fuel = true }))
        {
            Assert.Throws<ArtifactException>(() => Module.Deserialize(other, artifact));
            Assert.NotEqual(other.ArtifactKey, _test.Engine.ArtifactKey);
        }

        artifact[artifact.Length / 2] ^= 1;
        Assert.Throws<ArtifactException>(() => Module.Deserialize(_test.Engine, artifact));
        Assert.Throws<ArtifactException>(() => Module.Deserialize(_test.Engine, artifact.AsSpan(0, 100)));
    }

    [Fact]
    public void Module_DisposedBeforeItsInstances_KeepsItsCode()
    {
        _test.Linker.Define("env", "base", Global.Create(_test.Store, 1, false));
        Module module = _test.Compile(Add);
        Func add = _test.Linker.Instantiate(_test.Store, module).GetFunc("add")!;
        module.Dispose();
        Assert.Equal(3, add.Call(2)[0].AsInt32());
        Assert.Throws<StoreUseException>(() => _test.Linker.Instantiate(new Store(_test.Engine), module).ToString());
    }

    [Fact]
    public void Compile_BadModules_SayWhereAndWhat()
    {
        ModuleException malformed = Assert.Throws<ModuleException>(() => Module.Compile(_test.Engine, new byte[] { 0, 0x61, 0x73, 0x6D, 2, 0, 0, 0 }));
        Assert.Equal(4U, malformed.WasmOffset);
        ModuleException invalid = Assert.Throws<ModuleException>(() => _test.Compile("(module (func (result i32) (i64.const 1)))"));
        Assert.StartsWith("type mismatch", invalid.Message);
        Assert.Equal(0U, invalid.FunctionIndex);
        Assert.Throws<ModuleException>(() => _test.Compile("(module (func (bogus)))"));
        Assert.Throws<ModuleException>(() => Module.Validate(_test.Engine, Encoding.UTF8.GetBytes("(module (func (result i32) (i64.const 1)))")));
        Module.Validate(_test.Engine, Encoding.UTF8.GetBytes(Add));
    }

    [Fact]
    public void Compile_Cancelled_Throws()
    {
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Module.CompileText(_test.Engine, Add, new CompileOptions { Cancellation = new CancellationToken(true) }));
    }

    [Fact]
    public void Instantiate_MissingOrWrongImports_ThrowLinkException()
    {
        using Module module = _test.Compile(Add);
        LinkException unknown = Assert.Throws<LinkException>(() => _test.Linker.Instantiate(_test.Store, module));
        Assert.StartsWith("unknown import", unknown.Message);
        Assert.Equal(("env", "base"), (unknown.Module, unknown.Name));
        _test.Linker.Define("env", "base", Global.Create(_test.Store, 1L, false));
        Assert.StartsWith("incompatible import type", Assert.Throws<LinkException>(() => _test.Linker.Instantiate(_test.Store, module)).Message);
    }

    [Fact]
    public void Instantiate_SegmentOutOfBounds_TrapsAndKeepsEarlierWrites()
    {
        Instance owner = _test.Instantiate("""(module (memory (export "memory") 1) (table (export "table") 2 funcref) (func (export "call") (result i32) (call_indirect (result i32) (i32.const 0))))""");
        _test.Linker.DefineInstance("owner", owner);
        TrapException trap = Assert.Throws<TrapException>(() => _test.Instantiate("""
            (module
              (import "owner" "memory" (memory 1))
              (import "owner" "table" (table 1 funcref))
              (func $f (result i32) (i32.const 77))
              (elem (i32.const 0) $f)
              (data (i32.const 0) "kept")
              (data (i32.const 65533) "over"))
            """));
        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        Assert.Equal("kept", owner.DefaultMemory!.ReadString(0, 4));
        Assert.Equal(0, owner.DefaultMemory.Read<byte>(65533));

        // The failed instance's function is in the table now and works.
        Assert.Equal(77, owner.GetFunc("call")!.Call()[0].AsInt32());
    }

    [Fact]
    public void Stores_Crossed_Throw()
    {
        using Store other = new(_test.Engine);
        Global foreign = Global.Create(other, 1, false);
        _test.Linker.Define("env", "base", foreign);
        using Module module = _test.Compile(Add);
        Assert.Throws<StoreUseException>(() => _test.Linker.Instantiate(_test.Store, module));
        Instance instance = _test.Linker.Instantiate(other, module);
        Table table = Table.Create(_test.Store, ValueKind.FuncRef, 1, null, Value.FromFunc(null));
        Assert.Throws<StoreUseException>(() => table[0] = Value.FromFunc(instance.GetFunc("add")));
        using Engine engine = new();
        using Store third = new(engine);
        Assert.Throws<StoreUseException>(() => _test.Linker.Instantiate(third, module));
    }

    [Fact]
    public void Store_Disposed_RefusesUse()
    {
        TestStore test = new();
        Instance instance = test.Instantiate("""(module (memory (export "memory") 1) (func (export "f")))""");
        Func function = instance.GetFunc("f")!;
        Memory memory = instance.DefaultMemory!;
        test.Dispose();
        Assert.Throws<StoreUseException>(() => function.Call());
        Assert.Throws<StoreUseException>(() => memory.ByteCount);
        Assert.Throws<StoreUseException>(() => instance.GetFunc("f"));
        Assert.Throws<StoreUseException>(() => test.Store.Fuel);
        test.Store.Dispose();
        test.Store.Cancel();
    }
}
