using Kiln.Runtime.Instances;

namespace Kiln;

/// <summary>An exception tag. The host can pass it from instance to instance.</summary>
public sealed class Tag : Extern
{
    private readonly GuestTag _tag;

    private Tag(Store store, GuestTag tag) : base(store) => _tag = tag;

    /// <inheritdoc/>
    public override ExternType Type => ExternTypes.OfTag(Store.Guest.Runtime.Types.Function(_tag.TypeId), Store.Guest.Runtime.Types);

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Tag;

    internal override object Definition => _tag;

    internal static Tag Of(Store store, GuestTag tag) => (Tag)(tag.Owner ??= new Tag(store, tag));
}
