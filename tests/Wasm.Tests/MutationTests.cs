using System;
using System.Diagnostics;
using Xunit;

namespace Kiln.Wasm.Tests;

public sealed class MutationTests
{
    [Fact]
    public void Validate_DamagedModules_ThrowNothingButModuleException()
    {
        byte[][] seeds =
        [
            ModuleBytes.Everything(),
            ModuleBytes.Function([0x60, 1, 0x7F, 1, 0x7F], 0x20, 0, 0x04, 0x7F, 0x41, 1, 0x05, 0x41, 2, 0x0B),
        ];
        Random random = new(20260814);
        Stopwatch clock = Stopwatch.StartNew();
        int refused = 0;
        while (clock.ElapsedMilliseconds < 1000)
        {
            byte[] bytes = Damage(seeds[random.Next(seeds.Length)], random);
            try
            {
                ModuleBytes.Validate(bytes);
            }
            catch (ModuleException)
            {
                refused++;
            }
            catch (Exception other)
            {
                Assert.Fail($"{other.GetType().Name} for {Convert.ToHexString(bytes)}: {other}");
            }
        }

        Assert.True(refused > 100);
    }

    private static byte[] Damage(byte[] seed, Random random)
    {
        byte[] bytes = (byte[])seed.Clone();
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int at = random.Next(8, bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..at];
                    break;
                case 3:
                    bytes = [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
                    break;
                default:
                    bytes[at] = (byte)(0xFB + random.Next(5));
                    break;
            }

            if (bytes.Length <= 9) break;
        }

        return bytes;
    }
}
