namespace Kiln.Contract.Artifact;

// The file, all little-endian:
//
//   0    u64  magic "kilnart\0"
//   8    u32  number of sections
//   12   u8   architecture, 3 bytes zero
//   16   u64  target features
//   24   u32  number of functions (imports included)
//   28   u32  number of imported functions
//   32   32 B contract build id
//   64   32 B compiler build id
//   96   32 B SHA-256 of the Wasm module
//   128  32 B SHA-256 of the file without these 32 bytes
//   160  sections: { u32 kind, u32 zero, u64 offset, u64 length } in the order of kinds, then their contents
//
// The text starts at a multiple of 4096, so that a file can be mapped and its text executed in place (and it is
// zero-padded to a multiple of 4096); the others start at multiples of 16. There is no version number: the build ids
// are the version.

/// <summary>The sections of an artifact. Every artifact has all of them, in this order; any may be empty.</summary>
internal enum SectionKind : uint
{
    Tunables = 0,
    Module = 1,
    Code = 2,
    Traps = 3,
    Addresses = 4,
    Inlined = 5,
    Trampolines = 6,
    StackMaps = 7,
    StackMapSlots = 8,
    Names = 9,
    Strings = 10,
    Text = 11,
}

/// <summary>Places and sizes of the fixed parts of the file.</summary>
internal static class ArtifactFormat
{
    public const ulong Magic = 0x0074_7261_6E6C_696B;
    public const int SectionCountAt = 8;
    public const int ArchitectureAt = 12;
    public const int FeaturesAt = 16;
    public const int FunctionCountAt = 24;
    public const int ImportCountAt = 28;
    public const int ContractIdAt = 32;
    public const int CompilerIdAt = 64;
    public const int ModuleDigestAt = 96;
    public const int ContentDigestAt = 128;
    public const int DirectoryAt = 160;
    public const int DirectoryRowSize = 24;
    public const int SectionCount = 12;
    public const int HeaderSize = DirectoryAt + SectionCount * DirectoryRowSize;
    public const int DigestSize = 32;
    public const int PageSize = 4096;
    public const int SectionAlignment = 16;
}
