using System;
using Kiln.Contract;

namespace Kiln.Runtime.Builtins;

/// <summary>The managed body of each row of <see cref="BuiltinTable"/>.</summary>
internal static unsafe class BuiltinBodies
{
    /// <summary>Address of a builtin's body, with C calling convention; 0 of those that are machine code (<see cref="Stubs.BulkRoutines"/>).</summary>
    public static ulong Address(Builtin builtin) => builtin switch
    {
        Builtin.MemoryGrow => MemoryBuiltins.Grow,
        Builtin.MemoryCopy or Builtin.MemoryFill => 0,
        Builtin.MemoryInit => MemoryBuiltins.Init,
        Builtin.DataDrop => MemoryBuiltins.Drop,
        Builtin.TableGrow => TableBuiltins.Grow,
        Builtin.TableCopy => TableBuiltins.Copy,
        Builtin.TableFill => TableBuiltins.Fill,
        Builtin.TableInit => TableBuiltins.Init,
        Builtin.ElemDrop => TableBuiltins.Drop,
        Builtin.TableElement => TableBuiltins.Element,
        Builtin.FuncRef => TableBuiltins.FuncRef,
        Builtin.IsSubtype => TypeBuiltins.IsSubtype,
        Builtin.MemoryNotify => AtomicBuiltins.Notify,
        Builtin.MemoryWait32 => AtomicBuiltins.Wait32,
        Builtin.MemoryWait64 => AtomicBuiltins.Wait64,
    };
}
