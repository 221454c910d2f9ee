using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using Kiln.Tool.WasiSuite;

namespace Kiln.Tool.Commands;

/// <summary><c>kiln tool wasi PATH…</c>: runs programs of the official WASI test suite in process.</summary>
internal static class WasiCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "programs, or folders of them", Arity = ArgumentArity.OneOrMore };
        var command = new Command("wasi", "Run programs of the WASI preview 1 test suite") { paths };
        command.SetAction(parsed => Run(parsed.GetValue(paths)!));
        return command;
    }

    private static int Run(string[] paths)
    {
        IReadOnlyList<WasiTest> tests;
        try
        {
            tests = WasiTest.Find(paths);
        }
        catch (FileNotFoundException error)
        {
            Console.Error.WriteLine($"kilnc: {error.Message}");
            return 2;
        }

        using var engine = new Engine();
        int passed = 0, failed = 0;
        foreach (WasiTest test in tests)
        {
            string? failure = test.Run(engine);
            if (failure is null) passed++;
            else failed++;
            Console.WriteLine(failure is null ? $"ok   {test.Path}" : $"FAIL {test.Path}: {failure}");
        }

        Console.WriteLine($"tests: {passed} passed, {failed} failed, 0 skipped");
        return failed == 0 ? 0 : 1;
    }
}
