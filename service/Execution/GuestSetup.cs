using System;
using System.Collections.Generic;
using System.Globalization;
using Kiln.Service.Rpc;
using Kiln.V1;

namespace Kiln.Service.Execution;

/// <summary>What a WASI guest sees of the world, checked.</summary>
internal sealed class GuestSetup
{
    private GuestSetup(IReadOnlyList<string> arguments, IReadOnlyList<KeyValuePair<string, string>> variables, IReadOnlyList<GuestDirectory> directories, ReadOnlyMemory<byte> stdin)
    {
        Arguments = arguments;
        Variables = variables;
        Directories = directories;
        Stdin = stdin;
    }

    /// <summary>Nothing at all.</summary>
    public static GuestSetup Empty { get; } = new([], [], [], default);

    /// <summary>Program arguments, the name first.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>Environment variables in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; }

    /// <summary>Preopened directories with their content. Paths are checked.</summary>
    public IReadOnlyList<GuestDirectory> Directories { get; }

    /// <summary>Standard input that came with the request.</summary>
    public ReadOnlyMemory<byte> Stdin { get; }

    /// <summary>Checks a request's environment; throws INVALID_REQUEST.</summary>
    public static GuestSetup Read(GuestEnvironment? environment)
    {
        if (environment is null) return Empty;
        for (int i = 0; i < environment.Arguments.Count; i++)
        {
            if (environment.Arguments[i].Contains('\0')) throw Invalid($"arguments[{i}]", "holds NUL");
        }

        var variables = new List<KeyValuePair<string, string>>(environment.Variables.Count);
        for (int i = 0; i < environment.Variables.Count; i++)
        {
            EnvironmentVariable variable = environment.Variables[i];
            if (variable.Name.Length == 0 || variable.Name.AsSpan().ContainsAny('=', '\0')) throw Invalid($"variables[{i}].name", "is empty or holds '=' or NUL");
            if (variable.Value.Contains('\0')) throw Invalid($"variables[{i}].value", "holds NUL");
            variables.Add(new KeyValuePair<string, string>(variable.Name, variable.Value));
        }

        for (int i = 0; i < environment.Directories.Count; i++)
        {
            GuestDirectory directory = environment.Directories[i];
            if (directory.GuestPath.Length == 0 || directory.GuestPath.Contains('\0')) throw Invalid($"directories[{i}].guest_path", "is empty or holds NUL");
            for (int j = 0; j < directory.Entries.Count; j++) CheckEntry(directory.Entries[j], string.Create(CultureInfo.InvariantCulture, $"directories[{i}].entries[{j}]"));
        }

        return new GuestSetup(environment.Arguments, variables, environment.Directories, environment.Stdin.Memory);
    }

    private static void CheckEntry(GuestFile entry, string field)
    {
        foreach (Range part in entry.Path.AsSpan().Split('/'))
        {
            if (entry.Path.AsSpan(part) is "" or "." or "..") throw Invalid($"{field}.path", "must be relative, without empty components, \".\" and \"..\"");
        }

        if (entry.Path.Contains('\0')) throw Invalid($"{field}.path", "holds NUL");
        switch (entry.NodeCase)
        {
            case GuestFile.NodeOneofCase.Content:
                break;

            case GuestFile.NodeOneofCase.SymlinkTarget:
                if (entry.SymlinkTarget.Length == 0 || entry.SymlinkTarget.Contains('\0')) throw Invalid($"{field}.symlink_target", "is empty or holds NUL");
                break;

            case GuestFile.NodeOneofCase.Directory:
                if (!entry.Directory) throw Invalid($"{field}.directory", "must be true");
                break;

            case GuestFile.NodeOneofCase.None:
                throw Invalid(field, "is neither a file, a link nor a directory");
        }
    }

    private static Grpc.Core.RpcException Invalid(string field, string description) => RpcErrors.InvalidField($"environment.{field}", description);
}
