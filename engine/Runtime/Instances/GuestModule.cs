using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using Kiln.Contract.Artifact;
using Kiln.Contract.Layout;
using Kiln.Foundation.Diagnostics;
using Kiln.Runtime.Code;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Instances;

/// <summary>A module loaded into an engine: its code mapped, its types known. Immutable and thread-safe.</summary>
public sealed unsafe class GuestModule
{
    private readonly uint[] _typeIds;

    /// <summary>Maps an artifact that fits the engine and its machine.</summary>
    /// <param name="runtime">The engine.</param>
    /// <param name="artifact">The compiled module.</param>
    /// <param name="description">The same module, decoded from <see cref="ModuleArtifact.Module"/>.</param>
    /// <param name="name">Its name in backtraces, or empty.</param>
    public GuestModule(EngineRuntime runtime, ModuleArtifact artifact, WasmModule description, string name)
    {
        Runtime = runtime;
        Artifact = artifact;
        Description = description;
        Name = name;
        Types = runtime.Types.Register(ModuleTypes.Create(description, DecodeOptions.Default.MaxSubtypingDepth));

        // Pinned: VM contexts hold the array's address.
        _typeIds = GC.AllocateUninitializedArray<uint>(Math.Max(Types.Ids.Length, 1), pinned: true);
        Types.Ids.CopyTo(_typeIds);
        Offsets = new VmOffsets(VmShape.Of(description));
        Dictionary<string, Export> exports = new(description.Exports.Length);
        foreach (Export export in description.Exports) exports.Add(export.Name, export);
        Exports = exports.ToFrozenDictionary();
        Image = new CodeImage(runtime, artifact, name, Types);
    }

    /// <summary>The engine's runtime.</summary>
    public EngineRuntime Runtime { get; }

    /// <summary>What it was loaded from.</summary>
    public ModuleArtifact Artifact { get; }

    /// <summary>Its sections, without bodies.</summary>
    public WasmModule Description { get; }

    /// <summary>Its name, or empty.</summary>
    public string Name { get; }

    /// <summary>What the public API made of it.</summary>
    public object? Owner { get; set; }

    /// <summary>Its exports by name.</summary>
    public FrozenDictionary<string, Export> Exports { get; }

    /// <summary>Its code.</summary>
    public CodeImage Image { get; }

    /// <summary>Its types in the engine's registry; they live as long as its code.</summary>
    public RegisteredTypes Types { get; }

    internal VmOffsets Offsets { get; }

    internal uint* NativeTypeIds
    {
        get
        {
            fixed (uint* first = _typeIds) return first;
        }
    }

    internal ulong EntryTrampoline(uint typeIndex) => Image.Start + Artifact.Trampolines[(int)typeIndex].EntryOffset;

    internal ulong ExitTrampoline(uint typeIndex) => Image.Start + Artifact.Trampolines[(int)typeIndex].ExitOffset;

    internal ulong FunctionCode(uint function)
    {
        CodeRange code = Artifact.FunctionCode(function);
        if (code.Length == 0) EngineBug.Throw($"function {function} of '{Image.Name}' can be called and has no code");
        return Image.Start + code.CodeOffset;
    }
}
