using System;
using System.Text;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Opcodes;

namespace Kiln.Text.Lexing;

/// <summary>
/// All keywords, with the number that a keyword token carries as its link: 0 if unknown, a <see cref="Word"/>,
/// or <see cref="FirstMnemonic"/> plus the <see cref="Opcode"/> of a mnemonic (the first of them, when a
/// mnemonic has two encodings).
/// </summary>
internal static class Keywords
{
    /// <summary>The code of the opcode 0.</summary>
    public const int FirstMnemonic = 256;

    private static readonly (string Text, Word Word)[] s_words =
    [
        ("i32", Word.I32), ("i64", Word.I64), ("f32", Word.F32), ("f64", Word.F64), ("v128", Word.V128), ("i8", Word.I8), ("i16", Word.I16),
        ("i8x16", Word.I8x16), ("i16x8", Word.I16x8), ("i32x4", Word.I32x4), ("i64x2", Word.I64x2), ("f32x4", Word.F32x4), ("f64x2", Word.F64x2),
        ("func", Word.Func), ("extern", Word.Extern), ("any", Word.Any), ("eq", Word.Eq), ("i31", Word.I31), ("struct", Word.Struct),
        ("array", Word.Array), ("exn", Word.Exn), ("cont", Word.Cont), ("none", Word.None), ("nofunc", Word.NoFunc),
        ("noextern", Word.NoExtern), ("noexn", Word.NoExn), ("nocont", Word.NoCont),
        ("funcref", Word.FuncRef), ("externref", Word.ExternRef), ("anyref", Word.AnyRef), ("eqref", Word.EqRef), ("i31ref", Word.I31Ref),
        ("structref", Word.StructRef), ("arrayref", Word.ArrayRef), ("exnref", Word.ExnRef), ("contref", Word.ContRef),
        ("nullref", Word.NullRef), ("nullfuncref", Word.NullFuncRef), ("nullexternref", Word.NullExternRef),
        ("nullexnref", Word.NullExnRef), ("nullcontref", Word.NullContRef),
        ("type", Word.Type), ("rec", Word.Rec), ("sub", Word.Sub), ("final", Word.Final), ("ref", Word.Ref), ("null", Word.Null),
        ("mut", Word.Mut), ("field", Word.Field), ("param", Word.Param), ("result", Word.Result), ("shared", Word.Shared),
        ("unshared", Word.Unshared), ("pagesize", Word.PageSize),
        ("module", Word.Module), ("import", Word.Import), ("export", Word.Export), ("table", Word.Table), ("memory", Word.Memory),
        ("global", Word.Global), ("tag", Word.Tag), ("start", Word.Start), ("elem", Word.Elem), ("data", Word.Data), ("local", Word.Local),
        ("offset", Word.Offset), ("item", Word.Item), ("declare", Word.Declare),
        ("then", Word.Then), ("catch", Word.Catch), ("catch_ref", Word.CatchRef), ("catch_all", Word.CatchAll),
        ("catch_all_ref", Word.CatchAllRef), ("on", Word.On),
        ("binary", Word.Binary), ("quote", Word.Quote), ("definition", Word.Definition), ("instance", Word.Instance),
        ("register", Word.Register), ("invoke", Word.Invoke), ("get", Word.Get), ("thread", Word.Thread), ("wait", Word.Wait),
        ("either", Word.Either), ("assert_return", Word.AssertReturn), ("assert_trap", Word.AssertTrap),
        ("assert_exhaustion", Word.AssertExhaustion), ("assert_exception", Word.AssertException),
        ("assert_suspension", Word.AssertSuspension), ("assert_malformed", Word.AssertMalformed), ("assert_invalid", Word.AssertInvalid),
        ("assert_unlinkable", Word.AssertUnlinkable), ("assert_malformed_custom", Word.AssertMalformedCustom),
        ("assert_invalid_custom", Word.AssertInvalidCustom), ("nan:canonical", Word.NanCanonical), ("nan:arithmetic", Word.NanArithmetic),
        ("ref.extern", Word.RefExtern), ("ref.host", Word.RefHost), ("ref.struct", Word.RefStruct), ("ref.array", Word.RefArray),
        ("ref.any", Word.RefAny), ("ref.exn", Word.RefExn), ("ref.cont", Word.RefCont),
        ("before", Word.Before), ("after", Word.After), ("first", Word.First), ("last", Word.Last), ("code", Word.Code),
    ];

    private static readonly ByteInterner s_texts = new();
    private static readonly int[] s_codes = Fill();

    /// <summary>The code of a keyword, 0 if it is unknown.</summary>
    public static int CodeOf(ReadOnlySpan<byte> text)
    {
        int index = s_texts.Find(text);
        return index < 0 ? 0 : s_codes[index];
    }

    private static int[] Fill()
    {
        int[] codes = new int[s_words.Length + OpcodeTable.Rows.Length];
        foreach ((string text, Word word) in s_words)
        {
            EngineBug.Check(s_texts.Count == (int)word - 1);
            codes[s_texts.Intern(Encoding.ASCII.GetBytes(text))] = (int)word;
        }

        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            int before = s_texts.Count;
            int index = s_texts.Intern(Encoding.ASCII.GetBytes(row.Mnemonic));
            if (index == before) codes[index] = FirstMnemonic + (int)row.Opcode;
        }

        return codes;
    }
}
