using System.Collections.Generic;
using Kiln.Contract;

namespace Kiln.Runtime.Faults;

/// <summary>One Wasm frame of a guest's stack.</summary>
/// <param name="Module">Name of its module, or empty.</param>
/// <param name="FunctionIndex">Its function, imports counted.</param>
/// <param name="Name">The function's name, or null.</param>
/// <param name="WasmOffset">Its instruction in the module's bytes, or <c>AddressRow.NoWasmOffset</c>.</param>
public readonly record struct GuestFrame(string Module, uint FunctionIndex, string? Name, uint WasmOffset);

/// <summary>A guest's trap and the frames that were active, innermost first.</summary>
public sealed record TrapReport(Trap Trap, IReadOnlyList<GuestFrame> Frames);
