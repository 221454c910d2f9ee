using Kiln.Wasi.FileSystem;
using Kiln.Wasi.Preview1;
using Xunit;

namespace Kiln.Wasi.Tests;

public sealed class PathResolverTests
{
    private readonly MemoryFileSystem _files = new();
    private readonly DirectoryNode _sandbox;

    public PathResolverTests()
    {
        _files.WriteFile("/secret", "x"u8);
        _files.WriteFile("/sandbox/a/b/file", "hello"u8);
        _sandbox = _files.CreateDirectory("/sandbox");
        Link("a/up", "../a/b");
        Link("out", "../secret");
        Link("absolute", "/secret");
        Link("loop", "loop2");
        Link("loop2", "loop");
        Link("dangling", "nowhere");
    }

    [Theory]
    [InlineData("a/b/file")]
    [InlineData("./a/.//b/../b/file")]
    [InlineData("a/up/file")]
    public void Resolve_InsidePaths_FindTheFile(string path)
    {
        Assert.Equal(Errno.Success, PathResolver.Resolve(_sandbox, path, followLast: true, out ResolvedPath resolved));
        Assert.Equal(5, Assert.IsType<FileNode>(resolved.Node).Size);
        Assert.Equal("file", resolved.Name);
    }

    [Theory]
    [InlineData("..", Errno.NotPermitted)]
    [InlineData("a/../../secret", Errno.NotPermitted)]
    [InlineData("/secret", Errno.NotPermitted)]
    [InlineData("out", Errno.NotPermitted)]
    [InlineData("absolute", Errno.NotPermitted)]
    [InlineData("loop", Errno.Loop)]
    [InlineData("", Errno.NoEntry)]
    [InlineData("missing/file", Errno.NoEntry)]
    [InlineData("a/b/file/more", Errno.NotDirectory)]
    [InlineData("a/b/file/", Errno.NotDirectory)]
    [InlineData("a\0b", Errno.Invalid)]
    public void Resolve_OutsideOrMalformed_IsRefused(string path, Errno expected) =>
        Assert.Equal(expected, PathResolver.Resolve(_sandbox, path, followLast: true, out _));

    [Fact]
    public void Resolve_LinkInLastPlace_IsFollowedOnlyWhenAsked()
    {
        PathResolver.Resolve(_sandbox, "out", followLast: false, out ResolvedPath link);
        Assert.IsType<SymbolicLinkNode>(link.Node);
        PathResolver.Resolve(_sandbox, "a/up", followLast: true, out ResolvedPath target);
        Assert.IsType<DirectoryNode>(target.Node);
    }

    [Fact]
    public void Resolve_DanglingLink_NamesThePlaceWhereItsTargetWouldBe()
    {
        Assert.Equal(Errno.Success, PathResolver.Resolve(_sandbox, "dangling", followLast: true, out ResolvedPath resolved));
        Assert.Null(resolved.Node);
        Assert.Equal("nowhere", resolved.Name);
        Assert.Same(_sandbox, resolved.Parent);
    }

    private void Link(string path, string target)
    {
        PathResolver.Resolve(_sandbox, path, followLast: false, out ResolvedPath place);
        place.Parent.Add(place.Name, _files.NewSymbolicLink(target), _files.Now);
    }
}
