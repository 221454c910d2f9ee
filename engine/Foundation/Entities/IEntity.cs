namespace Kiln.Foundation.Entities;

/// <summary>
/// A typed 32-bit index into an <see cref="EntityMap{TEntity,TData}"/>. Slot 0 is reserved, so
/// <c>default</c> means "none" and an entity costs four bytes.
/// </summary>
/// <remarks>
/// Declare one as <c>public readonly record struct Block(uint Id) : IEntity&lt;Block&gt;</c> and override
/// <c>ToString</c> with its spelling in the textual form (<c>block3</c>).
/// </remarks>
public interface IEntity<TSelf> where TSelf : struct, IEntity<TSelf>
{
    /// <summary>1-based index; 0 is "none".</summary>
    uint Id { get; }

    /// <summary>The entity with the given 1-based index.</summary>
    static abstract TSelf FromId(uint id);
}

/// <summary>Questions that every entity answers.</summary>
public static class EntityExtensions
{
    /// <summary>True for <c>default</c>, the entity that stands for "none".</summary>
    public static bool IsNone<TEntity>(this TEntity entity) where TEntity : struct, IEntity<TEntity> => entity.Id == 0;
}
