// Structured control flow to blocks. Operands that a branch passes become block arguments; locals travel as variables
// (Braun et al. 2013), so blocks are sealed as soon as no further branch to them can come: a loop header at its end,
// everything else where it is entered.
//
// The block after a block's end is made by the first branch to it. A block nobody branches to costs nothing: its body
// goes on into what follows.

using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Foundation.Diagnostics;
using Kiln.Foundation.Entities;
using Kiln.Wasm.Operators;

namespace Kiln.Compiler.Translate;

/// <summary>Blocks and branches.</summary>
internal static class ControlTranslation
{
    /// <summary><c>block</c>.</summary>
    public static void Block(Translation t, BlockType type) => PushFrame(t, FrameKind.Block, type);

    /// <summary><c>loop</c>.</summary>
    public static void Loop(Translation t, BlockType type)
    {
        FunctionBuilder b = t.Builder;
        t.Fuel.EndLine();
        ref ControlFrame frame = ref PushFrame(t, FrameKind.Loop, type);
        Block header = t.BlockWithParams(type);
        frame.Target = header;
        b.Jump(header, t.Top(frame.ParamCount));
        t.Drop(frame.ParamCount);
        b.SwitchToBlock(header);
        PushParams(t, header, frame.ParamCount);
        InterruptCheck.Emit(t);
        t.Fuel.Test();
    }

    /// <summary><c>if</c>.</summary>
    public static void If(Translation t, BlockType type)
    {
        FunctionBuilder b = t.Builder;
        Value condition = t.Pop();
        t.Fuel.EndLine();
        ref ControlFrame frame = ref PushFrame(t, FrameKind.If, type);
        frame.ElseArgs = t.ElseArgs.Count;
        t.ElseArgs.AddRange(t.Top(frame.ParamCount));
        Block then = b.CreateBlock();
        frame.Else = b.CreateBlock();
        b.Brif(condition, then, frame.Else);
        b.SealBlock(then);
        b.SealBlock(frame.Else);
        b.SwitchToBlock(then);
    }

    /// <summary><c>else</c>.</summary>
    public static void Else(Translation t)
    {
        ref ControlFrame frame = ref t.Frames.Last;
        if (t.IsReachable) JumpToEnd(t, ref frame);
        EnterElse(t, ref frame);
        frame.Kind = FrameKind.Else;
    }

    /// <summary><c>end</c> of a block that has a frame.</summary>
    public static void End(Translation t)
    {
        ref ControlFrame frame = ref t.Frames.Last;
        switch (frame.Kind)
        {
            case FrameKind.Function:
                EndFunction(t, ref frame);
                break;
            case FrameKind.Loop:
                t.Builder.SealBlock(frame.Target);
                if (!t.IsReachable) t.Stack.Truncate(frame.Height);
                break;
            case FrameKind.If:
                // An if without else: the parameters are the results.
                if (t.IsReachable) JumpToEnd(t, ref frame);
                EnterElse(t, ref frame);
                JumpToEnd(t, ref frame);
                EnterEnd(t, ref frame);
                break;
            case FrameKind.Block:
            case FrameKind.Else:
                if (frame.Target.IsNone())
                {
                    if (!t.IsReachable) t.Stack.Truncate(frame.Height);
                    break;
                }

                if (t.IsReachable) JumpToEnd(t, ref frame);
                EnterEnd(t, ref frame);
                break;
            default:
                EngineBug.Throw("a control frame has no kind");
                break;
        }

        t.Frames.Pop();
    }

    /// <summary><c>br</c>.</summary>
    public static void Branch(Translation t, uint depth)
    {
        ref ControlFrame frame = ref Frame(t, depth);
        if (frame.Kind == FrameKind.Function)
        {
            Return(t);
            return;
        }

        t.Fuel.EndLine();
        Block target = Target(t, ref frame);
        t.Builder.Jump(target, t.Top(frame.BranchArity));
        t.IsReachable = false;
    }

    /// <summary><c>br_if</c>.</summary>
    public static void BranchIf(Translation t, uint depth) => BranchIf(t, depth, t.Pop(), 0, inverted: false);

    /// <summary><c>br_on_null</c>.</summary>
    public static void BranchOnNull(Translation t, uint depth)
    {
        Value reference = t.Top(1)[0];
        Value isNull = t.Builder.IcmpImm(IntCC.Eq, reference, 0);
        t.Drop(1);
        BranchIf(t, depth, isNull, 0, inverted: false);
        t.Push(reference);
    }

    /// <summary><c>br_on_non_null</c>.</summary>
    public static void BranchOnNonNull(Translation t, uint depth)
    {
        Value isNull = t.Builder.IcmpImm(IntCC.Eq, t.Top(1)[0], 0);
        BranchIf(t, depth, isNull, 1, inverted: true);
    }

    /// <summary>
    /// <c>br_table</c>. If it passes operands, each label it names gets one block that passes them on, so that a long
    /// table does not repeat them.
    /// </summary>
    public static void BranchTable(Translation t, ReadOnlySpan<uint> depths, uint defaultDepth)
    {
        FunctionBuilder b = t.Builder;
        Value index = t.Pop();
        t.Fuel.EndLine();
        int arity = Frame(t, defaultDepth).BranchArity;
        t.Targets.Clear();
        t.Edges.Clear();
        foreach (uint depth in depths) t.Targets.Add(TableTarget(t, depth, arity));
        Block otherwise = TableTarget(t, defaultDepth, arity);
        b.BrTable(index, t.Targets.Span, otherwise);
        foreach (TableEdge edge in t.Edges)
        {
            b.SealBlock(edge.Block);
            b.SwitchToBlock(edge.Block);
            b.Jump(Target(t, ref Frame(t, edge.Depth)), t.Top(arity));
        }

        foreach (TableEdge edge in t.Edges) Frame(t, edge.Depth).TableEdge = default;
        t.IsReachable = false;
    }

    /// <summary><c>return</c>.</summary>
    public static void Return(Translation t)
    {
        if (t.Inlines.Depth != 0)
        {
            JumpToEnd(t, ref t.Frames[t.FunctionFrame]);
            t.IsReachable = false;
            return;
        }

        t.Fuel.Flush();
        t.Builder.Return(t.Top(t.Frames[0].ResultCount));
        t.IsReachable = false;
    }

    /// <summary><c>unreachable</c>.</summary>
    public static void Unreachable(Translation t)
    {
        t.Fuel.Flush();
        t.Builder.Trap(Translation.Code(Trap.Unreachable));
        t.IsReachable = false;
    }

    // The top `dropped` operands are passed when the branch is taken and dropped when it is not.
    private static void BranchIf(Translation t, uint depth, Value condition, int dropped, bool inverted)
    {
        FunctionBuilder b = t.Builder;
        t.Fuel.EndLine();
        ref ControlFrame frame = ref Frame(t, depth);
        Block target = Target(t, ref frame);
        Block next = b.CreateBlock();
        ReadOnlySpan<Value> args = t.Top(frame.BranchArity);
        if (inverted) b.Brif(condition, next, default, target, args);
        else b.Brif(condition, target, args, next, default);
        t.Drop(dropped);
        b.SealBlock(next);
        b.SwitchToBlock(next);
    }

    private static ref ControlFrame PushFrame(Translation t, FrameKind kind, BlockType type)
    {
        (int paramCount, int resultCount) = t.Arity(type);
        t.Frames.Add(new ControlFrame
        {
            Kind = kind,
            Type = type,
            ParamCount = paramCount,
            ResultCount = resultCount,
            Height = t.Stack.Count - paramCount,
        });
        return ref t.Frames.Last;
    }

    private static ref ControlFrame Frame(Translation t, uint depth) => ref t.Frames[t.Frames.Count - 1 - (int)depth];

    private static Block Target(Translation t, ref ControlFrame frame)
    {
        if (frame.Target.IsNone()) frame.Target = t.BlockWithResults(frame.Type);
        return frame.Target;
    }

    private static Block TableTarget(Translation t, uint depth, int arity)
    {
        ref ControlFrame frame = ref Frame(t, depth);
        if (arity == 0) return Target(t, ref frame);
        if (frame.TableEdge.IsNone())
        {
            frame.TableEdge = t.Builder.CreateBlock();
            t.Edges.Add(new TableEdge(depth, frame.TableEdge));
        }

        return frame.TableEdge;
    }

    private static void JumpToEnd(Translation t, ref ControlFrame frame)
    {
        t.Fuel.EndLine();
        t.Builder.Jump(Target(t, ref frame), t.Top(frame.ResultCount));
    }

    private static void EnterElse(Translation t, ref ControlFrame frame)
    {
        t.Stack.Truncate(frame.Height);
        t.Stack.AddRange(t.ElseArgs.Span[frame.ElseArgs..]);
        t.ElseArgs.Truncate(frame.ElseArgs);
        t.Builder.SwitchToBlock(frame.Else);
        t.IsReachable = true;
    }

    private static void EnterEnd(Translation t, ref ControlFrame frame)
    {
        t.Stack.Truncate(frame.Height);
        t.Builder.SealBlock(frame.Target);
        t.Builder.SwitchToBlock(frame.Target);
        PushParams(t, frame.Target, frame.ResultCount);
        t.IsReachable = true;
    }

    private static void EndFunction(Translation t, ref ControlFrame frame)
    {
        if (!frame.Target.IsNone())
        {
            if (t.IsReachable) JumpToEnd(t, ref frame);
            EnterEnd(t, ref frame);
        }

        if (t.IsReachable) Return(t);
    }

    private static void PushParams(Translation t, Block block, int count) => t.Stack.AddRange(t.Builder.BlockParams(block)[..count]);
}
