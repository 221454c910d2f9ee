namespace Kiln.Codegen.Tests.FileTests;

/// <summary>What a file with <c>;; test = name</c> does with each of its functions.</summary>
public interface IFileTestKind
{
    /// <summary>The name in the header.</summary>
    string Name { get; }

    /// <summary>The text to compare with the expectation; throws if the function fails in another way.</summary>
    string Run(FileTestFile file, FileTestCase one);
}
