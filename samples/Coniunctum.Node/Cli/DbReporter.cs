using System.Text.Json;
using System.Text.Json.Nodes;
using Coniunctum.Ledger.Files;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Cli;

/// <summary>Tells how a command on a file goes, and what it came to: lines for people, or one JSON object.</summary>
internal sealed class DbReporter(CommandIo io, bool json) : IProgress<FileProgress>, IProgress<StoreProgress>
{
    private ulong _told;

    /// <summary>Shows a height on a terminal; elsewhere nobody looks.</summary>
    public void Report(FileProgress value)
    {
        if (json || !io.IsLive || value.Height == _told) return;
        _told = value.Height;
        io.Error.Write($"\rheight {value.Height}{(value.Target is { } target ? $" of {target}" : "")} ");
    }

    /// <inheritdoc/>
    public void Report(StoreProgress value) => Report(new FileProgress((ulong)value.Done, (ulong)value.Total));

    /// <summary>Tells the outcome.</summary>
    /// <param name="text">For people.</param>
    /// <param name="fields">For programs.</param>
    /// <param name="isGood">Whether all is well.</param>
    /// <returns>The exit code.</returns>
    public int Conclude(string text, JsonObject fields, bool isGood = true)
    {
        if (_told > 0) io.Error.Write("\r                              \r");
        io.Output.WriteLine(json ? fields.ToJsonString(JsonSerializerOptions.Default) : text);
        return isGood ? ExitCode.Success : ExitCode.Failure;
    }
}
