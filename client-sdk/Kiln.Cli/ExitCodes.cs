using Kiln.V1;

namespace Kiln.Cli;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCodes
{
    /// <summary>The daemon refused or failed the call, or could not be started.</summary>
    public const int Failed = 125;

    /// <summary>The guest trapped, or was stopped for its fuel or output.</summary>
    public const int Trapped = 134;

    /// <summary>The guest ran into its time limit.</summary>
    public const int TimedOut = 124;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>The exit code of an outcome: a guest's own, or one of the above.</summary>
    public static int Of(Outcome outcome) => outcome.OutcomeCase switch
    {
        Outcome.OutcomeOneofCase.Completed => 0,
        Outcome.OutcomeOneofCase.Exited => outcome.Exited.Code,
        Outcome.OutcomeOneofCase.Stopped when outcome.Stopped.Reason == StopReason.Deadline => TimedOut,
        _ => Trapped,
    };
}
