using System.Buffers.Binary;
using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Api;
using Coniunctum.Node.Data;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum dev: a chain to play with.</summary>
internal static class DevCommand
{
    private const int MaxTraffic = 2_000;

    public static Command Create(CommandIo io)
    {
        var profile = new Option<ChainProfile?>("--profile")
        {
            HelpName = "NAME",
            Description = $"After whose rules; at the start it is said what differs: {Inputs.Or(DevProfile.Bases.Select(known => known.Name))}. Default: {DevProfile.Bases[0].Name}.",
            CustomParser = CommandLine.Parser("--profile", text => Inputs.Profile(text, DevProfile.Bases)),
        };
        var blocks = NumberOption("--blocks", "N", 1, uint.MaxValue, "Stop after N more blocks. Default: go on until Ctrl-C.");
        var traffic = NumberOption(
            "--traffic", "R", 0, MaxTraffic,
            "Send R random transfers a second among the accounts. Most are valid; the others break one rule each, and it is checked that they are refused under it. Default: 0.");
        int cores = Math.Max(1, Environment.ProcessorCount - 1);
        var threads = NumberOption("--threads", "N", 1, 1024, Invariant($"Mine with N threads. Default: {cores}, one less than this machine has processors."));
        var blockTime = new Option<TimeSpan?>("--block-time")
        {
            HelpName = "TIME",
            Description = "How long a block takes on average, like 100ms, 2.5s or 1m. The target follows this machine, within some thirty blocks; under int32coin, whose headers carry no time, it is set when the chain begins and stays. Default: 1s.",
            CustomParser = CommandLine.Parser<TimeSpan?>("--block-time", text => Inputs.Duration(text)),
        };
        var seed = NumberOption("--seed", "N", 0, ulong.MaxValue, "Derive the accounts, the draws of the traffic and the chain's id from N: with the same other options they are the same each time, on every machine. The first blocks' target is then the same too, and not measured. Blocks' ids differ, since they hold the time. Default: drawn and shown.");
        var grant = new Option<string?>("--grant")
        {
            HelpName = "AMOUNT",
            Description = $"What each account owns at the start, in base units. Default: {string.Join(", ", DevProfile.Bases.Select(known => $"{DevProfile.DefaultGrant(known)} ({known.Name})"))}.",
        };
        var rewardTo = new Option<string?>("--reward-to")
        {
            HelpName = "ADDRESS",
            Description = $"Who gets the rewards, as an address that starts with {DevProfile.AddressPrefix}1. Default: account 1.",
        };
        Option<string?> data = PathInput.Option(
            "--data", $"Keep the chain in this file, and go on with the one that is in it. Default: dev-PROFILE.db in {io.DataFolder}.");
        Option<string?> from = PathInput.Option(
            "--from", Invariant($"Begin a new chain with what the accounts of another own: a file that 'db export --state' wrote, of up to {ForeignState.MostAccounts} accounts. They own it from genesis on, beside the ten accounts; blocks, used tags and applications' entries stay behind. Without --data it is kept in memory only."), "FILE");
        var ephemeral = new Option<bool>("--ephemeral") { Description = "Keep the chain in memory only; so do --seed and --from without --data, which begin anew." };
        var checkpoint = NumberOption(
            "--checkpoint", "N", 1, uint.MaxValue, "Write all balances into the file every N blocks, so that it opens fast and 'db prune' can delete what lies before. Default: 4096.");
        Option<string?> http = HttpOption.Create(
            $"Where a browser finds the chain: the explorer, and the HTTP API. What changes anything there is for programs of this machine that show the secret of a file, which is named at the start. A port alone is one of 127.0.0.1; 'off' for nowhere. Default: {HttpListen.Default.Endpoint}, or the next port that is free.");
        Option<bool> metrics = HttpOption.CreateMetrics();
        Option<bool> json = JsonOption.Create("Write one JSON object a line for each event; the last one is the summary, or says why there is none.");

        var command = new Command(
            "dev",
            "Start a development chain in this process, or go on with it: ten funded accounts, a miner, and a view of what happens. No network is used.")
        {
            profile, blocks, traffic, threads, blockTime, seed, grant, rewardTo, data, from, ephemeral, checkpoint, http, metrics, json,
        };
        CommandLine.SetAction(command, null, (parsed, cancellation) =>
        {
            ChainProfile? rules = parsed.GetValue(profile);
            string? path = parsed.GetValue(data);
            if (path is not null && parsed.GetValue(ephemeral)) throw new BadInputException("--data and --ephemeral contradict each other.");
            bool isKept = !parsed.GetValue(ephemeral) && (path is not null || (parsed.GetValue(seed) is null && parsed.GetValue(from) is null));
            var options = new DevOptions
            {
                Requested = new RequestedSettings
                {
                    Base = rules,
                    Seed = parsed.GetValue(seed),
                    Grant = parsed.GetValue(grant) is { } amount ? ReadGrant(amount, rules ?? DevProfile.Bases[0]) : null,
                    BlockTime = parsed.GetValue(blockTime),
                },
                Data = isKept ? path ?? DataFolder.DevFile(io.DataFolder, (rules ?? DevProfile.Bases[0]).Name) : null,
                From = parsed.GetValue(from),
                Blocks = parsed.GetValue(blocks),
                CheckpointBlocks = (long?)parsed.GetValue(checkpoint),
                Traffic = (int)(parsed.GetValue(traffic) ?? 0),
                Threads = (int)(parsed.GetValue(threads) ?? (ulong)cores),
                DrawnSeed = DrawSeed(),
                RewardTo = parsed.GetValue(rewardTo) is { } address ? ReadReceiver(address) : null,
                Http = HttpOption.Read(parsed, http, metrics, HttpListen.Default),
                Json = parsed.GetValue(json),
            };
            return DevRun.RunAsync(options, io, TimeProvider.System, cancellation);
        });
        return command;
    }

    private static Option<ulong?> NumberOption(string name, string helpName, ulong least, ulong most, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = CommandLine.Parser<ulong?>(name, text => Inputs.Number(text, least, most)),
    };

    private static ulong ReadGrant(string text, ChainProfile rules)
    {
        try
        {
            return Inputs.Number(text, DevProfile.LeastGrant, DevProfile.MostGrant(rules));
        }
        catch (BadInputException exception)
        {
            throw new BadInputException($"--grant: {exception.Message}");
        }
    }

    private static Address ReadReceiver(string text)
    {
        try
        {
            return Inputs.Address(text, DevProfile.AddressPrefix);
        }
        catch (BadInputException exception)
        {
            throw new BadInputException($"--reward-to: {exception.Message}");
        }
    }

    /// <summary>Draws a seed that is short enough to be typed again.</summary>
    private static ulong DrawSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        SystemEntropy.Instance.Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
