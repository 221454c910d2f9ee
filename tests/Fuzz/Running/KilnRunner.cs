using System;
using System.Collections.Generic;
using Kiln.Fuzz.Programs;

namespace Kiln.Fuzz.Running;

/// <summary>Runs programs in an engine of ours with one configuration.</summary>
internal sealed class KilnRunner(string name, Config config) : IDisposable
{
    private readonly Engine _engine = new(config);

    /// <summary>What the configuration is called in reports.</summary>
    public string Name => name;

    /// <summary>Compiles and runs. An exception is a finding too: every program is valid and terminates.</summary>
    public Observation Run(FuzzProgram program, byte[] wasm)
    {
        using Module module = Module.Compile(_engine, wasm, new CompileOptions { Threads = 1 });
        using var store = new Store(_engine);
        Instance instance = new Linker(_engine).Instantiate(store, module);
        var lines = new List<string>();
        Span<Value> results = new Value[1];
        foreach (FuzzFunction function in program.Exports)
        {
            Func func = instance.GetFunc(function.Name)!;
            foreach ((int i32, long i64) in Observation.Calls)
            {
                if (config.Fuel) store.Fuel = long.MaxValue / 4;
                TrapException? trap = func.TryCall([i32, i64], results);
                lines.Add($"{function.Name}({i32}, {i64}) {(trap is null ? Text(results[0]) : "trap " + trap.Code)}");
            }
        }

        foreach (Kind kind in FuzzProgram.ScalarKinds)
        {
            for (int i = 0; i < FuzzProgram.GlobalsOfAKind; i++)
            {
                string global = $"{kind.Wasm()}_{i}";
                lines.Add($"{global} {Text(instance.GetGlobal(global)!.Value)}");
            }
        }

        lines.Add($"memory {Observation.Hash(instance.GetMemory("memory")!.Span):x8}");
        lines.Add($"memory64 {Observation.Hash(instance.GetMemory("memory64")!.Span):x8}");
        return new Observation(lines);
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    private static string Text(Value value) => value.Kind switch
    {
        ValueKind.I32 => ((uint)value.AsInt32()).ToString("x8"),
        ValueKind.I64 => value.AsInt64().ToString("x16"),
        ValueKind.F32 => Observation.Text(value.AsSingle()),
        ValueKind.F64 => Observation.Text(value.AsDouble()),
        ValueKind.V128 or ValueKind.FuncRef or ValueKind.ExternRef => throw new ArgumentException("no scalar", nameof(value)),
    };
}
