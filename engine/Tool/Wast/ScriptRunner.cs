using System;
using System.Collections.Generic;
using System.Linq;
using Kiln.Foundation.Diagnostics;
using Kiln.Text;
using Kiln.Text.Scripts;

namespace Kiln.Tool.Wast;

/// <summary>
/// Runs the commands of one .wast script in one store. A module that needs something the compiler does not
/// have yet is remembered as refused: what the script then asks of it is skipped with the compiler's reason.
/// Assertions that a module is malformed or invalid never are.
/// </summary>
public sealed class ScriptRunner : IDisposable
{
    /// <summary>An instance, or the reason why there is none.</summary>
    private readonly record struct Slot(Instance? Instance, string? Refusal);

    private readonly record struct Definition(Module? Module, string? Refusal);

    private readonly Engine _engine;
    private readonly Store _store;
    private readonly Linker _linker;
    private readonly ScriptResult _result;
    private readonly Dictionary<string, Slot> _instances = [];
    private readonly Dictionary<string, Definition> _definitions = [];
    private readonly Dictionary<string, string> _refusedImports = [];
    private readonly List<Module> _modules = [];
    private readonly ModuleCheck? _compiled;
    private Slot _last;
    private Definition _lastDefinition;

    private ScriptRunner(Engine engine, ScriptResult result, Action<Store>? prepare, ModuleCheck? compiled)
    {
        _compiled = compiled;
        _engine = engine;
        _result = result;
        _store = new Store(engine);
        prepare?.Invoke(_store);
        _linker = new Linker(engine) { AllowShadowing = true };
        SpectestModule.Define(_linker, _store);
    }

    /// <summary>Runs a script.</summary>
    /// <param name="engine">The engine; its features decide what is refused.</param>
    /// <param name="file">Name for messages.</param>
    /// <param name="bytes">The script.</param>
    /// <param name="prepare">Called with the new store, for fuel and the like.</param>
    /// <param name="compiled">Called with each module that the script compiles.</param>
    public static ScriptResult Run(Engine engine, string file, ReadOnlyMemory<byte> bytes, Action<Store>? prepare = null, ModuleCheck? compiled = null)
    {
        var result = new ScriptResult(file);
        try
        {
            IReadOnlyList<WastCommand> commands = WastScript.Parse(bytes.Span).Commands;
            using var runner = new ScriptRunner(engine, result, prepare, compiled);
            foreach (WastCommand command in commands) runner.Step(command);
        }
        catch (TextException error)
        {
            result.Fail(0, $"the script does not parse: {error.Message}");
        }

        return result;
    }

    /// <summary>Frees the store and the modules.</summary>
    public void Dispose()
    {
        _store.Dispose();
        foreach (Module module in _modules) module.Dispose();
    }

    private void Step(WastCommand command)
    {
        try
        {
            switch (command)
            {
                case WastModuleCommand c: InstantiateNew(c); break;
                case WastModuleDefinition c: Define(c); break;
                case WastModuleInstance c: InstantiateDefined(c); break;
                case WastRegister c: Register(c); break;
                case WastActionCommand c: Act(c); break;
                case WastAssertReturn c: AssertReturn(c); break;
                case WastAssertTrap c: AssertTrap(c.Line, () => Perform(c.Action), c.Message); break;
                case WastAssertModuleTrap c: AssertTrap(c.Line, () => { Instantiate(c.Module); return []; }, c.Message); break;
                case WastAssertExhaustion c: AssertTrap(c.Line, () => Perform(c.Action), c.Message); break;
                case WastAssertMalformed c: AssertRefused(c.Line, c.Module, c.Message, "malformed"); break;
                case WastAssertInvalid c: AssertRefused(c.Line, c.Module, c.Message, "invalid"); break;
                case WastAssertUnlinkable c: AssertUnlinkable(c); break;
                case WastAssertException c: Perform(c.Action); _result.Fail(c.Line, "no exception"); break;
                case WastAssertSuspension c: Perform(c.Action); _result.Fail(c.Line, "no suspension"); break;
                case WastThread c: foreach (WastCommand inner in c.Commands) SkipThreaded(inner); break;
                case WastWait: break;
                default: _result.Fail(command.Line, $"unknown command {command.GetType().Name}"); break;
            }
        }
        catch (UnsupportedFeatureException refusal)
        {
            if (IsAssertion(command)) _result.Skip(Reason(refusal));
        }
        catch (Exception error) when (error is ModuleException or TextException or LinkException or TrapException or EngineBug or InvalidOperationException or ArgumentException)
        {
            _result.Fail(command.Line, $"{error.GetType().Name}: {error.Message}");
        }
    }

    private static bool IsAssertion(WastCommand command) =>
        command is not (WastModuleCommand or WastModuleDefinition or WastModuleInstance or WastRegister or WastActionCommand);

    private void SkipThreaded(WastCommand command)
    {
        if (IsAssertion(command)) _result.Skip("threads");
    }

    private void InstantiateNew(WastModuleCommand command)
    {
        _last = default;
        try
        {
            _last = new Slot(Instantiate(command.Module), null);
        }
        catch (UnsupportedFeatureException refusal)
        {
            _last = new Slot(null, Reason(refusal));
        }
        finally
        {
            if (command.Module.Name is { } name) _instances[name] = _last;
            _lastDefinition = default;
        }
    }

    private void Define(WastModuleDefinition command)
    {
        try
        {
            _lastDefinition = new Definition(Compile(command.Module), null);
        }
        catch (UnsupportedFeatureException refusal)
        {
            _lastDefinition = new Definition(null, Reason(refusal));
        }

        if (command.Module.Name is { } name) _definitions[name] = _lastDefinition;
    }

    private void InstantiateDefined(WastModuleInstance command)
    {
        Definition definition = command.ModuleName is { } name ? _definitions[name] : _lastDefinition;
        _last = definition.Module is { } module ? new Slot(Link(module), null) : new Slot(null, definition.Refusal);
        if (command.InstanceName is { } instanceName) _instances[instanceName] = _last;
    }

    private void Register(WastRegister command)
    {
        Slot slot = Find(command.InstanceName);
        if (slot.Instance is { } instance)
        {
            _refusedImports.Remove(command.ImportName);
            _linker.DefineInstance(command.ImportName, instance);
        }
        else
        {
            _refusedImports[command.ImportName] = slot.Refusal ?? "a module that failed";
        }
    }

    private void Act(WastActionCommand command)
    {
        Slot slot = Find(command.Action.InstanceName);
        if (slot.Instance is not null) Perform(command.Action);
    }

    private void AssertReturn(WastAssertReturn command)
    {
        Value[] results = Perform(command.Action);
        bool matches = results.Length == command.Results.Count && results.Zip(command.Results).All(pair => Values.Matches(pair.First, pair.Second));
        if (matches) _result.Pass();
        else
        {
            _result.Fail(command.Line, $"{command.Action.Export}: got [{string.Join(", ", results.Select(Values.Describe))}], "
                + $"expected [{string.Join(", ", command.Results.Select(Values.Describe))}]");
        }
    }

    private void AssertTrap(int line, Func<Value[]> action, string message)
    {
        try
        {
            Value[] results = action();
            _result.Fail(line, $"returned [{string.Join(", ", results.Select(Values.Describe))}], expected trap \"{message}\"");
        }
        catch (TrapException trap)
        {
            string actual = trap.Message;
            if (actual.StartsWith(message, StringComparison.Ordinal) || message.StartsWith(actual, StringComparison.Ordinal) || IsNullTrap(trap, message)) _result.Pass();
            else _result.Fail(line, $"trap \"{actual}\", expected \"{message}\"");
        }
    }

    // The suite names the kind of reference ("null function reference", "null array reference"); there is one trap code for all.
    private static bool IsNullTrap(TrapException trap, string message) =>
        trap.Code == TrapCode.NullReference && message.StartsWith("null ", StringComparison.Ordinal) && message.EndsWith(" reference", StringComparison.Ordinal);

    private void AssertRefused(int line, WastModule module, string message, string kind)
    {
        try
        {
            Module.Validate(_engine, module.ToBinary());
            _result.Fail(line, $"accepted, expected {kind}: \"{message}\"");
        }
        catch (Exception error) when (error is ModuleException or TextException)
        {
            _result.Pass();
        }
    }

    private void AssertUnlinkable(WastAssertUnlinkable command)
    {
        try
        {
            Instantiate(command.Module);
            _result.Fail(command.Line, $"linked, expected \"{command.Message}\"");
        }
        catch (LinkException)
        {
            _result.Pass();
        }
    }

    private Value[] Perform(WastAction action)
    {
        Slot slot = Find(action.InstanceName);
        Instance instance = slot.Instance ?? throw new UnsupportedFeatureException(slot.Refusal ?? "a module that failed");
        switch (action)
        {
            case WastInvoke invoke:
                Func function = instance.GetFunc(action.Export) ?? throw new InvalidOperationException($"no function \"{action.Export}\"");
                return function.Call(invoke.Arguments.Select(Values.FromScript).ToArray());
            default:
                Global global = instance.GetGlobal(action.Export) ?? throw new InvalidOperationException($"no global \"{action.Export}\"");
                return [global.Value];
        }
    }

    private Slot Find(string? name)
    {
        if (name is null) return _last;
        return _instances.TryGetValue(name, out Slot slot) ? slot : throw new InvalidOperationException($"no instance {name}");
    }

    private Instance Instantiate(WastModule module) => Link(Compile(module));

    private Module Compile(WastModule module)
    {
        byte[] binary = module.ToBinary();
        Module compiled = Module.Compile(_engine, binary);
        _modules.Add(compiled);
        _compiled?.Invoke(_engine, binary, compiled);
        return compiled;
    }

    private Instance Link(Module module)
    {
        foreach (ImportType import in module.Imports)
        {
            if (_refusedImports.TryGetValue(import.Module, out string? reason)) throw new UnsupportedFeatureException(reason);
        }

        return _linker.Instantiate(_store, module);
    }

    // The compiler's refusal names the instruction; grouped by that, the list is short.
    private static string Reason(UnsupportedFeatureException refusal) =>
        refusal.InnerException is Kiln.Wasm.UnsupportedFeatureException inner ? $"{inner.What} ({inner.Feature})" : refusal.Message;
}
