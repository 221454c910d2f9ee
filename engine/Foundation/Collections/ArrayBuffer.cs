using System;

namespace Kiln.Foundation.Collections;

/// <summary>
/// What growable collections do with their arrays. Written out, since a precompiled program compiles generic methods of the
/// base library for types of its own only when it runs: one method for each type of element, in the way of the first module.
/// </summary>
public static class ArrayBuffer
{
    /// <summary>Replaces an array by one of <paramref name="length"/> elements with the same first elements.</summary>
    public static void Resize<T>(ref T[] items, int length)
    {
        var resized = new T[length];
        Array.Copy(items, resized, Math.Min(items.Length, length));
        items = resized;
    }

    /// <summary>Sets the elements from <paramref name="start"/> to below <paramref name="end"/>.</summary>
    public static void Fill<T>(T[] items, int start, int end, T value)
    {
        for (int i = start; i < end; i++) items[i] = value;
    }
}
