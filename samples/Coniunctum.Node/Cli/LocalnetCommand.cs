using System.Buffers.Binary;
using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Node.Localnet;
using Coniunctum.Node.Net;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum localnet: a whole network on this machine.</summary>
internal static class LocalnetCommand
{
    private const ulong MostNodes = 32;
    private const ulong MostTraffic = 2_000;

    public static Command Create(CommandIo io)
    {
        Option<ulong?> nodes = Number("--nodes", "N", 1, MostNodes, "Start N nodes that make blocks. Default: 4.");
        Option<ulong?> followers = Number("--followers", "N", 0, MostNodes, "Start N more nodes that only follow. Default: 0.");
        var rule = new Option<RuleName?>("--rule") { HelpName = "RULE", Description = "work, authority, clique or bft. Default: work.", CustomParser = CommandLine.Parser<RuleName?>("--rule", text => NodeInput.Rule(text)) };
        Option<TimeSpan?> blockTime = Duration("--block-time", "The time between blocks, like 500ms. Default: 1s.");
        Option<ulong?> blocks = Number("--blocks", "N", 1, uint.MaxValue, "End once all nodes agree on a chain of height N.");
        Option<TimeSpan?> duration = Duration("--for", "End after this time, like 10m. Default: go on until Ctrl-C, which ends it without a summary.");
        Option<TimeSpan?> kill = Duration("--kill-every", "Kill a node that is drawn this often, without a word (SIGKILL), and start it again.");
        Option<TimeSpan?> down = Duration("--down", "How long a killed node stays down. Default: 2s.");
        Option<ulong?> traffic = Number("--traffic", "R", 0, MostTraffic, "Send R transfers a second, each by a node that is drawn. Default: 0.");
        Option<ulong?> seed = Number("--seed", "N", 0, ulong.MaxValue, "What accounts, transfers and kills are drawn from. Default: drawn and shown.");
        Option<string?> data = PathInput.Option("--data", "Keep the nodes' folders in this new or empty folder. Default: a temporary one, deleted at the end.", "FOLDER");
        Option<bool> json = JsonOption.Create("Write one JSON object a line for each event; the last one is the summary, or says why there is none.");
        var command = new Command(
            "localnet",
            "Run a network of real processes on this machine, with a table of how they are. At the end it says whether all have one chain and an exact supply, which transfers are missing, and how fast blocks have spread. Exit code 1 when something did not hold.")
        {
            nodes, followers, rule, blockTime, blocks, duration, kill, down, traffic, seed, data, json,
        };
        CommandLine.SetAction(command, "its nodes were stopped", async (parsed, cancellation) =>
        {
            if (parsed.GetValue(down) is not null && parsed.GetValue(kill) is null) throw new BadInputException("--down: it says how long a killed node stays down; expected --kill-every beside it.");
            string folder = parsed.GetValue(data) is { } named ? Named(named) : Directory.CreateTempSubdirectory("coniunctum-").FullName;
            try
            {
                return await LocalnetRun.RunAsync(
                    new LocalnetOptions
                    {
                        Nodes = (int)(parsed.GetValue(nodes) ?? 4),
                        Followers = (int)(parsed.GetValue(followers) ?? 0),
                        Rule = parsed.GetValue(rule) ?? RuleName.Work,
                        BlockTime = parsed.GetValue(blockTime) ?? TimeSpan.FromSeconds(1),
                        Blocks = parsed.GetValue(blocks),
                        Duration = parsed.GetValue(duration),
                        KillEvery = parsed.GetValue(kill),
                        Down = parsed.GetValue(down) ?? TimeSpan.FromSeconds(2),
                        Traffic = (int)(parsed.GetValue(traffic) ?? 0),
                        Seed = parsed.GetValue(seed) ?? DrawSeed(),
                        Folder = folder,
                        Json = parsed.GetValue(json),
                    },
                    io,
                    TimeProvider.System,
                    cancellation);
            }
            finally
            {
                if (parsed.GetValue(data) is null) Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static string Named(string path)
    {
        if (File.Exists(path)) throw new BadInputException($"--data: {Quoted.Of(path)} is a file; expected a folder.");
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()) throw new BadInputException($"--data: the folder {Quoted.Of(path)} is not empty; expected a new one.");
        PathInput.Trying($"The folder {Quoted.Of(path)} cannot be made", path, () => DurableFile.MakeFolder(path, isPrivate: true));
        return Path.GetFullPath(path);
    }

    private static Option<ulong?> Number(string name, string helpName, ulong least, ulong most, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = CommandLine.Parser<ulong?>(name, text => Inputs.Number(text, least, most)),
    };

    private static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        HelpName = "TIME",
        Description = description,
        CustomParser = CommandLine.Parser<TimeSpan?>(name, text => Inputs.Duration(text)),
    };

    private static ulong DrawSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        SystemEntropy.Instance.Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
