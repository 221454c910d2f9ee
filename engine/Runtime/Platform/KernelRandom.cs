using System;
using System.Runtime.InteropServices;

namespace Kiln.Runtime.Platform;

/// <summary>Random bytes of the kernel's cryptographic generator (<c>getrandom</c>), without a cryptographic library in between.</summary>
public static unsafe class KernelRandom
{
    /// <summary>Fills a buffer. Waits only if the machine has just started and the kernel has no randomness yet.</summary>
    /// <exception cref="PlatformNotSupportedException">The kernel refuses the call.</exception>
    public static void Fill(Span<byte> buffer)
    {
        // SAFETY: the kernel writes at most as many bytes as are left of the pinned buffer.
        fixed (byte* start = buffer)
        {
            int done = 0;
            while (done < buffer.Length)
            {
                nint count = Libc.GetRandom(start + done, (nuint)(buffer.Length - done), 0);
                if (count < 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    if (error == Libc.Interrupted) continue;
                    throw new PlatformNotSupportedException($"getrandom: error {error}");
                }

                done += (int)count; // fewer than asked for when a signal came
            }
        }
    }
}
