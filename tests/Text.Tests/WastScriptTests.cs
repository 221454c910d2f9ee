using System;
using System.Linq;
using System.Text;
using Kiln.Text.Scripts;
using Xunit;

namespace Kiln.Text.Tests;

public sealed class WastScriptTests
{
    [Fact]
    public void Parse_Commands_GiveTheModel()
    {
        WastScript script = Parse("""
            (module $m (func))
            (module definition $d binary "\00asm" "\01\00\00\00")
            (module instance $i $d)
            (module quote "(func" ")")
            (register "name" $m)
            (invoke $m "f" (i32.const -1) (ref.null func) (ref.extern 3) (v128.const i64x2 1 2))
            (assert_return (get "g") (i64.const 7))
            (assert_trap (invoke "f") "unreachable")
            (assert_trap (module (func $s unreachable) (start $s)) "unreachable")
            (assert_exhaustion (invoke "f") "call stack exhausted")
            (assert_exception (invoke "f"))
            (assert_suspension (invoke "f") "unhandled")
            (assert_malformed (module quote "(") "unexpected token")
            (assert_invalid (module (func (result i32))) "type mismatch")
            (assert_unlinkable (module (import "a" "b" (func))) "unknown import")
            (assert_malformed_custom (module quote "(@custom)") "custom")
            (thread $t (shared (module $m)) (invoke "f") (assert_return (invoke "g")))
            (wait $t)
            """);
        Assert.Equal(Enumerable.Range(1, script.Commands.Count), script.Commands.Select(c => c.Line));
        Assert.Equal("$m", Assert.IsType<WastModuleCommand>(script.Commands[0]).Module.Name);
        Assert.Equal(8, Assert.IsType<WastModuleDefinition>(script.Commands[1]).Module.ToBinary().Length);
        Assert.Equal(new WastModuleInstance(3, "$i", "$d"), script.Commands[2]);
        Assert.NotEmpty(Assert.IsType<WastModuleCommand>(script.Commands[3]).Module.ToBinary());
        Assert.Equal(new WastRegister(5, "name", "$m"), script.Commands[4]);
        var invoke = Assert.IsType<WastInvoke>(Assert.IsType<WastActionCommand>(script.Commands[5]).Action);
        Assert.Equal(("$m", "f"), (invoke.InstanceName, invoke.Export));
        Assert.Equal(
            [
                new WastValue(WastValueKind.I32, 0xFFFF_FFFF), new WastValue(WastValueKind.RefNull, 0, "func"),
                new WastValue(WastValueKind.RefExtern, 3), new WastValue(WastValueKind.V128, new UInt128(2, 1)),
            ],
            invoke.Arguments);
        Assert.IsType<WastGet>(Assert.IsType<WastAssertReturn>(script.Commands[6]).Action);
        Assert.Equal("unreachable", Assert.IsType<WastAssertTrap>(script.Commands[7]).Message);
        Assert.IsType<WastAssertModuleTrap>(script.Commands[8]);
        Assert.IsType<WastAssertExhaustion>(script.Commands[9]);
        Assert.IsType<WastAssertException>(script.Commands[10]);
        Assert.IsType<WastAssertSuspension>(script.Commands[11]);
        Assert.Throws<TextException>(() => Assert.IsType<WastAssertMalformed>(script.Commands[12]).Module.ToBinary());
        Assert.IsType<WastAssertInvalid>(script.Commands[13]);
        Assert.IsType<WastAssertUnlinkable>(script.Commands[14]);
        Assert.True(Assert.IsType<WastAssertMalformed>(script.Commands[15]).IsCustom);
        var thread = Assert.IsType<WastThread>(script.Commands[16]);
        Assert.Equal(["$m"], thread.SharedModules);
        Assert.Equal(2, thread.Commands.Count);
        Assert.Equal(new WastWait(18, "$t"), script.Commands[17]);
    }

    [Fact]
    public void Parse_Expectations_GivePatterns()
    {
        WastScript script = Parse("""
            (assert_return (invoke "f")
              (f32.const nan:canonical) (v128.const f32x4 1 nan:arithmetic nan:canonical -0)
              (ref.null) (ref.null any) (ref.func) (ref.extern) (ref.host 4) (ref.i31) (ref.eq) (ref.array)
              (either (i32.const 1) (i32.const 2)))
            """);
        var results = Assert.IsType<WastAssertReturn>(Assert.Single(script.Commands)).Results;
        WastNumberPattern canonical = Assert.IsType<WastExpectedNumber>(results[0]).Pattern;
        Assert.True(canonical.Matches(0x7FC0_0000));
        Assert.True(canonical.Matches(0xFFC0_0000));
        Assert.False(canonical.Matches(0x7FC0_0001));
        Assert.False(canonical.Matches(0x7F80_0000));
        var vector = Assert.IsType<WastExpectedVector>(results[1]);
        Assert.True(vector.Matches(new UInt128(0x8000_0000_7FC0_0000, 0xFFC0_1234_3F80_0000)));
        Assert.False(vector.Matches(new UInt128(0x8000_0000_7FC0_0001, 0xFFC0_1234_3F80_0000)));
        Assert.False(vector.Matches(new UInt128(0x0000_0000_7FC0_0000, 0xFFC0_1234_3F80_0000)));
        Assert.Equal(new WastExpectedReference(WastReferenceKind.Null, null, null), results[2]);
        Assert.Equal(new WastExpectedReference(WastReferenceKind.Null, null, "any"), results[3]);
        Assert.Equal(
            [WastReferenceKind.Func, WastReferenceKind.Extern, WastReferenceKind.Host, WastReferenceKind.I31, WastReferenceKind.Eq, WastReferenceKind.Array],
            results.Skip(4).Take(6).Select(r => ((WastExpectedReference)r).Kind));
        Assert.Equal(2, Assert.IsType<WastExpectedEither>(results[10]).Alternatives.Count);
    }

    [Fact]
    public void Parse_FieldsWithoutModule_AreOneModule()
    {
        WastScript script = Parse("(func) (memory 0) (func (export \"f\"))");
        Assert.NotEmpty(Assert.IsType<WastModuleCommand>(Assert.Single(script.Commands)).Module.ToBinary());
    }

    [Theory]
    [InlineData("(module) (bogus)", "unknown operator bogus", 1, 11)]
    [InlineData("(assert_return (invoke \"f\") (i32.const 1)", "unexpected token: end of text", 1, 42)]
    [InlineData("(module) nop", "unexpected token nop", 1, 10)]
    public void Parse_Malformed_TellsWhatAndWhere(string text, string fault, int line, int column)
    {
        var error = Assert.Throws<TextException>(() => Parse(text));
        Assert.Equal((fault, line, column), (error.Fault, error.Line, error.Column));
    }

    [Fact]
    public void ToBinary_MalformedTextModule_TellsThePlaceInTheScript()
    {
        WastScript script = Parse("(module)\n(module\n  (func bogus))");
        var error = Assert.Throws<TextException>(() => Assert.IsType<WastModuleCommand>(script.Commands[1]).Module.ToBinary());
        Assert.Equal((3, 9), (error.Line, error.Column));
    }

    private static WastScript Parse(string text) => WastScript.Parse(Encoding.UTF8.GetBytes(text));
}
