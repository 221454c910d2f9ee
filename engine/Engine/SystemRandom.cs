using System;
using Kiln.Runtime.Platform;

namespace Kiln;

/// <summary>The system's random bytes, fit for keys: what host functions give to guests that ask for randomness.</summary>
/// <remarks>
/// <see cref="System.Security.Cryptography.RandomNumberGenerator"/> gives as good ones, but its first use in a process loads OpenSSL: a millisecond
/// in the middle of the guest that happens to be the first to ask.
/// </remarks>
public static class SystemRandom
{
    /// <summary>Fills a buffer with random bytes.</summary>
    public static void Fill(Span<byte> buffer) => KernelRandom.Fill(buffer);
}
