using System;
using System.Collections.Generic;
using Kiln.Text.Scripts;
using Kiln.Wasm;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Validation;
using Xunit;
using Xunit.Abstractions;

namespace Kiln.Text.Tests;

/// <summary>The specification's test suite, as far as parsing, decoding and validation are concerned.</summary>
public sealed class SpecSuiteTests(ITestOutputHelper output)
{
    private readonly List<string> _failures = [];
    private int _valid;
    private int _malformed;
    private int _invalid;
    private int _otherMessages;

    [Fact]
    public void Modules_OfTheSuite_AreAcceptedOrRefusedAsItSays()
    {
        if (SpecSuite.Root is null)
        {
            output.WriteLine("shared/spec is not beside the repository; the public suite is at https://github.com/WebAssembly/testsuite");
            return;
        }

        foreach (string file in SpecSuite.Files())
        {
            FeatureSet features = FeaturesOf(file);
            try
            {
                foreach (WastCommand command in WastScript.Parse(SpecSuite.Read(file)).Commands) Check(command, $"{file}:{command.Line}", features);
            }
            catch (TextException e)
            {
                _failures.Add($"{file}: {e.Message}");
            }
        }

        output.WriteLine($"{_valid} valid, {_malformed} malformed and {_invalid} invalid modules; {_otherMessages} refused with another message than the suite's");
        foreach (string failure in _failures) output.WriteLine(failure);
        Assert.Empty(_failures);
    }

    [Fact]
    public void Modules_OfTheSuite_SurvivePrintingAndParsing()
    {
        if (SpecSuite.Root is null) return;
        int modules = 0;
        foreach (string file in SpecSuite.Files())
        {
            foreach (WastCommand command in WastScript.Parse(SpecSuite.Read(file)).Commands)
            {
                WastModule? module = (command as WastModuleCommand)?.Module ?? (command as WastModuleDefinition)?.Module;
                if (module is null) continue;
                modules++;
                CheckRoundTrip(module, $"{file}:{command.Line}");
            }
        }

        output.WriteLine($"{modules} modules");
        foreach (string failure in _failures) output.WriteLine(failure);
        Assert.Empty(_failures);
    }

    // What the parser made is in normal form, so it must come back as the same bytes, but for page sizes that are
    // spelled out and for names; other binaries reach normal form at the first parse.
    private void CheckRoundTrip(WastModule module, string where)
    {
        byte[] before = module.ToBinary();
        string text = ModuleBytes.Print(before);
        try
        {
            byte[] after = WatParser.ParseModule(text);
            bool isNormal = module is not WastBinaryModule && !where.StartsWith("proposals/custom-page-sizes", StringComparison.Ordinal);
            bool isSame = isNormal && ModuleBytes.WithoutCustomSections(before).AsSpan().SequenceEqual(ModuleBytes.WithoutCustomSections(after));
            if (isNormal && !isSame) _failures.Add($"{where}: other bytes after printing\n{text}");
            string again = ModuleBytes.Print(after);
            if (again != text) _failures.Add($"{where}: other text after parsing\n{text}\n{again}");
        }
        catch (Exception e)
        {
            _failures.Add($"{where}: {e.Message}\n{text}");
        }
    }

    // The threads proposal's scripts date from before several tables and memories were allowed, and test that they are not.
    private static FeatureSet FeaturesOf(string file)
    {
        if (file.StartsWith("core", StringComparison.Ordinal)) return FeatureSet.Wasm3;
        bool isThreads = file.StartsWith("proposals/threads", StringComparison.Ordinal);
        return isThreads ? FeatureSet.All.Without(Feature.MultiMemory).Without(Feature.ReferenceTypes) : FeatureSet.All;
    }

    private void Check(WastCommand command, string where, FeatureSet features)
    {
        switch (command)
        {
            case WastModuleCommand c: CheckValid(c.Module, where, features); break;
            case WastModuleDefinition c: CheckValid(c.Module, where, features); break;
            case WastAssertUnlinkable c: CheckValid(c.Module, where, features); break;
            case WastAssertModuleTrap c: CheckValid(c.Module, where, features); break;
            case WastAssertMalformed c:
                _malformed++;
                CheckRefused(c.Module, c.Message, where, features);
                break;
            case WastAssertInvalid c:
                _invalid++;
                if (Parse(c.Module, where) is not null) CheckRefused(c.Module, c.Message, where, features);
                break;
            default: break; // the other commands have no module
        }
    }

    private void CheckValid(WastModule module, string where, FeatureSet features)
    {
        _valid++;
        if (Parse(module, where) is not { } bytes) return;
        try
        {
            Validate(bytes, features);
        }
        catch (Exception e)
        {
            _failures.Add($"{where}: valid, but {e.GetType().Name} {e.Message}");
        }
    }

    private byte[]? Parse(WastModule module, string where)
    {
        try
        {
            return module.ToBinary();
        }
        catch (Exception e)
        {
            _failures.Add($"{where}: well formed, but {e.GetType().Name} {e.Message}");
            return null;
        }
    }

    private void CheckRefused(WastModule module, string message, string where, FeatureSet features)
    {
        try
        {
            Validate(module.ToBinary(), features);
            _failures.Add($"{where}: accepted, but should be: {message}");
        }
        catch (Exception e) when (e is TextException or ModuleException)
        {
            if (e.Message.StartsWith(message.Trim(), StringComparison.Ordinal)) return;
            _otherMessages++;
            output.WriteLine($"{where}: \"{e.Message}\" where the suite has \"{message}\"");
        }
        catch (Exception e)
        {
            _failures.Add($"{where}: should be {message}, but {e}");
        }
    }

    private static void Validate(byte[] bytes, FeatureSet features)
    {
        WasmModule module = ModuleDecoder.Decode(bytes, features);
        ModuleValidator.Validate(module).ValidateBodies();
    }
}
