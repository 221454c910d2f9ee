using System;
using Kiln.RegAlloc.Checking;
using Xunit;

namespace Kiln.RegAlloc.Tests;

/// <summary>Random functions, each allocation proved by the checker; one context for all.</summary>
public sealed class RandomFunctionTests
{
    private static readonly MachineEnv[] Envs =
    [
        Machines.X64, Machines.Make(6, 5, intScratch: false), Machines.Make(4, 4, intScratch: false), Machines.Make(5, 4, intScratch: true), Machines.Make(15, 15, intScratch: true),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void RandomFunction_OnMachine_PassesChecker(int machine)
    {
        int seeds = int.Parse(Environment.GetEnvironmentVariable("KILN_REGALLOC_SEEDS") ?? "500");
        AllocationChecker checker = new();
        RegAllocContext context = new();
        for (int seed = 0; seed < seeds; seed++)
        {
            int number = machine * 1_000_000 + seed;
            TestProgram program = RandomFunction.Make(number, Envs[machine], 8 + seed % 40);
            try
            {
                Allocation allocation = RegisterAllocator.Run(program.View, Envs[machine], context);
                string? error = checker.Check(program.View, Envs[machine], allocation);
                Assert.True(error is null, $"seed {number}: {error}\n{AllocationPrinter.Print(program.View, allocation)}");
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"seed {number}: {e.Message}\n{AllocationPrinter.Print(program.View)}", e);
            }
        }
    }
}
