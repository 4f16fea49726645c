using System.CommandLine;
using Coniunctum.Node.Api;
using Coniunctum.Node.Net;

namespace Coniunctum.Node.Cli.Client;

/// <summary>Finds the running node that a command is about.</summary>
internal static class RunningNode
{
    public static Option<string?> DataOption(CommandIo io) => PathInput.Option(
        "--data", $"The running node's folder, or the running development chain's file. Default: the only one that runs of those in {io.DataFolder}.");

    /// <summary>Connects with a node.</summary>
    /// <param name="data">Its folder or file; <c>null</c> for the only one.</param>
    /// <param name="io">Where folders lie.</param>
    /// <exception cref="BadInputException">None runs there, or several run.</exception>
    public static NodeClient Find(string? data, CommandIo io)
    {
        if (data is not null)
        {
            return TryFind(data)
                ?? throw new BadInputException($"No node runs with its data in {Quoted.Of(data)}: 'coniunctum node --data' starts one, 'coniunctum dev --data' a development chain.");
        }

        ApiSocket[] running = [.. Known(io.DataFolder).Where(socket => socket.IsAnswered())];
        return running switch
        {
            [var only] => new NodeClient(only),
            [] => throw new BadInputException($"No node runs here: 'coniunctum node' or 'coniunctum dev' starts one. If it keeps its data elsewhere than in {Quoted.Of(io.DataFolder)}, say where with --data."),
            _ => throw new BadInputException($"Several run: {string.Join(", ", running.Select(DataOf))}. Expected one of them with --data."),
        };
    }

    /// <summary>Connects with the node that runs with its data in a folder or a file; <c>null</c> where none does.</summary>
    public static NodeClient? TryFind(string data)
    {
        // A node's ledger is as good as its folder.
        string? folder = Path.GetDirectoryName(Path.GetFullPath(data));
        bool isLedger = folder is not null && Path.GetFullPath(data).Equals(new NodeFolder(folder).Ledger, StringComparison.Ordinal);
        ApiSocket[] possible = [ApiSocket.OfFolder(data), ApiSocket.OfFile(data), .. isLedger ? [ApiSocket.OfFolder(folder!)] : Array.Empty<ApiSocket>()];
        return possible.FirstOrDefault(socket => socket.IsAnswered()) is { } answered ? new NodeClient(answered) : null;
    }

    private static IEnumerable<ApiSocket> Known(string folder)
    {
        string nodes = Path.Combine(folder, "nodes");
        IEnumerable<string> folders = Directory.Exists(nodes) ? Directory.EnumerateDirectories(nodes) : [];
        IEnumerable<string> chains = Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "*.run") : [];
        return [.. folders.Select(ApiSocket.OfFolder), .. chains.Select(chain => ApiSocket.OfFile(chain[..^".run".Length]))];
    }

    private static string DataOf(ApiSocket socket)
    {
        string folder = Path.GetDirectoryName(socket.Path)!;
        return folder.EndsWith(".run", StringComparison.Ordinal) ? folder[..^".run".Length] : Path.GetDirectoryName(folder)!;
    }
}
