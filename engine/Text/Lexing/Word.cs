namespace Kiln.Text.Lexing;

/// <summary>The keywords of modules and scripts that are not mnemonics. Their spellings are in <see cref="Keywords"/>.</summary>
internal enum Word : byte
{
    /// <summary>No keyword at all.</summary>
    Unknown,

    // Number, vector and packed types.
    I32, I64, F32, F64, V128, I8, I16,

    // Shapes of vector constants.
    I8x16, I16x8, I32x4, I64x2, F32x4, F64x2,

    // Abstract heap types (some of them also begin a field, a composite type or an external type).
    Func, Extern, Any, Eq, I31, Struct, Array, Exn, Cont, None, NoFunc, NoExtern, NoExn, NoCont,

    // Abbreviated reference types.
    FuncRef, ExternRef, AnyRef, EqRef, I31Ref, StructRef, ArrayRef, ExnRef, ContRef,
    NullRef, NullFuncRef, NullExternRef, NullExnRef, NullContRef,

    // Types.
    Type, Rec, Sub, Final, Ref, Null, Mut, Field, Param, Result, Shared, Unshared, PageSize,

    // Module fields and their parts.
    Module, Import, Export, Table, Memory, Global, Tag, Start, Elem, Data, Local, Offset, Item, Declare,

    // Parts of instructions.
    Then, Catch, CatchRef, CatchAll, CatchAllRef, On,

    // Scripts.
    Binary, Quote, Definition, Instance, Register, Invoke, Get, Thread, Wait, Either,
    AssertReturn, AssertTrap, AssertExhaustion, AssertException, AssertSuspension, AssertMalformed, AssertInvalid,
    AssertUnlinkable, AssertMalformedCustom, AssertInvalidCustom,
    NanCanonical, NanArithmetic, RefExtern, RefHost, RefStruct, RefArray, RefAny, RefExn, RefCont,

    // Places of custom sections.
    Before, After, First, Last, Code,
}
