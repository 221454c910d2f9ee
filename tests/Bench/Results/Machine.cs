using System;
using System.IO;
using System.Linq;

namespace Kiln.Bench.Results;

/// <summary>What the machine says about itself.</summary>
internal static class Machine
{
    /// <summary>Processor, number of cores, kernel.</summary>
    public static string Describe()
    {
        const string cpuInfo = "/proc/cpuinfo";
        string model = File.Exists(cpuInfo)
            ? File.ReadLines(cpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor"
            : "unknown processor";
        return $"{model}, {Environment.ProcessorCount} cores, {Environment.OSVersion}";
    }
}
