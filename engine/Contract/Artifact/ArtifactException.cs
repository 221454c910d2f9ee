using System;

namespace Kiln.Contract.Artifact;

/// <summary>Why an artifact was refused.</summary>
public enum ArtifactFault : byte
{
    /// <summary>The bytes are not an artifact, or are damaged.</summary>
    Damaged,

    /// <summary>The artifact was made by another build of the engine.</summary>
    ForeignBuild,

    /// <summary>The artifact was made for a machine with instructions that this one lacks.</summary>
    ForeignTarget,

    /// <summary>The artifact was made with other tunables.</summary>
    ForeignTunables,
}

/// <summary>An artifact that cannot be used. The module has to be compiled again; nothing else follows from it.</summary>
public sealed class ArtifactException(ArtifactFault fault, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public ArtifactFault Fault { get; } = fault;
}
