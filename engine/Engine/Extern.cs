using Kiln.Foundation.Diagnostics;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Tables;

namespace Kiln;

/// <summary>Something that can be imported and exported: a <see cref="Func"/>, <see cref="Memory"/>, <see cref="Table"/>, <see cref="Global"/> or <see cref="Tag"/>. It lives as long as its store.</summary>
public abstract class Extern
{
    private protected Extern(Store store) => Store = store;

    /// <summary>The store it belongs to.</summary>
    public Store Store { get; }

    /// <summary>Its type.</summary>
    public abstract ExternType Type { get; }

    /// <summary>What it is.</summary>
    public abstract ExternKind Kind { get; }

    /// <summary>The runtime's object behind it.</summary>
    internal abstract object Definition { get; }

    /// <summary>The public object of a runtime object of a store, always the same.</summary>
    internal static Extern Of(Store store, object definition) => definition switch
    {
        GuestFunction function => Func.Of(store, function),
        LinearMemory memory => Memory.Of(store, memory),
        GuestTable table => Table.Of(store, table),
        GlobalCell global => Global.Of(store, global),
        GuestTag tag => Tag.Of(store, tag),
        _ => EngineBug.Throw<Extern>($"{definition.GetType()} is nothing that can be exported"),
    };
}
