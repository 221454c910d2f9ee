namespace Kiln.Foundation.Entities;

/// <summary>A half-open range of entity ids; enumerates without allocating.</summary>
public readonly struct EntityRange<TEntity>(uint first, uint limit) where TEntity : struct, IEntity<TEntity>
{
    /// <summary>Number of entities in the range.</summary>
    public int Count => (int)(limit - first);

    /// <summary>Enumerator for <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(first, limit);

    /// <summary>Walks the ids in ascending order.</summary>
    public struct Enumerator(uint first, uint limit)
    {
        private uint _next = first;

        /// <summary>The entity the enumerator stands on.</summary>
        public TEntity Current { get; private set; }

        /// <summary>Steps to the next entity.</summary>
        public bool MoveNext()
        {
            if (_next >= limit) return false;
            Current = TEntity.FromId(_next++);
            return true;
        }
    }
}
