using System.Collections.Generic;

namespace Kiln.Wasi.Preview1;

/// <summary>
/// Every function of <c>wasi_snapshot_preview1</c>, one row each: its name, its parameters in the ABI
/// (<c>i</c> = i32, <c>I</c> = i64) and its body. All return an errno but <c>proc_exit</c>, which returns
/// nothing at all.
/// </summary>
internal static class FunctionTable
{
    /// <summary>One function.</summary>
    internal readonly record struct Row(string Name, string Parameters, WasiFunction Body);

    public const string Module = "wasi_snapshot_preview1";

    public static IReadOnlyList<Row> Rows { get; } =
    [
        new("args_get",                "ii",        ProcessFunctions.ArgsGet),
        new("args_sizes_get",          "ii",        ProcessFunctions.ArgsSizesGet),
        new("environ_get",             "ii",        ProcessFunctions.EnvironGet),
        new("environ_sizes_get",       "ii",        ProcessFunctions.EnvironSizesGet),
        new("clock_res_get",           "ii",        ProcessFunctions.ClockResGet),
        new("clock_time_get",          "iIi",       ProcessFunctions.ClockTimeGet),
        new("fd_advise",               "iIIi",      FdFunctions.Advise),
        new("fd_allocate",             "iII",       FdFunctions.Allocate),
        new("fd_close",                "i",         FdFunctions.Close),
        new("fd_datasync",             "i",         FdFunctions.Sync),
        new("fd_fdstat_get",           "ii",        FdFunctions.FdstatGet),
        new("fd_fdstat_set_flags",     "ii",        FdFunctions.FdstatSetFlags),
        new("fd_fdstat_set_rights",    "iII",       FdFunctions.FdstatSetRights),
        new("fd_filestat_get",         "ii",        FdFunctions.FilestatGet),
        new("fd_filestat_set_size",    "iI",        FdFunctions.FilestatSetSize),
        new("fd_filestat_set_times",   "iIIi",      FdFunctions.FilestatSetTimes),
        new("fd_pread",                "iiiIi",     TransferFunctions.Pread),
        new("fd_prestat_get",          "ii",        FdFunctions.PrestatGet),
        new("fd_prestat_dir_name",     "iii",       FdFunctions.PrestatDirName),
        new("fd_pwrite",               "iiiIi",     TransferFunctions.Pwrite),
        new("fd_read",                 "iiii",      TransferFunctions.Read),
        new("fd_readdir",              "iiiIi",     FdFunctions.Readdir),
        new("fd_renumber",             "ii",        FdFunctions.Renumber),
        new("fd_seek",                 "iIii",      FdFunctions.Seek),
        new("fd_sync",                 "i",         FdFunctions.Sync),
        new("fd_tell",                 "ii",        FdFunctions.Tell),
        new("fd_write",                "iiii",      TransferFunctions.Write),
        new("path_create_directory",   "iii",       PathFunctions.CreateDirectory),
        new("path_filestat_get",       "iiiii",     PathFunctions.FilestatGet),
        new("path_filestat_set_times", "iiiiIIi",   PathFunctions.FilestatSetTimes),
        new("path_link",               "iiiiiii",   PathFunctions.Link),
        new("path_open",               "iiiiiIIii", OpenFunction.Open),
        new("path_readlink",           "iiiiii",    PathFunctions.Readlink),
        new("path_remove_directory",   "iii",       PathFunctions.RemoveDirectory),
        new("path_rename",             "iiiiii",    PathFunctions.Rename),
        new("path_symlink",            "iiiii",     PathFunctions.Symlink),
        new("path_unlink_file",        "iii",       PathFunctions.UnlinkFile),
        new("poll_oneoff",             "iiii",      PollFunction.Poll),
        new("proc_exit",               "i",         ProcessFunctions.ProcExit),
        new("proc_raise",              "i",         ProcessFunctions.ProcRaise),
        new("sched_yield",             "",          ProcessFunctions.SchedYield),
        new("random_get",              "ii",        ProcessFunctions.RandomGet),
        new("sock_accept",             "iii",       ProcessFunctions.Socket),
        new("sock_recv",               "iiiiii",    ProcessFunctions.Socket),
        new("sock_send",               "iiiii",     ProcessFunctions.Socket),
        new("sock_shutdown",           "ii",        ProcessFunctions.Socket),
    ];
}
