namespace Kiln.Wasm;

/// <summary>A byte position counted from the first byte of the module (the <c>\0asm</c>).</summary>
public readonly record struct WasmOffset(int Value)
{
    /// <summary>The position in hexadecimal, as disassemblers print it.</summary>
    public override string ToString() => $"0x{Value:x}";
}
