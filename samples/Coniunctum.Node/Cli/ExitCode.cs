namespace Coniunctum.Node.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Something is wrong that was not asked for wrongly: a rule did not hold, or a device failed.</summary>
    public const int Failure = 1;

    /// <summary>The command cannot be carried out as it was given.</summary>
    public const int BadInput = 2;
}
