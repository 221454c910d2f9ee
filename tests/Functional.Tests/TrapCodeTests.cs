using System;
using Kiln.Contract;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>The daemon sends the engine's trap numbers as they are: the protocol's enum must mean the same by them.</summary>
public sealed class TrapCodeTests
{
    [Fact]
    public void ProtocolCodes_AreThoseOfTheContract()
    {
        foreach (Trap trap in Enum.GetValues<Trap>())
        {
            // A run that used up its fuel or its time was stopped; it did not trap.
            if (trap is Trap.None or Trap.OutOfFuel or Trap.Interrupted)
            {
                Assert.True(trap == Trap.None || !Enum.IsDefined((TrapCode)trap), $"{trap}");
                continue;
            }

            string expected = trap == Trap.IndirectCallToNull ? nameof(TrapCode.UninitializedElement) : trap.ToString();
            Assert.Equal(expected, ((TrapCode)trap).ToString());
        }

        foreach (TrapCode code in Enum.GetValues<TrapCode>())
        {
            Assert.True(code is TrapCode.HostFunction or TrapCode.Unspecified || Enum.IsDefined((Trap)code), $"{code}");
        }
    }
}
