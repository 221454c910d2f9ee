namespace Kiln.Bench.Corpora;

/// <summary>One module to measure.</summary>
/// <param name="Name">Its name in tables, and the file's without extension.</param>
/// <param name="File">Absolute path of the module.</param>
/// <param name="Folder">Absolute path of the folder it runs in.</param>
/// <param name="Argument">The argument of <c>run</c>; 0 where there is none.</param>
/// <param name="Checksum">The i64 that <c>run</c> must return, as a signed decimal; null where the peer checks the output itself.</param>
/// <param name="CodeBytes">Size of the code section; 0 where it does not matter.</param>
internal sealed record BenchmarkCase(
    string Name, string File, string Folder, int Argument = 0, string? Checksum = null, long CodeBytes = 0);
