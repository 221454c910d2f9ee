using System;
using System.Threading;
using Kiln.Wasi.FileSystem;

namespace Kiln.Wasi.Preview1;

/// <summary>An open file, directory or stream, as a number in the guest's <see cref="DescriptorTable"/> names it.</summary>
public abstract class Descriptor(Rights baseRights, Rights inheritingRights, FdFlags flags)
{
    /// <summary>What may be done with the descriptor itself.</summary>
    public Rights Base { get; set; } = baseRights;

    /// <summary>What descriptors opened through this one may have at most.</summary>
    public Rights Inheriting { get; set; } = inheritingRights;

    /// <summary>Flags that <c>fd_fdstat_set_flags</c> can change.</summary>
    public FdFlags Flags { get; set; } = flags;

    /// <summary>Type as <c>fd_fdstat_get</c> tells it.</summary>
    public abstract FileType Type { get; }

    /// <summary>Called when the number is closed or replaced.</summary>
    public virtual void Close()
    {
    }
}

/// <summary>A descriptor of a node in the file system.</summary>
public abstract class NodeDescriptor : Descriptor
{
    private protected NodeDescriptor(Node node, Rights baseRights, Rights inheritingRights, FdFlags flags) : base(baseRights, inheritingRights, flags)
    {
        Node = node;
        node.Open();
    }

    /// <summary>The open node.</summary>
    public Node Node { get; }

    /// <inheritdoc/>
    public override void Close() => Node.Close();
}

/// <summary>An open regular file with its position.</summary>
public sealed class FileDescriptor(FileNode file, Rights baseRights, Rights inheritingRights, FdFlags flags)
    : NodeDescriptor(file, baseRights, inheritingRights, flags)
{
    /// <summary>The file.</summary>
    public FileNode File => (FileNode)Node;

    /// <summary>Where the next read or write happens, bytes from the start.</summary>
    public long Position { get; set; }

    /// <inheritdoc/>
    public override FileType Type => FileType.RegularFile;
}

/// <summary>An open directory; a preopened one has the name that the guest finds it by.</summary>
public sealed class DirectoryDescriptor(DirectoryNode directory, Rights baseRights, Rights inheritingRights, string? preopenName = null)
    : NodeDescriptor(directory, baseRights, inheritingRights, FdFlags.None)
{
    /// <summary>The directory.</summary>
    public DirectoryNode Directory => (DirectoryNode)Node;

    /// <summary>Guest path of a preopened directory; null for others.</summary>
    public string? PreopenName { get; } = preopenName;

    /// <inheritdoc/>
    public override FileType Type => FileType.Directory;
}

/// <summary>Standard input as the guest reads it.</summary>
public interface IGuestInput
{
    /// <summary>
    /// Reads what is there, waiting for at least one byte; returns 0 at the end of the input.
    /// </summary>
    /// <exception cref="OperationCanceledException">The guest was stopped while it waited.</exception>
    int Read(Span<byte> destination, CancellationToken cancellation);

    /// <summary>Waits until a read would not wait, at most <paramref name="timeout"/>; false on timeout.</summary>
    bool WaitReadable(TimeSpan timeout, CancellationToken cancellation);
}

/// <summary>Standard output or error as the guest writes it.</summary>
public interface IGuestOutput
{
    /// <summary>
    /// Takes all bytes, waiting while the reader is behind; false if nobody will ever read them.
    /// </summary>
    /// <exception cref="OperationCanceledException">The guest was stopped while it waited.</exception>
    bool Write(ReadOnlySpan<byte> source, CancellationToken cancellation);
}

/// <summary>A standard stream.</summary>
public sealed class StreamDescriptor(IGuestInput? input, IGuestOutput? output, bool isTerminal)
    : Descriptor((Rights.Stream & ~(Rights.FdRead | Rights.FdWrite)) | (input is null ? 0 : Rights.FdRead) | (output is null ? 0 : Rights.FdWrite),
        Rights.None, output is null ? FdFlags.None : FdFlags.Append)
{
    /// <summary>Where reads come from; null for an output stream.</summary>
    public IGuestInput? Input { get; } = input;

    /// <summary>Where writes go; null for an input stream.</summary>
    public IGuestOutput? Output { get; } = output;

    /// <summary>A terminal is a character device without the right to seek; wasi-libc's isatty asks for just that.</summary>
    public override FileType Type => isTerminal ? FileType.CharacterDevice : FileType.Unknown;
}
