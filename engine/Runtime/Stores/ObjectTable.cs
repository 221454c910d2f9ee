using System.Collections.Generic;

namespace Kiln.Runtime.Stores;

/// <summary>
/// Host objects that guests refer to by number: externref is the object's position plus 1, null is 0. An object gets the
/// same number each time; it is kept as long as the store.
/// </summary>
internal sealed class ObjectTable
{
    private readonly List<object> _objects = [];
    private readonly Dictionary<object, ulong> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <summary>The object of a reference made by <see cref="Add"/>, or null.</summary>
    public object? this[ulong reference] => reference == 0 ? null : _objects[(int)reference - 1];

    /// <summary>The reference to an object.</summary>
    public ulong Add(object? host)
    {
        if (host is null) return 0;
        if (_numbers.TryGetValue(host, out ulong known)) return known;
        _objects.Add(host);
        ulong reference = (ulong)_objects.Count;
        _numbers.Add(host, reference);
        return reference;
    }
}
