namespace Kiln.Wasm.Types;

/// <summary>A recursion group in a <see cref="TypeRegistry"/>.</summary>
internal sealed class RegisteredGroup(GroupKey key, uint first, int count, RegisteredGroup[] dependencies)
{
    /// <summary>What it is found by.</summary>
    public GroupKey Key { get; } = key;

    /// <summary>The number of its first type.</summary>
    public uint First { get; } = first;

    /// <summary>Number of types.</summary>
    public int Count { get; } = count;

    /// <summary>The groups that it refers to; each of them counts it as a holder.</summary>
    public RegisteredGroup[] Dependencies { get; } = dependencies;

    /// <summary>Registrations and groups that keep it alive. Guarded by the registry's lock.</summary>
    public int Holders { get; set; }
}
