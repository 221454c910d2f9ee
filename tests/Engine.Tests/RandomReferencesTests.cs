using System;
using System.Collections.Generic;
using System.Text;
using Xunit;

namespace Kiln.Tests;

/// <summary>
/// Random programs that move references between locals, tables, globals, calls and the host, under a collection at every
/// safepoint, against a model that does the same with objects. Handles are never reused then, so a root that is
/// missing anywhere is an engine bug, and one too many shows in the number of references at the end.
/// </summary>
public sealed class RandomReferencesTests
{
    private const int Locals = 5;
    private const int Elements = 6;
    private const int Functions = 4;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void RandomProgram_CollectingAlways_DoesWhatTheModelDoes(bool always, bool optimize)
    {
        using Engine engine = new(new Config { VerifyCompiler = true, CollectAlways = always, Optimize = optimize });
        for (int seed = 0; seed < 25; seed++)
        {
            Program program = new(seed);
            Model model = new();
            model.Run(program.Bodies, Functions - 1, [1, 2], 5);

            using Store store = new(engine);
            int made = 2;
            int sum = 0;
            Linker linker = new Linker(engine)
                .DefineFunc("host", "make", ExternType.Func([], [ValueKind.ExternRef]), (_, _, results) => results[0] = Value.FromExtern(++made))
                .DefineFunc("host", "check", ExternType.Func([ValueKind.ExternRef], []), (_, arguments, _) =>
                    sum = unchecked(sum * 31 + (int)(arguments[0].AsExtern() ?? 0)))
                .DefineFunc("host", "swap", ExternType.Func([ValueKind.ExternRef, ValueKind.ExternRef], [ValueKind.ExternRef, ValueKind.ExternRef]), (_, arguments, results) =>
                {
                    results[0] = arguments[1];
                    results[1] = arguments[0];
                });
            Instance instance = linker.Instantiate(store, Module.CompileText(engine, program.Text));
            Value result = instance.GetFunc("run")!.Call(Value.FromExtern(1), Value.FromExtern(2), 5)[0];
            Assert.True(model.Made == made && model.Sum == sum && model.Result == (int)(result.AsExtern() ?? 0), $"seed {seed}: {program.Text}");
            store.CollectReferences();
            Assert.InRange(store.ReferenceCount, model.Held, Elements + 1);
        }
    }

    private enum Kind
    {
        Make,
        Copy,
        Select,
        Store,
        Load,
        Fill,
        Move,
        SetGlobal,
        GetGlobal,
        Call,
        Swap,
        Check,
        Clear,
        Wide,
        Tail,
        If,
        Loop,
    }

    private sealed record Step(Kind Kind, int A, int B, int C, Step[] Body, Step[] Else);

    /// <summary>Functions (ref, ref, i32) -> ref; each calls only those before it.</summary>
    private sealed class Program
    {
        private readonly Random _random;
        private readonly StringBuilder _text = new();

        public Program(int seed)
        {
            _random = new Random(seed);
            _text.Append("""
                (module
                  (import "host" "make" (func $make (result externref)))
                  (import "host" "check" (func $check (param externref)))
                  (import "host" "swap" (func $swap (param externref externref) (result externref externref)))
                  (table $t 6 externref)
                  (global $g (mut externref) (ref.null extern))

                """);
            _text.Append($"(func $wide (param {Repeat("externref", 12)}) (result {Repeat("externref", 10)}) (drop (call $make))");
            for (int i = 11; i >= 2; i--) _text.Append($"(local.get {i})");
            _text.Append($")(func $tail (param externref externref) (result {Repeat("externref", 10)})");
            _text.Append($"(return_call $wide {Repeat("(local.get 0) (local.get 1)", 6)}))");
            for (int f = 0; f < Functions; f++)
            {
                Bodies[f] = Steps(f, 14, 3);
                _text.Append(f == Functions - 1 ? "(func $f3 (export \"run\")" : $"(func $f{f}");
                _text.Append(" (param externref externref i32) (result externref) (local externref externref externref)");
                for (int i = 0; i < 4; i++) _text.Append("(local i32)");
                foreach (Step step in Bodies[f]) Write(step, 6);
                _text.Append("(local.get 0))\n");
            }

            _text.Append(')');
        }

        public Step[][] Bodies { get; } = new Step[Functions][];

        public string Text => _text.ToString();

        private static string Repeat(string text, int count) => string.Join(' ', System.Linq.Enumerable.Repeat(text, count));

        private Step[] Steps(int function, int count, int depth)
        {
            Step[] steps = new Step[count];
            for (int i = 0; i < count; i++)
            {
                Kind kind = (Kind)_random.Next(depth == 0 ? (int)Kind.If : (int)Kind.Loop + 1);
                if (kind == Kind.Call && (function == 0 || depth < 2)) kind = Kind.Check;
                Step[] body = kind >= Kind.If ? Steps(function, _random.Next(1, 6), depth - 1) : [];
                Step[] otherwise = kind == Kind.If ? Steps(function, _random.Next(1, 4), depth - 1) : [];
                int c = kind == Kind.Call ? _random.Next(function) : _random.Next(Elements / 2);
                steps[i] = new Step(kind, _random.Next(Locals), _random.Next(Locals), c, body, otherwise);
            }

            return steps;
        }

        // Reference locals are 0, 1, 3, 4, 5; 2 is the number; 6 to 9 count loops.
        private static string Ref(int local) => $"(local.get {(local < 2 ? local : local + 1)})";

        private static string Set(int local, string value) => $"(local.set {(local < 2 ? local : local + 1)} {value})";

        private void Write(Step s, int counter)
        {
            switch (s.Kind)
            {
                case Kind.Make: _text.Append(Set(s.A, "(call $make)")); break;
                case Kind.Copy: _text.Append(Set(s.A, Ref(s.B))); break;
                case Kind.Select: _text.Append(Set(s.A, $"(select (result externref) {Ref(s.A)} {Ref(s.B)} (i32.and (local.get 2) (i32.const 1)))")); break;
                case Kind.Store: _text.Append($"(table.set $t (i32.const {s.C}) {Ref(s.A)})"); break;
                case Kind.Load: _text.Append(Set(s.A, $"(table.get $t (i32.const {s.C + s.B % 2}))")); break;
                case Kind.Fill: _text.Append($"(table.fill $t (i32.const {s.C}) {Ref(s.A)} (i32.const 2))"); break;
                case Kind.Move: _text.Append($"(table.copy $t $t (i32.const {s.C}) (i32.const {s.B % 3}) (i32.const 3))"); break;
                case Kind.SetGlobal: _text.Append($"(global.set $g {Ref(s.A)})"); break;
                case Kind.GetGlobal: _text.Append(Set(s.A, "(global.get $g)")); break;
                case Kind.Call: _text.Append(Set(s.A, $"(call $f{s.C} {Ref(s.A)} {Ref(s.B)} (i32.add (local.get 2) (i32.const {s.B})))")); break;
                case Kind.Swap: _text.Append($"(call $swap {Ref(s.A)} {Ref(s.B)}) {Set(s.B, "")} {Set(s.A, "")}"); break;
                case Kind.Check: _text.Append($"(call $check {Ref(s.A)})"); break;
                case Kind.Clear: _text.Append(Set(s.A, "(ref.null extern)")); break;
                case Kind.Wide: _text.Append($"(call $wide {Repeat($"{Ref(s.A)} {Ref(s.B)}", 6)}) {Set(s.B, "")} {Set(s.A, "")} {Repeat("drop", 8)}"); break;
                case Kind.Tail: _text.Append($"(call $tail {Ref(s.A)} {Ref(s.B)}) {Set(s.B, "")} {Set(s.A, "")} {Repeat("drop", 8)}"); break;
                case Kind.If:
                    _text.Append($"(if (i32.eqz (ref.is_null {Ref(s.A)})) (then ");
                    foreach (Step step in s.Body) Write(step, counter);
                    _text.Append(") (else ");
                    foreach (Step step in s.Else) Write(step, counter);
                    _text.Append("))");
                    break;
                case Kind.Loop:
                    _text.Append($"(local.set {counter} (i32.const {s.C + 1})) (loop ");
                    foreach (Step step in s.Body) Write(step, counter + 1);
                    _text.Append($"(local.set 2 (i32.add (local.get 2) (i32.const 1))) (br_if 0 (local.tee {counter} (i32.sub (local.get {counter}) (i32.const 1)))))");
                    break;
            }

            _text.Append('\n');
        }
    }

    private sealed class Model
    {
        private readonly int[] _table = new int[Elements];
        private int _global;

        public int Made { get; private set; } = 2;

        public int Sum { get; private set; }

        public int Result { get; private set; }

        /// <summary>At least so many references are held at the end: one for each object.</summary>
        public int Held
        {
            get
            {
                HashSet<int> held = [.. _table, _global];
                held.Remove(0);
                return held.Count;
            }
        }

        public int Run(Step[][] bodies, int function, int[] arguments, int number)
        {
            int[] locals = new int[Locals];
            arguments.CopyTo(locals, 0);
            foreach (Step step in bodies[function]) Run(bodies, step, locals, ref number);
            return Result = locals[0];
        }

        private void Run(Step[][] bodies, Step s, int[] locals, ref int number)
        {
            switch (s.Kind)
            {
                case Kind.Make: locals[s.A] = ++Made; break;
                case Kind.Copy: locals[s.A] = locals[s.B]; break;
                case Kind.Select: locals[s.A] = (number & 1) != 0 ? locals[s.A] : locals[s.B]; break;
                case Kind.Store: _table[s.C] = locals[s.A]; break;
                case Kind.Load: locals[s.A] = _table[s.C + s.B % 2]; break;
                case Kind.Fill: _table.AsSpan(s.C, 2).Fill(locals[s.A]); break;
                case Kind.Move: _table.AsSpan(s.B % 3, 3).CopyTo(_table.AsSpan(s.C)); break;
                case Kind.SetGlobal: _global = locals[s.A]; break;
                case Kind.GetGlobal: locals[s.A] = _global; break;
                case Kind.Call: locals[s.A] = Run(bodies, s.C, [locals[s.A], locals[s.B]], number + s.B); break;
                case Kind.Swap: (locals[s.A], locals[s.B]) = (locals[s.B], locals[s.A]); break;
                case Kind.Check: Sum = unchecked(Sum * 31 + locals[s.A]); break;
                case Kind.Clear: locals[s.A] = 0; break;
                case Kind.Wide or Kind.Tail:
                    Made++;
                    (locals[s.A], locals[s.B]) = (locals[s.B], locals[s.A]);
                    break;
                case Kind.If:
                    foreach (Step step in locals[s.A] != 0 ? s.Body : s.Else) Run(bodies, step, locals, ref number);
                    break;
                case Kind.Loop:
                    for (int i = 0; i <= s.C; i++)
                    {
                        foreach (Step step in s.Body) Run(bodies, step, locals, ref number);
                        number++;
                    }

                    break;
            }
        }
    }
}
