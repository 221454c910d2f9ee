using System;
using Kiln.Contract.Artifact;
using Kiln.Runtime.Code;
using Kiln.Runtime.Stacks;

namespace Kiln.Runtime.Faults;

// Frames have a fixed size after the prologue, so the tables alone walk the stack: from (pc, rsp) of a frame, its return
// address lies at [rsp + frame size]. A callee pops its stack arguments, of which a tail callee may have others than the
// caller passed; what the caller subtracts again stands behind its call. A guest stack ends at the entry stub.

/// <summary>The frames of one activation of a stopped guest, innermost first; trampolines are frames too.</summary>
internal unsafe ref struct FrameWalk
{
    private readonly EngineRuntime _runtime;
    private readonly ulong _top;
    private ulong _pc;
    private ulong _rsp;
    private bool _isReturn;
    private CodeImage? _image;
    private CodeRange _range;

    /// <summary>
    /// The frames from the one that runs at <paramref name="pc"/> with stack pointer <paramref name="rsp"/> on;
    /// <paramref name="isReturn"/> if it is in a call that returns there.
    /// </summary>
    public FrameWalk(EngineRuntime runtime, Activation* activation, ulong pc, ulong rsp, bool isReturn)
    {
        _runtime = runtime;
        _top = (ulong)activation - Activation.Headroom;
        _pc = pc;
        _rsp = rsp;
        _isReturn = isReturn;
    }

    /// <summary>The frames of a guest that waits for a host function or a builtin.</summary>
    public static FrameWalk OfWaiting(EngineRuntime runtime, Activation* activation)
    {
        // SAFETY: GuestRsp of a waiting activation points to the return address of the stub's caller.
        ulong rsp = activation->GuestRsp;
        return new FrameWalk(runtime, activation, *(ulong*)rsp, rsp + 8, true);
    }

    /// <summary>The code that the frame belongs to.</summary>
    public readonly CodeImage Image => _image!;

    /// <summary>The function or trampoline.</summary>
    public readonly CodeRange Range => _range;

    /// <summary>Where it stands, from the start of the image's text: of a frame in a call, the return address.</summary>
    public uint CodeOffset { get; private set; }

    /// <summary>True if it is in a call.</summary>
    public bool IsInCall { get; private set; }

    /// <summary>Its stack pointer, as in the function's body.</summary>
    public ulong StackPointer { get; private set; }

    /// <summary>Goes on to the next frame; false at the end of the stack.</summary>
    public bool MoveNext()
    {
        if (_rsp >= _top) return false;
        ulong at = _isReturn ? _pc - 1 : _pc;
        if (_image is null || at < _image.Start || at >= _image.End) _image = _runtime.Code.FindImage(at);
        if (_image is null) return false;
        ReadOnlySpan<CodeRange> code = _image.Artifact.Code;
        int index = CodeLookup.Find(code, (uint)(at - _image.Start));
        if (index < 0) return false;
        _range = code[index];
        CodeOffset = (uint)(_pc - _image.Start);
        IsInCall = _isReturn;
        StackPointer = _rsp;

        ulong slot = _rsp + _range.FrameSize;
        if (slot + 8 > _top)
        {
            _rsp = _top;
            return true;
        }

        // SAFETY: the return address lies between rsp and the top of a mapped stack.
        _pc = *(ulong*)slot;
        _rsp = slot + 8 + _range.ArgumentBytes;
        _isReturn = true;
        if (_runtime.Code.FindImage(_pc) is not null) _rsp -= PoppedBytes((byte*)_pc);
        return true;
    }

    // What a call's callee pops. No other call is followed by a subtraction from rsp: prologues stand at function starts.
    private static uint PoppedBytes(byte* returnAddress)
    {
        // SAFETY: the address lies in mapped code, which never ends with a call.
        uint start = *(uint*)returnAddress & 0xFFFFFF;
        if (start == 0xEC8348) return returnAddress[3];             // sub rsp, imm8
        if (start == 0xEC8148) return *(uint*)(returnAddress + 3);  // sub rsp, imm32
        return 0;
    }
}
