using System;

namespace Kiln.Wasi.Preview1;

#pragma warning disable CS1591 // flag names are those of the witx file

/// <summary>witx <c>filetype</c>.</summary>
public enum FileType : byte
{
    Unknown = 0,
    BlockDevice = 1,
    CharacterDevice = 2,
    Directory = 3,
    RegularFile = 4,
    SocketDatagram = 5,
    SocketStream = 6,
    SymbolicLink = 7,
}

/// <summary>witx <c>fdflags</c>.</summary>
[Flags]
public enum FdFlags : ushort
{
    None = 0,
    Append = 1,
    DSync = 2,
    NonBlock = 4,
    RSync = 8,
    Sync = 16,
    All = Append | DSync | NonBlock | RSync | Sync,
}

/// <summary>witx <c>oflags</c>.</summary>
[Flags]
public enum OpenFlags : ushort
{
    None = 0,
    Create = 1,
    Directory = 2,
    Exclusive = 4,
    Truncate = 8,
    All = Create | Directory | Exclusive | Truncate,
}

/// <summary>witx <c>lookupflags</c>.</summary>
[Flags]
public enum LookupFlags : uint
{
    None = 0,
    SymbolicLinkFollow = 1,
}

/// <summary>witx <c>fstflags</c>.</summary>
[Flags]
public enum TimeFlags : ushort
{
    None = 0,
    AccessTime = 1,
    AccessTimeNow = 2,
    ModificationTime = 4,
    ModificationTimeNow = 8,
    All = AccessTime | AccessTimeNow | ModificationTime | ModificationTimeNow,
}

/// <summary>witx <c>whence</c>.</summary>
public enum Whence : byte
{
    Set = 0,
    Current = 1,
    End = 2,
}

/// <summary>witx <c>clockid</c>.</summary>
public enum ClockId : uint
{
    Realtime = 0,
    Monotonic = 1,
    ProcessCpuTime = 2,
    ThreadCpuTime = 3,
}

/// <summary>witx <c>eventtype</c>.</summary>
public enum EventType : byte
{
    Clock = 0,
    FdRead = 1,
    FdWrite = 2,
}

/// <summary>witx <c>rights</c>: what may be done with a descriptor, or with those opened through it.</summary>
[Flags]
public enum Rights : ulong
{
    None = 0,
    FdDataSync = 1 << 0,
    FdRead = 1 << 1,
    FdSeek = 1 << 2,
    FdFdstatSetFlags = 1 << 3,
    FdSync = 1 << 4,
    FdTell = 1 << 5,
    FdWrite = 1 << 6,
    FdAdvise = 1 << 7,
    FdAllocate = 1 << 8,
    PathCreateDirectory = 1 << 9,
    PathCreateFile = 1 << 10,
    PathLinkSource = 1 << 11,
    PathLinkTarget = 1 << 12,
    PathOpen = 1 << 13,
    FdReaddir = 1 << 14,
    PathReadlink = 1 << 15,
    PathRenameSource = 1 << 16,
    PathRenameTarget = 1 << 17,
    PathFilestatGet = 1 << 18,
    PathFilestatSetSize = 1 << 19,
    PathFilestatSetTimes = 1 << 20,
    FdFilestatGet = 1 << 21,
    FdFilestatSetSize = 1 << 22,
    FdFilestatSetTimes = 1 << 23,
    PathSymlink = 1 << 24,
    PathRemoveDirectory = 1 << 25,
    PathUnlinkFile = 1 << 26,
    PollFdReadWrite = 1 << 27,
    SockShutdown = 1 << 28,
    SockAccept = 1 << 29,

    /// <summary>Everything that makes sense on a regular file.</summary>
    File = FdDataSync | FdRead | FdSeek | FdFdstatSetFlags | FdSync | FdTell | FdWrite | FdAdvise | FdAllocate
        | FdFilestatGet | FdFilestatSetSize | FdFilestatSetTimes | PollFdReadWrite,

    /// <summary>Everything that makes sense on a directory.</summary>
    Directory = FdFdstatSetFlags | FdSync | FdAdvise | PathCreateDirectory | PathCreateFile | PathLinkSource | PathLinkTarget
        | PathOpen | FdReaddir | PathReadlink | PathRenameSource | PathRenameTarget | PathFilestatGet | PathFilestatSetSize
        | PathFilestatSetTimes | FdFilestatGet | FdFilestatSetTimes | PathSymlink | PathRemoveDirectory | PathUnlinkFile | PollFdReadWrite,

    /// <summary>Everything that makes sense on a standard stream.</summary>
    Stream = FdRead | FdWrite | FdFdstatSetFlags | FdFilestatGet | PollFdReadWrite,
}
