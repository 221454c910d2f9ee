using System.Text;

namespace Kiln.Functional.Tests.Daemons;

/// <summary>Small guests.</summary>
internal static class Guests
{
    /// <summary>Calculations, traps and endless loops.</summary>
    public static byte[] Calculator { get; } = Text("""
        (module $calculator
          (memory (export "memory") 1 100)
          (global $calls (mut i32) (i32.const 0))
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "pair") (param i64 f64) (result f64 i64) (local.get 1) (local.get 0))
          (func (export "count") (result i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (global.get $calls))
          (func $spin (export "spin") (loop $again (br $again)))
          (func $inner (unreachable))
          (func $outer (export "crash") (call $inner))
          (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
          (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
          (func $deep (export "deep") (param i32) (result i32)
            (i32.add (i32.const 1) (call $deep (local.get 0)))))
        """);

    /// <summary>Waits for what never comes: for a time, for ever, in its start function.</summary>
    public static byte[] Waiter { get; } = Text("""
        (module $waiter
          (memory 1 1 shared)
          (func $sleep (export "sleep") (param i64) (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (local.get 0)))
          (func $for_ever (export "for_ever") (drop (call $sleep (i64.const -1))))
          (func (export "quick") (result i32) (i32.const 42))
          (func $start (drop (call $sleep (i64.const 1000000))))
          (start $start))
        """);

    /// <summary>Adds lanes.</summary>
    public static byte[] Vectors { get; } = Text("""
        (module (func (export "add") (param v128 v128) (result v128) (i16x8.add (local.get 0) (local.get 1))))
        """);

    /// <summary>An index outside of the vector, which relaxed swizzle may answer with 0 or with a lane.</summary>
    public static byte[] RelaxedSwizzle { get; } = Text("""
        (module (func (export "f") (result i32)
          (i8x16.extract_lane_u 0 (i8x16.relaxed_swizzle (i8x16.splat (i32.const 7)) (i8x16.splat (i32.const 16))))))
        """);

    /// <summary>Copies standard input to standard output until its end, then exits with 7.</summary>
    public static byte[] Echo { get; } = Text("""
        (module $echo
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (func (export "_start")
            (loop $more
              (i32.store (i32.const 0) (i32.const 64))
              (i32.store (i32.const 4) (i32.const 4096))
              (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
              (i32.store (i32.const 4) (i32.load (i32.const 8)))
              (if (i32.load (i32.const 8))
                (then
                  (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
                  (br $more))))
            (call $exit (i32.const 7))))
        """);

    /// <summary>Writes its arguments and environment to standard output, "x" to standard error.</summary>
    public static byte[] World { get; } = Text("""
        (module $world
          (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 32) "x")
          (func $print (param $fd i32) (param $at i32) (param $size i32)
            (i32.store (i32.const 0) (local.get $at))
            (i32.store (i32.const 4) (local.get $size))
            (drop (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
          (func (export "_start")
            (drop (call $args_sizes (i32.const 16) (i32.const 20)))
            (drop (call $args (i32.const 1024) (i32.const 4096)))
            (call $print (i32.const 1) (i32.const 4096) (i32.load (i32.const 20)))
            (drop (call $environ_sizes (i32.const 16) (i32.const 20)))
            (drop (call $environ (i32.const 1024) (i32.const 4096)))
            (call $print (i32.const 1) (i32.const 4096) (i32.load (i32.const 20)))
            (call $print (i32.const 2) (i32.const 32) (i32.const 1))))
        """);

    /// <summary>Opens "in/a.txt" below its first preopened directory and copies it to standard output.</summary>
    public static byte[] Cat { get; } = Text("""
        (module $cat
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 32) "in/a.txt")
          (func (export "_start")
            (local $error i32)
            (local.set $error (call $open (i32.const 3) (i32.const 1) (i32.const 32) (i32.const 8) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 48)))
            (if (local.get $error) (then (call $exit (local.get $error))))
            (i32.store (i32.const 0) (i32.const 64))
            (i32.store (i32.const 4) (i32.const 4096))
            (drop (call $read (i32.load (i32.const 48)) (i32.const 0) (i32.const 1) (i32.const 8)))
            (i32.store (i32.const 4) (i32.load (i32.const 8)))
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))))
        """);

    /// <summary>Writes without end.</summary>
    public static byte[] Chatter { get; } = Text("""
        (module $chatter
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "_start")
            (i32.store (i32.const 4) (i32.const 1000))
            (loop $again
              (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
              (br $again))))
        """);

    /// <summary>Exports a memory and a function for others to import.</summary>
    public static byte[] Provider { get; } = Text("""
        (module $provider
          (memory (export "memory") 1)
          (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))
        """);

    /// <summary>Imports from a provider called "math".</summary>
    public static byte[] Consumer { get; } = Text("""
        (module $consumer
          (import "math" "twice" (func $twice (param i32) (result i32)))
          (func (export "four_times") (param i32) (result i32) (call $twice (call $twice (local.get 0)))))
        """);

    /// <summary>Traps while it starts.</summary>
    public static byte[] BadStart { get; } = Text("""(module $bad_start (func $start (unreachable)) (start $start))""");

    /// <summary>A module that takes a while to compile: many functions, each with a body of many operators.</summary>
    public static byte[] Large(int functions, int salt)
    {
        var text = new StringBuilder("(module\n");
        for (int f = 0; f < functions; f++)
        {
            text.Append("(func (export \"f").Append(f).Append("\") (param i32 i32) (result i32)\n");
            for (int i = 0; i < 120; i++)
            {
                text.Append("(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const ").Append(salt + (31 * i) + f).Append(")) (local.get 1)))\n");
                text.Append("(if (i32.lt_s (local.get 0) (local.get 1)) (then (local.set 1 (i32.xor (local.get 1) (local.get 0)))))\n");
            }

            text.Append("(local.get 0))\n");
        }

        return Encoding.UTF8.GetBytes(text.Append(')').ToString());
    }

    private static byte[] Text(string wat) => Encoding.UTF8.GetBytes(wat);
}
