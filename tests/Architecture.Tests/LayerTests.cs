using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Kiln.Architecture.Tests;

/// <summary>
/// Holds the project graph to the layer table of docs/ARCHITECTURE.md. A project may use less than the table
/// allows, never more; a new project needs a row here first.
/// </summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> s_layers = new()
    {
        ["Kiln.Foundation"] = [],
        ["Kiln.Wasm"] = ["Kiln.Foundation"],
        ["Kiln.Text"] = ["Kiln.Wasm", "Kiln.Foundation"],
        ["Kiln.RegAlloc"] = ["Kiln.Foundation"],
        ["Kiln.Codegen"] = ["Kiln.RegAlloc", "Kiln.Foundation"],
        ["Kiln.Contract"] = ["Kiln.Wasm", "Kiln.Foundation"],
        ["Kiln.Compiler"] = ["Kiln.Contract", "Kiln.Wasm", "Kiln.Codegen", "Kiln.Foundation"],
        ["Kiln.Runtime"] = ["Kiln.Contract", "Kiln.Wasm", "Kiln.Foundation"],
        ["Kiln.Engine"] = ["Kiln.Compiler", "Kiln.Runtime", "Kiln.Codegen", "Kiln.Contract", "Kiln.Text", "Kiln.Wasm", "Kiln.Foundation"],
        ["Kiln.Wasi"] = ["Kiln.Engine"],
        ["Kiln.Tool"] = ["Kiln.Wasi", "Kiln.Engine", "Kiln.Compiler", "Kiln.Runtime", "Kiln.Codegen", "Kiln.Contract", "Kiln.Text", "Kiln.Wasm", "Kiln.Foundation"],
        ["Kiln.Service"] = ["Kiln.Engine", "Kiln.Wasi", "Kiln.Proto", "Grpc.Core.Api"],
        ["Kiln.Client"] = ["Kiln.Proto", "Grpc.Core.Api", "Grpc.Net.Common"],
        ["Kiln.Cli"] = ["Kiln.Client", "Kiln.Proto", "Grpc.Core.Api"],
        ["Kiln.Proto"] = ["Grpc.Core.Api"],
        ["Grpc.Core.Api"] = [],
        ["Grpc.Net.Common"] = ["Grpc.Core.Api"],
    };

    private static readonly string[] s_folders = ["engine", "proto", "service", "client-sdk"];

    [Fact]
    public void Projects_ReferenceOnlyWhatTheirLayerMayUse()
    {
        var wrong = new List<string>();
        foreach (string project in s_folders.SelectMany(Repository.Projects))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            if (!s_layers.TryGetValue(name, out string[]? allowed))
            {
                wrong.Add($"{name} has no row in the layer table");
                continue;
            }

            foreach (XElement reference in XDocument.Load(project).Descendants("ProjectReference"))
            {
                string target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
                if (!allowed.Contains(target)) wrong.Add($"{name} -> {target}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void UnsafeCode_IsFencedIntoRuntimeAndFoundation()
    {
        var wrong = s_folders.SelectMany(Repository.Projects)
            .Where(project => Path.GetFileNameWithoutExtension(project) is not ("Kiln.Runtime" or "Kiln.Foundation"))
            .Where(project => XDocument.Load(project).Descendants("AllowUnsafeBlocks").Any(flag => flag.Value == "true"))
            .Select(Repository.Relative);
        Assert.Empty(wrong);
    }

    [Fact]
    public void NativeCalls_LiveOnlyInRuntimePlatform()
    {
        var import = new Regex(@"\[\s*(LibraryImport|DllImport)\b");
        var wrong = s_folders.SelectMany(Repository.SourceFiles)
            .Where(path => !Repository.Relative(path).StartsWith("engine/Runtime/Platform/", System.StringComparison.Ordinal))
            .Where(path => import.IsMatch(File.ReadAllText(path)))
            .Select(Repository.Relative);
        Assert.Empty(wrong);
    }

    [Fact]
    public void RandomBytes_OfTheEngineComeFromSystemRandom()
    {
        var users = Repository.SourceFiles("engine").Where(path => Regex.IsMatch(File.ReadAllText(path), @"\bRandomNumberGenerator\s*\.")).Select(Repository.Relative);
        Assert.Equal(["engine/Engine/SystemRandom.cs"], users);
    }

    [Fact]
    public void TransitiveReferences_AreDisabled() =>
        Assert.Contains("<DisableTransitiveProjectReferences>true</DisableTransitiveProjectReferences>",
            File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")));
}
