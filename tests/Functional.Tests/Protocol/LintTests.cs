// buf's STANDARD lint rules, and its COMMENTS rules, over the descriptors of kiln.v1. One test a rule, named by it.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Kiln.Functional.Tests.Daemons;
using Xunit;

namespace Kiln.Functional.Tests.Protocol;

/// <summary>Holds kiln.v1 to buf's rules.</summary>
public sealed class LintTests
{
    private static readonly Regex s_snake = new("^[a-z][a-z0-9]*(_[a-z0-9]+)*$");
    private static readonly Regex s_upperSnake = new("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$");
    private static readonly Regex s_pascal = new("^[A-Z][A-Za-z0-9]*$");

    private readonly List<FileDescriptorProto> _files = [];

    /// <summary>Reads the descriptors that the build leaves.</summary>
    public LintTests()
    {
        foreach (string path in Directory.GetFiles(Path.Combine(Build.Root, "proto/obj/protoset"), "*.protoset").Order())
        {
            _files.AddRange(FileDescriptorSet.Parser.ParseFrom(File.ReadAllBytes(path)).File);
        }
    }

    [Fact]
    public void Descriptors_AreThoseOfEveryFile() => Assert.Equal(
        Directory.GetFiles(Path.Combine(Build.Root, "proto/kiln/v1"), "*.proto").Select(path => $"kiln/v1/{Path.GetFileName(path)}").Order(),
        _files.Select(file => file.Name).Order());

    [Fact]
    public void Packages_MatchDirectoryAndEndInAVersion() => Assert.All(_files, file =>
    {
        Assert.Equal(Path.GetDirectoryName(file.Name)!.Replace('/', '.'), file.Package);
        Assert.Matches(@"\.v\d+((alpha|beta)\d*)?$", file.Package);
        Assert.Matches(@"^[a-z0-9.]+$", file.Package);
    });

    [Fact]
    public void Files_HaveSnakeNamesProto3SyntaxAndOneNamespace() => Assert.All(_files, file =>
    {
        Assert.Matches(s_snake, Path.GetFileNameWithoutExtension(file.Name));
        Assert.Equal("proto3", file.Syntax);
        Assert.Equal("Kiln.V1", file.Options.CsharpNamespace);
        Assert.Empty(file.PublicDependency);
    });

    [Fact]
    public void Imports_AreUsed() => Assert.All(_files, file =>
    {
        HashSet<string> used = [.. Messages(file).SelectMany(m => m.Message.Field).Select(field => field.TypeName)];
        used.UnionWith(file.Service.SelectMany(service => service.Method).SelectMany(method => new[] { method.InputType, method.OutputType }));
        foreach (string dependency in file.Dependency)
        {
            FileDescriptorProto? ours = _files.Find(other => other.Name == dependency);
            bool isUsed = ours is not null
                ? Messages(ours).Any(m => used.Contains(m.FullName)) || ours.EnumType.Any(e => used.Contains($".{ours.Package}.{e.Name}"))
                : used.Contains(dependency switch
                {
                    "google/protobuf/duration.proto" => ".google.protobuf.Duration",
                    "google/protobuf/timestamp.proto" => ".google.protobuf.Timestamp",
                    _ => throw new InvalidOperationException($"unknown import {dependency}"),
                });
            Assert.True(isUsed, $"{file.Name} imports {dependency} and does not use it");
        }
    });

    [Fact]
    public void Messages_HavePascalNamesAndSnakeFields() => Assert.All(_files.SelectMany(Messages), m =>
    {
        Assert.Matches(s_pascal, m.Message.Name);
        Assert.All(m.Message.Field, field => Assert.Matches(s_snake, field.Name));
        // A proto3 optional field is a oneof of its own, named by the compiler.
        HashSet<int> synthetic = [.. m.Message.Field.Where(field => field.Proto3Optional).Select(field => field.OneofIndex)];
        Assert.All(m.Message.OneofDecl.Where((_, i) => !synthetic.Contains(i)), oneof => Assert.Matches(s_snake, oneof.Name));
    });

    [Fact]
    public void Enums_HavePrefixedValuesAndAnUnspecifiedZero() => Assert.All(_files.SelectMany(Enums), e =>
    {
        Assert.Matches(s_pascal, e.Name);
        string prefix = Regex.Replace(e.Name, "(?<=[a-z0-9])([A-Z])", "_$1").ToUpperInvariant() + "_";
        Assert.All(e.Value, value => Assert.Matches(s_upperSnake, value.Name));
        Assert.All(e.Value, value => Assert.StartsWith(prefix, value.Name, StringComparison.Ordinal));
        Assert.Equal(0, e.Value[0].Number);
        Assert.Equal(prefix + "UNSPECIFIED", e.Value[0].Name);
        Assert.Equal(e.Value.Count, e.Value.Select(value => value.Number).Distinct().Count());
    });

    [Fact]
    public void Services_HaveSuffixAndStandardRequestAndResponseNames()
    {
        var seen = new HashSet<string>();
        foreach (FileDescriptorProto file in _files)
        {
            foreach (ServiceDescriptorProto service in file.Service)
            {
                Assert.Matches(s_pascal, service.Name);
                Assert.EndsWith("Service", service.Name, StringComparison.Ordinal);
                foreach (MethodDescriptorProto method in service.Method)
                {
                    Assert.Matches(s_pascal, method.Name);
                    Assert.Equal($".{file.Package}.{method.Name}Request", method.InputType);
                    Assert.Equal($".{file.Package}.{method.Name}Response", method.OutputType);
                    Assert.True(seen.Add(method.InputType), $"{method.InputType} is used twice");
                    Assert.True(seen.Add(method.OutputType), $"{method.OutputType} is used twice");
                }
            }
        }
    }

    [Fact]
    public void Comments_AreOnEverything() => Assert.All(_files, file =>
    {
        var commented = new HashSet<string>();
        foreach (SourceCodeInfo.Types.Location location in file.SourceCodeInfo.Location)
        {
            if (!string.IsNullOrWhiteSpace(location.LeadingComments)) commented.Add(string.Join('.', location.Path));
        }

        foreach ((string path, string name) in Elements(file)) Assert.True(commented.Contains(path), $"{file.Name}: {name} has no comment");
    });

    private static IEnumerable<(string FullName, DescriptorProto Message)> Messages(FileDescriptorProto file)
    {
        var open = new Stack<(string, DescriptorProto)>(file.MessageType.Select(m => ($".{file.Package}.{m.Name}", m)));
        while (open.TryPop(out (string FullName, DescriptorProto Message) next))
        {
            yield return next;
            foreach (DescriptorProto nested in next.Message.NestedType) open.Push(($"{next.FullName}.{nested.Name}", nested));
        }
    }

    private static IEnumerable<EnumDescriptorProto> Enums(FileDescriptorProto file) =>
        file.EnumType.Concat(Messages(file).SelectMany(m => m.Message.EnumType));

    /// <summary>Paths into the descriptor, as source information spells them: 4 messages, 5 enums, 6 services; 2 fields, values, methods; 8 oneofs.</summary>
    private static IEnumerable<(string Path, string Name)> Elements(FileDescriptorProto file)
    {
        for (int i = 0; i < file.MessageType.Count; i++)
        {
            DescriptorProto message = file.MessageType[i];
            yield return ($"4.{i}", message.Name);
            for (int j = 0; j < message.Field.Count; j++) yield return ($"4.{i}.2.{j}", $"{message.Name}.{message.Field[j].Name}");
        }

        for (int i = 0; i < file.EnumType.Count; i++)
        {
            yield return ($"5.{i}", file.EnumType[i].Name);
            for (int j = 0; j < file.EnumType[i].Value.Count; j++) yield return ($"5.{i}.2.{j}", file.EnumType[i].Value[j].Name);
        }

        for (int i = 0; i < file.Service.Count; i++)
        {
            yield return ($"6.{i}", file.Service[i].Name);
            for (int j = 0; j < file.Service[i].Method.Count; j++) yield return ($"6.{i}.2.{j}", file.Service[i].Method[j].Name);
        }
    }
}
