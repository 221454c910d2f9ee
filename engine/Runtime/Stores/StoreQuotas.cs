namespace Kiln.Runtime.Stores;

/// <summary>What one store may use.</summary>
/// <param name="MemoryBytes">Bytes of all memories together.</param>
/// <param name="TableElements">Elements of all tables together.</param>
/// <param name="Instances">Number of instances.</param>
/// <param name="Memories">Number of memories.</param>
/// <param name="Tables">Number of tables.</param>
/// <param name="StackBytes">Usable bytes of a guest stack.</param>
public sealed record StoreQuotas(long MemoryBytes, long TableElements, int Instances, int Memories, int Tables, int StackBytes);
