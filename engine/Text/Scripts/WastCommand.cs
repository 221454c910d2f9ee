using System.Collections.Generic;

namespace Kiln.Text.Scripts;

// The commands of a .wast script, in the order and with the words of the specification's interpreter
// (github.com/WebAssembly/spec, interpreter/README.md, "Scripts"), and the thread and wait commands of the
// threads proposal. Every command carries the line (from 1) of its opening parenthesis.

/// <summary>One command of a script.</summary>
/// <param name="Line">Line of the command, from 1.</param>
public abstract record WastCommand(int Line);

/// <summary>Define a module and instantiate it at once: <c>(module $name? ...)</c>. The instance gets the module's name.</summary>
public sealed record WastModuleCommand(int Line, WastModule Module) : WastCommand(Line);

/// <summary>Define (decode and validate) a module without instantiating it: <c>(module definition $name? ...)</c>.</summary>
public sealed record WastModuleDefinition(int Line, WastModule Module) : WastCommand(Line);

/// <summary>Instantiate a defined module: <c>(module instance $instance? $module?)</c>. A null module name means the last one defined.</summary>
public sealed record WastModuleInstance(int Line, string? InstanceName, string? ModuleName) : WastCommand(Line);

/// <summary>Make an instance's exports importable under a module name: <c>(register "name" $instance?)</c>. A null instance means the last one.</summary>
public sealed record WastRegister(int Line, string ImportName, string? InstanceName) : WastCommand(Line);

/// <summary>An invoke or get whose results are ignored; a trap is a failure.</summary>
public sealed record WastActionCommand(int Line, WastAction Action) : WastCommand(Line);

/// <summary>The action returns values that match, one pattern a result.</summary>
public sealed record WastAssertReturn(int Line, WastAction Action, IReadOnlyList<WastExpected> Results) : WastCommand(Line);

/// <summary>The action traps with a message that begins with <paramref name="Message"/>.</summary>
public sealed record WastAssertTrap(int Line, WastAction Action, string Message) : WastCommand(Line);

/// <summary>Instantiating the module (its segments or start function) traps.</summary>
public sealed record WastAssertModuleTrap(int Line, WastModule Module, string Message) : WastCommand(Line);

/// <summary>The action exhausts a resource, the call stack.</summary>
public sealed record WastAssertExhaustion(int Line, WastAction Action, string Message) : WastCommand(Line);

/// <summary>The action ends with an exception that nobody caught.</summary>
public sealed record WastAssertException(int Line, WastAction Action) : WastCommand(Line);

/// <summary>The action suspends with a tag that nobody handles.</summary>
public sealed record WastAssertSuspension(int Line, WastAction Action, string Message) : WastCommand(Line);

/// <summary>The module does not parse or decode. With <paramref name="IsCustom"/> only its custom sections or annotations are at fault.</summary>
public sealed record WastAssertMalformed(int Line, WastModule Module, string Message, bool IsCustom) : WastCommand(Line);

/// <summary>The module decodes and does not validate. With <paramref name="IsCustom"/> only its custom sections or annotations are at fault.</summary>
public sealed record WastAssertInvalid(int Line, WastModule Module, string Message, bool IsCustom) : WastCommand(Line);

/// <summary>The module validates and its imports do not link.</summary>
public sealed record WastAssertUnlinkable(int Line, WastModule Module, string Message) : WastCommand(Line);

/// <summary>Run commands on another thread: <c>(thread $name (shared (module $m))* command*)</c>.</summary>
/// <param name="Line">Line of the command.</param>
/// <param name="Name">The thread's name, for <see cref="WastWait"/>.</param>
/// <param name="SharedModules">Names of the instances that the thread sees.</param>
/// <param name="Commands">What the thread does, in order.</param>
public sealed record WastThread(int Line, string Name, IReadOnlyList<string> SharedModules, IReadOnlyList<WastCommand> Commands) : WastCommand(Line);

/// <summary>Wait for a thread to end: <c>(wait $name)</c>.</summary>
public sealed record WastWait(int Line, string ThreadName) : WastCommand(Line);

/// <summary>What a script does to an instance.</summary>
/// <param name="Line">Line of the action, from 1.</param>
/// <param name="InstanceName">The instance's name with its $, or null for the last one.</param>
/// <param name="Export">Name of the export.</param>
public abstract record WastAction(int Line, string? InstanceName, string Export);

/// <summary>Call an exported function: <c>(invoke $instance? "name" const*)</c>.</summary>
public sealed record WastInvoke(int Line, string? InstanceName, string Export, IReadOnlyList<WastValue> Arguments) : WastAction(Line, InstanceName, Export);

/// <summary>Read an exported global: <c>(get $instance? "name")</c>.</summary>
public sealed record WastGet(int Line, string? InstanceName, string Export) : WastAction(Line, InstanceName, Export);
