using System;
using System.Linq;
using Kiln.Wasi.FileSystem;
using Xunit;

namespace Kiln.Wasi.Tests;

public sealed class FileSystemTests
{
    [Fact]
    public void File_WriteBeyondEnd_FillsTheGapWithZeros()
    {
        FileNode file = new MemoryFileSystem().NewFile();
        Assert.True(file.TryWrite(3, "ab"u8));
        Assert.Equal([0, 0, 0, (byte)'a', (byte)'b'], file.Content.ToArray());
    }

    [Fact]
    public void File_CutAndGrown_ShowsZerosNotOldBytes()
    {
        FileNode file = new MemoryFileSystem().NewFile();
        file.TryWrite(0, "secret"u8);
        file.TryResize(2);
        file.TryResize(6);
        Assert.Equal("se\0\0\0\0", System.Text.Encoding.ASCII.GetString(file.Content));
    }

    [Fact]
    public void Budget_RefusedCharge_LeavesTheFileAsItWas()
    {
        long left = 1000;
        var budget = new MemoryBudget(bytes => { if (bytes > left) return false; left -= bytes; return true; }, bytes => left += bytes);
        var files = new MemoryFileSystem(budget);
        FileNode file = files.WriteFile("f", new byte[600]);
        Assert.False(file.TryWrite(600, new byte[600]));
        Assert.Equal(600, file.Size);
        Assert.Throws<FileSystemException>(() => files.WriteFile("g", new byte[2000]));
    }

    [Fact]
    public void Budget_GetsBytesBack_WhenTheLastLinkAndDescriptorAreGone()
    {
        long held = 0;
        var files = new MemoryFileSystem(new MemoryBudget(bytes => { held += bytes; return true; }, bytes => held -= bytes));
        FileNode file = files.WriteFile("f", new byte[5000]);
        Assert.True(held >= 5000);
        file.Open();
        files.Root.Remove("f", files.Now);
        Assert.True(held >= 5000);
        file.Close();
        Assert.Equal(0, held);
    }

    [Fact]
    public void Directory_ReadingResumesExactly_WhileEntriesComeAndGo()
    {
        var files = new MemoryFileSystem();
        foreach (string name in new[] { "a", "b", "c" }) files.WriteFile(name, []);
        DirectoryNode.Entry first = files.Root.EntriesFrom(0).First();
        Assert.Equal("a", first.Name);
        files.Root.Remove("a", files.Now);
        files.Root.Remove("b", files.Now);
        files.WriteFile("d", []);
        Assert.Equal(["c", "d"], files.Root.EntriesFrom(first.Sequence + 1).Select(entry => entry.Name));
    }

    [Fact]
    public void Directory_MoveKeepsTheNodeAlive()
    {
        long held = 0;
        var files = new MemoryFileSystem(new MemoryBudget(bytes => { held += bytes; return true; }, bytes => held -= bytes));
        files.WriteFile("a/f", new byte[100]);
        DirectoryNode a = files.CreateDirectory("a"), b = files.CreateDirectory("b");
        b.MoveFrom(a, "f", "g", files.Now);
        Assert.True(a.IsEmpty);
        Assert.True(b.TryGet("g", out Node? node));
        Assert.Equal(1, node.LinkCount);
        Assert.Equal(100, node.Size);
        Assert.True(held >= 100);
    }

    [Theory]
    [InlineData("../f")]
    [InlineData("a/../../f")]
    [InlineData("a\0b")]
    public void WriteFile_PathsThatAreNotPlain_AreRefused(string path) =>
        Assert.Throws<FileSystemException>(() => new MemoryFileSystem().WriteFile(path, ReadOnlySpan<byte>.Empty));
}
