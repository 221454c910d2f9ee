using System;
using System.Threading;
using Kiln.Contract.Artifact;

namespace Kiln.Runtime.Code;

/// <summary>
/// The text of an artifact, mapped and executable, with its side tables. Freed when the last of its users (the module and
/// every store that instantiated it) has let go, or by the finaliser if one forgot to.
/// </summary>
public sealed class CodeImage
{
    private readonly CodeMemory _memory;
    private readonly int _length;
    private readonly IDisposable? _held;
    private int _users = 1;
    private bool _freed;

    /// <summary>Maps the text of an artifact that fits the engine and its machine; disposes <paramref name="held"/> when the code is freed.</summary>
    /// <exception cref="OutOfMemoryException">The engine's code memory is used up.</exception>
    public CodeImage(EngineRuntime runtime, ModuleArtifact artifact, string name, IDisposable? held = null)
    {
        _memory = runtime.Code;
        Artifact = artifact;
        Name = name;
        _held = held;
        ReadOnlySpan<byte> text = artifact.Text.Span;
        _length = text.Length;
        Start = _memory.Allocate(_length);
        _memory.Write(Start, text);
        _memory.Register(this);
    }

    /// <summary>Frees the code of an image that nobody released.</summary>
    ~CodeImage()
    {
        if (Start != 0) Free();
    }

    /// <summary>What it was made from.</summary>
    public ModuleArtifact Artifact { get; }

    /// <summary>Name of the module, for backtraces.</summary>
    public string Name { get; }

    /// <summary>Address of the text.</summary>
    public ulong Start { get; }

    /// <summary>Address after the text.</summary>
    public ulong End => Start + (ulong)_length;

    /// <summary>One user more; false if the image has been freed already.</summary>
    public bool TryAcquire()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users) return true;
            users = seen;
        }

        return false;
    }

    /// <summary>One user less; the last one frees the code.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0) return;
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Interlocked.Exchange(ref _freed, true)) return;
        _memory.Free(Start, _length);
        _held?.Dispose();
    }
}
