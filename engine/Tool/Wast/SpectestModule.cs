using System;
namespace Kiln.Tool.Wast;

/// <summary>
/// The module <c>spectest</c> that the official scripts import from (WebAssembly/spec, interpreter/host/spectest.ml):
/// printing functions that are silent here, globals of value 666, a table of 10 to 20 and a memory of 1 to 2 pages.
/// </summary>
internal static class SpectestModule
{
    private const string Text = """
        (module
          (func (export "print"))
          (func (export "print_i32") (param i32))
          (func (export "print_i64") (param i64))
          (func (export "print_f32") (param f32))
          (func (export "print_f64") (param f64))
          (func (export "print_i32_f32") (param i32 f32))
          (func (export "print_f64_f64") (param f64 f64))
          (global (export "global_i32") i32 (i32.const 666))
          (global (export "global_i64") i64 (i64.const 666))
          (global (export "global_f32") f32 (f32.const 666.6))
          (global (export "global_f64") f64 (f64.const 666.6))
          (table (export "table") 10 20 funcref)
          (memory (export "memory") 1 2))
        """;

    // What needs a feature of its own: left out where the engine refuses it.
    private static readonly string[] s_more =
    [
        """(module (table (export "table64") i64 10 20 funcref))""",
        """(module (memory (export "shared_memory") 1 2 shared))""",
    ];

    public static void Define(Linker linker, Store store)
    {
        using Module module = Module.CompileText(linker.Engine, Text);
        linker.DefineInstance("spectest", linker.Instantiate(store, module));
        foreach (string text in s_more)
        {
            try
            {
                using Module more = Module.CompileText(linker.Engine, text);
                linker.DefineInstance("spectest", linker.Instantiate(store, more));
            }
            catch (Exception error) when (error is UnsupportedFeatureException or ModuleException)
            {
                // Scripts that import it are skipped with the same reason.
            }
        }
    }
}
