using System.CommandLine;
using System.Text.RegularExpressions;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Mining;
using Coniunctum.Node.Api;
using Coniunctum.Node.Net;

namespace Coniunctum.Node.Cli;

/// <summary>The options of <c>coniunctum node</c>, and what they mean together.</summary>
internal sealed partial class NodeInput(CommandIo io)
{
    private static readonly string[] s_rules = [.. Enum.GetNames<RuleName>().Select(rule => rule.ToLowerInvariant())];

    private readonly Option<string?> _new = new("--new")
    {
        HelpName = "NAME",
        Description = "Begin a network: its genesis is drawn now, and its profile written into the folder, from which others start the same chain.",
        CustomParser = CommandLine.Parser<string?>("--new", Name),
    };

    private readonly Option<string?> _profile = new("--profile")
    {
        HelpName = "NAME|FILE",
        Description = $"Join the network of a profile: {Inputs.Or(PublicProfiles.Select(profile => profile.Name))}, the name of a network that was begun or joined here, or the file of a profile.",
        CustomParser = CommandLine.Parser<string?>("--profile", PathInput.Read),
    };

    private readonly Option<string?> _invite = new("--invite")
    {
        HelpName = "LINK|FILE",
        Description = "Join a network by an invitation, a link or a file with one, as 'invite' writes it: without other options as a wallet.",
        CustomParser = CommandLine.Parser<string?>("--invite", PathInput.Read),
    };

    private readonly Option<string?> _data = NetworkCommand.DataOption(io);

    private readonly Option<string[]> _listen = NetworkCommand.Several(
        "--listen", "HOST:PORT", "Where to take connections: 0.0.0.0 for all addresses of this machine, port 0 for any that is free. May be given several times. Default: 0.0.0.0 and the profile's port, 5050; a wallet or miner takes none.", NodeCommand.Endpoint);

    private readonly Option<string[]> _peer = NetworkCommand.Several(
        "--peer", "HOST:PORT", "Whom to dial, again and again; node1…@HOST:PORT where it must be a certain node. May be given several times.", NodeCommand.Peer);

    private readonly Option<string?> _peersFile = PathInput.Option("--peers-file", "A text file with more of them, one on each line.");

    private readonly Option<NodeRole?> _role = new("--role")
    {
        HelpName = "ROLE",
        Description = "What the node does beside checking every block, which each does: wallet (follows and submits, takes no connections), validator (takes connections; under rules with members "
            + "it seals or votes with its account), miner (mines, takes no connections), full (both). There is no light client yet: a wallet checks all, and trusts only that not all of its peers hide a better chain. "
            + "Default: validator; with an invitation wallet.",
        CustomParser = CommandLine.Parser<NodeRole?>("--role", text => Role(text)),
    };

    private readonly Option<bool> _mine = new("--mine") { Description = "Mine: a wallet becomes a miner, a validator full." };

    private readonly Option<string?> _reward = new("--reward")
    {
        HelpName = "ADDRESS",
        Description = "Who gets the rewards of blocks that are mined here. Default: the node's own account, whose key is kept in its folder without a password.",
    };

    private readonly Option<ulong?> _threads = new("--threads")
    {
        HelpName = "N",
        Description = Invariant($"Mine with N threads. Default: {DefaultThreads}, one less than this machine has processors."),
        CustomParser = CommandLine.Parser<ulong?>("--threads", text => Inputs.Number(text, 1, 1024)),
    };

    private readonly Option<RuleName?> _rule = new("--rule")
    {
        HelpName = "RULE",
        Description = $"With --new: {Inputs.Or(s_rules)}. Default: work.",
        CustomParser = CommandLine.Parser<RuleName?>("--rule", text => Rule(text)),
    };

    private readonly Option<string[]> _member = NetworkCommand.Several(
        "--member", "ADDRESS", "With --new and a rule that has members: who seals or votes beside this node's own account; 'account' shows a node's address. May be given several times.", text => text);

    private readonly Option<TimeSpan?> _blockTime = new("--block-time")
    {
        HelpName = "TIME",
        Description = "With --new: the time between blocks, like 500ms or 10s. Default: 5s; under bft and authority 1s.",
        CustomParser = CommandLine.Parser<TimeSpan?>("--block-time", text => Inputs.Duration(text)),
    };

    private readonly Option<ulong?> _grant = new("--grant")
    {
        HelpName = "AMOUNT",
        Description = Invariant($"With --new: what this node's account owns at the start, in base units. Default: {NewNetwork.DefaultGrant}."),
        CustomParser = CommandLine.Parser<ulong?>("--grant", text => Inputs.Number(text, 0, ChainProfile.MaxSupply / 2)),
    };

    private readonly Option<string?> _http = HttpOption.Create(
        "Where browsers find the ledger: the explorer, and the HTTP API, for everyone who can connect; transactions are taken from programs of this machine that show the secret of the file run/cookie. A port alone is one of 127.0.0.1, 0.0.0.0:PORT is one of all addresses. Default: nowhere.");

    private readonly Option<bool> _metrics = HttpOption.CreateMetrics();

    private readonly Option<TimeSpan?> _for = new("--for")
    {
        HelpName = "TIME",
        Description = "Stop after this time, like 10m. Default: go on until Ctrl-C.",
        CustomParser = CommandLine.Parser<TimeSpan?>("--for", text => Inputs.Duration(text)),
    };

    private readonly Option<bool> _json = JsonOption.Create("Write one JSON object a line for each event; the last one says where the node stopped, or why.");

    /// <summary>All options, in the order of help.</summary>
    public IEnumerable<Option> Options => [_new, _profile, _invite, _data, _listen, _peer, _peersFile, _role, _mine, _reward, _threads, _rule, _member, _blockTime, _grant, _http, _metrics, _for, _json];

    /// <summary>The networks that everyone can join by name: their genesis is not drawn.</summary>
    public static IReadOnlyList<ChainProfile> PublicProfiles { get; } = [.. Profiles.All.Where(profile => !profile.Genesis.IsDrawn)];

    private static int DefaultThreads => Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Finds out what was asked for, and prepares the node's folder.</summary>
    public NodeOptions Read(ParseResult parsed, TimeProvider time)
    {
        string?[] sources = [parsed.GetValue(_new), parsed.GetValue(_profile), parsed.GetValue(_invite)];
        if (sources.Count(source => source is not null) > 1) throw new BadInputException("--new, --profile and --invite contradict each other: expected one of them.");
        if (parsed.GetValue(_new) is null) RefuseAll(parsed, "it says what a new network is like; expected --new beside it.", _rule, _member, _blockTime, _grant);
        // What is wrong is said before anything is made.
        HttpListen? http = HttpOption.Read(parsed, _http, _metrics, null);
        (NodeFolder folder, ChainProfile profile, Invitation? invitation) = parsed.GetValue(_new) is { } name
            ? (Begin(parsed, name, time, out ChainProfile begun), begun, null)
            : Join(parsed);
        string[] listen = parsed.GetValue(_listen) ?? [];
        IReadOnlyList<string> inviters = invitation?.Sources ?? folder.ReadInviters();
        NodeRole role = RoleOf(parsed, profile, isInvited: inviters.Count > 0, listen.Length > 0);
        bool takes = role is NodeRole.Validator or NodeRole.Full;
        if (!takes && listen.Length > 0) throw new BadInputException($"--listen: the role {role.ToString().ToLowerInvariant()} takes no connections; expected --role validator or full beside it.");
        bool mines = role is NodeRole.Miner or NodeRole.Full && profile.Consensus is ProofOfWork;
        if (!mines) RefuseAll(parsed, "nothing is mined here; expected --mine beside it.", _reward, _threads);
        return new NodeOptions
        {
            Folder = folder,
            Profile = profile,
            Role = role,
            Listen = takes && listen.Length == 0 ? [Invariant($"0.0.0.0:{profile.DefaultPort}")] : listen,
            Peers = [.. inviters.Concat(parsed.GetValue(_peer) ?? []).Distinct(StringComparer.Ordinal)],
            PeersFile = parsed.GetValue(_peersFile),
            RewardTo = parsed.GetValue(_reward) is { } reward ? AddressOf(_reward, reward, profile) : null,
            Threads = (int)(parsed.GetValue(_threads) ?? (ulong)DefaultThreads),
            Http = http,
            Duration = parsed.GetValue(_for),
            Json = parsed.GetValue(_json),
        };
    }

    private NodeFolder Begin(ParseResult parsed, string name, TimeProvider time, out ChainProfile profile)
    {
        NodeFolder folder = NodeFolder.Of(parsed.GetValue(_data), io, name);
        if (folder.HasNetwork)
            throw new BadInputException($"--new: the folder {Quoted.Of(folder.Path)} holds a network already; without --new, and with --data or --profile, the node goes on with it.");
        RuleName rule = parsed.GetValue(_rule) ?? RuleName.Work;
        string[] members = parsed.GetValue(_member) ?? [];
        if (rule == RuleName.Work) RefuseAll(parsed, "under the rule work there are no members.", _member);
        // What is wrong is said before anything is made.
        Address[] others = [.. members.Select(member => AddressOf(_member, member, Profiles.Standard))];
        if (rule == RuleName.Authority && others.Length > 1) throw new BadInputException("--member: under the rule authority there is one.");
        ISignatureScheme signatures = Profiles.Standard.Signatures;
        using PrivateKey account = folder.OpenAccount();
        Address own = signatures.AddressOf(account.PublicKey);
        ulong grant = parsed.GetValue(_grant) ?? NewNetwork.DefaultGrant;
        profile = new NewNetwork
        {
            Name = name,
            Rule = rule,
            Members = rule == RuleName.Authority && others.Length > 0 ? [.. others] : [.. others.Append(own).Distinct()],
            BlockTime = parsed.GetValue(_blockTime),
            Allocations = grant > 0 ? [new GenesisSpec.Allocation(own, grant)] : [],
        }.Calibrated((int)(parsed.GetValue(_threads) ?? (ulong)DefaultThreads), time).Draw(SystemEntropy.Instance, Timestamp.From(time.GetUtcNow()));
        folder.SaveProfile(profile);
        return folder;
    }

    private (NodeFolder Folder, ChainProfile Profile, Invitation? Invitation) Join(ParseResult parsed)
    {
        string? data = parsed.GetValue(_data);
        ChainProfile profile;
        Invitation? invitation = null;
        if (parsed.GetValue(_invite) is { } link)
        {
            invitation = ReadInvitation(link);
            profile = invitation.Profile;
        }
        else if (parsed.GetValue(_profile) is { } name)
        {
            profile = FindProfile(name, data);
        }
        else
        {
            if (data is null) throw new BadInputException("Which network? Expected --new NAME, --invite LINK, --profile NAME, or --data FOLDER of a node that was started before.");
            if (!new NodeFolder(data).HasNetwork) throw new BadInputException($"--data: there is no network in {Quoted.Of(data)} yet; expected --new, --invite or --profile beside it.");
            profile = NodeFolder.ReadProfile(new NodeFolder(data).Profile);
        }

        if (data is null && !NamePattern().IsMatch(profile.Name)) throw new BadInputException($"The network's name {Quoted.Of(profile.Name)} can be no folder's; expected --data FOLDER beside it.");
        NodeFolder folder = NodeFolder.Of(data, io, profile.Name);
        if (folder.HasNetwork)
        {
            ChainProfile known = NodeFolder.ReadProfile(folder.Profile);
            BlockId has = GenesisBlock.Create(known).Block.Id, wanted = GenesisBlock.Create(profile).Block.Id;
            if (has != wanted)
                throw new BadInputException($"The folder {Quoted.Of(folder.Path)} holds the network {known.Name} of chain {has}, and what was asked for is {profile.Name} of chain {wanted}; expected another folder with --data.");
        }

        folder.Make();
        if (!folder.HasNetwork) folder.SaveProfile(profile);
        if (invitation is not null) folder.SaveInvitation(invitation);
        return (folder, profile, invitation);
    }

    private static Invitation ReadInvitation(string text)
    {
        bool isLink = text.StartsWith(Invitation.Scheme, StringComparison.Ordinal);
        ProfileOutcome outcome = Invitation.Read(isLink ? text : NodeFolder.ReadText(text), out Invitation? invitation);
        return invitation ?? throw new BadInputException($"--invite: {(isLink ? "" : $"{Quoted.Of(text)}: ")}{outcome.Message}");
    }

    private ChainProfile FindProfile(string name, string? data)
    {
        if (PublicProfiles.FirstOrDefault(profile => profile.Name.Equals(name, StringComparison.Ordinal)) is { } known) return known;
        if (name.Equals(Profiles.Development.Name, StringComparison.Ordinal)) throw new BadInputException("--profile: each ledger of the profile development draws a genesis of its own, so no two are one network; expected --new.");
        if (File.Exists(name)) return NodeFolder.ReadProfile(name);
        if (data is null && NamePattern().IsMatch(name) && NodeFolder.Of(null, io, name) is { HasNetwork: true } folder) return NodeFolder.ReadProfile(folder.Profile);
        throw new BadInputException(
            $"--profile: {Quoted.Of(name)} is no profile, no network that was begun or joined here, and no file; expected {Inputs.Or(PublicProfiles.Select(profile => profile.Name))}, a network's name or a profile's file.");
    }

    private NodeRole RoleOf(ParseResult parsed, ChainProfile profile, bool isInvited, bool listens)
    {
        bool mines = parsed.GetValue(_mine);
        if (mines && profile.Consensus is not ProofOfWork) throw new BadInputException($"--mine: no one mines under the rule {profile.Consensus.RuleName}.");
        if (parsed.GetValue(_role) is not { } role) role = isInvited && !listens ? NodeRole.Wallet : NodeRole.Validator;
        else if (mines && role is NodeRole.Wallet or NodeRole.Validator) throw new BadInputException($"--mine: the role {role.ToString().ToLowerInvariant()} does not mine; expected miner or full.");
        if (!mines) return role;
        return role is NodeRole.Wallet or NodeRole.Miner ? NodeRole.Miner : NodeRole.Full;
    }

    private static void RefuseAll(ParseResult parsed, string why, params Option[] options)
    {
        if (options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given) throw new BadInputException($"{given.Name}: {why}");
    }

    private static Address AddressOf(Option option, string text, ChainProfile profile)
    {
        try
        {
            return Inputs.Address(text, profile.AddressPrefix);
        }
        catch (BadInputException exception)
        {
            throw new BadInputException($"{option.Name}: {exception.Message}");
        }
    }

    private static string Name(string text) => NamePattern().IsMatch(text) && !PublicProfiles.Any(profile => profile.Name.Equals(text, StringComparison.Ordinal))
        ? text
        : throw new BadInputException($"{Quoted.Of(text)} cannot be a new network's name; expected 1 to 32 of a-z, 0-9 and '-', beginning with a letter, and none of the public networks'.");

    private static NodeRole Role(string text) => NodeRoles.Names.Contains(text, StringComparer.Ordinal)
        ? Enum.Parse<NodeRole>(text, ignoreCase: true)
        : throw new BadInputException($"{Quoted.Of(text)} is no role; expected {Inputs.Or(NodeRoles.Names)}.");

    /// <summary>Reads the name of a rule.</summary>
    public static RuleName Rule(string text) => s_rules.Contains(text, StringComparer.Ordinal)
        ? Enum.Parse<RuleName>(text, ignoreCase: true)
        : throw new BadInputException($"{Quoted.Of(text)} is no rule; expected {Inputs.Or(s_rules)}.");

    [GeneratedRegex("^[a-z][a-z0-9-]{0,31}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
