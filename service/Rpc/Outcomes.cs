using System;
using System.Collections.Generic;
using Google.Protobuf.WellKnownTypes;
using Kiln.V1;

namespace Kiln.Service.Rpc;

/// <summary>Outcomes of guests as messages.</summary>
internal static class Outcomes
{
    /// <summary>The function returned.</summary>
    public static Outcome Completed(ReadOnlySpan<Value> results)
    {
        var completed = new Completed();
        foreach (ref readonly Value result in results) completed.Results.Add(Values.ToMessage(result));
        return new Outcome { Completed = completed };
    }

    /// <summary>The guest called proc_exit.</summary>
    public static Outcome Exited(int code) => new() { Exited = new Exited { Code = code } };

    /// <summary>The guest was stopped.</summary>
    public static Outcome Stopped(StopReason reason, string message, IReadOnlyList<BacktraceFrame> backtrace)
    {
        var stopped = new Stopped { Reason = reason, Message = message };
        foreach (BacktraceFrame frame in backtrace) stopped.Backtrace.Add(ToMessage(frame));
        return new Outcome { Stopped = stopped };
    }

    /// <summary>The guest trapped.</summary>
    public static Outcome Trapped(TrapException trap)
    {
        // The protocol's numbers are the engine's.
        var trapped = new Trapped { Code = (V1.TrapCode)trap.Code, Message = trap.Message };
        foreach (BacktraceFrame frame in trap.Backtrace) trapped.Backtrace.Add(ToMessage(frame));
        return new Outcome { Trapped = trapped };
    }

    /// <summary>A span of time.</summary>
    public static Duration ToMessage(TimeSpan span) => new()
    {
        Seconds = span.Ticks / TimeSpan.TicksPerSecond,
        Nanos = (int)(span.Ticks % TimeSpan.TicksPerSecond) * 100,
    };

    private static Frame ToMessage(BacktraceFrame frame) => new()
    {
        Module = frame.Module,
        FunctionIndex = frame.FunctionIndex,
        FunctionName = frame.Function ?? "",
        WasmOffset = frame.WasmOffset,
    };
}
