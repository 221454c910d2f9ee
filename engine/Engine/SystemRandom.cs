using System;
using System.Security.Cryptography;
using Kiln.Runtime.Platform;

namespace Kiln;

/// <summary>The system's random bytes, fit for keys: what host functions give to guests that ask for randomness.</summary>
/// <remarks>
/// Short requests, such as the seeds of hash tables, go to the kernel: .NET's generator is OpenSSL's, and its first use in a process takes a
/// millisecond, in the middle of the guest that happens to ask first. For long ones OpenSSL's is several times faster.
/// </remarks>
public static class SystemRandom
{
    /// <summary>Bytes of the longest request that the kernel answers. About there both take the same time.</summary>
    private const int KernelLimit = 256;

    /// <summary>Fills a buffer with random bytes.</summary>
    public static void Fill(Span<byte> buffer)
    {
        if (buffer.Length <= KernelLimit) KernelRandom.Fill(buffer);
        else RandomNumberGenerator.Fill(buffer);
    }
}
