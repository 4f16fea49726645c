using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.P2P.Internal;

namespace Coniunctum;

/// <summary>
/// All that someone needs to join a chain, as one link: the nodes to begin with, each with its id, and the chain's profile.
/// <c>coniunctum://node1…@host:port/CHAINID/PROFILE</c>; more nodes stand behind commas. Immutable.
/// </summary>
/// <remarks>May change in any release.</remarks>
/// <example>
/// <code>
/// var invitation = new Invitation(ledger.Profile, ledger.Network!.Addresses);
/// Console.WriteLine(invitation);
/// ProfileOutcome outcome = Invitation.Read(invitation.ToString(), out Invitation? read);
/// if (!outcome.IsValid) Console.WriteLine(outcome.Message);
/// </code>
/// </example>
public sealed class Invitation
{
    /// <summary>How each link begins.</summary>
    public const string Scheme = "coniunctum://";

    private const int MaxSources = 16;

    private readonly string _profile;

    /// <summary>Makes an invitation.</summary>
    /// <param name="profile">The chain's profile; its genesis is known.</param>
    /// <param name="sources">The nodes to begin with, as <see cref="LedgerNetwork.Addresses"/> has them: <c>node1…@host:port</c>, 1 to 16.</param>
    /// <exception cref="ArgumentException">A source is none, or others could not make the same chain out of the profile.</exception>
    public Invitation(ChainProfile profile, IEnumerable<string> sources)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(sources);
        Sources = [.. sources];
        if (Sources.Length is 0 or > MaxSources) throw new ArgumentException(Invariant($"An invitation names 1 to {MaxSources} nodes, not {Sources.Length}."), nameof(sources));
        if (Sources.FirstOrDefault(source => !IsSource(source)) is { } bad) throw new ArgumentException($"'{bad}' is no node with its id; expected node1…@host:port.", nameof(sources));
        _profile = ProfileCodec.ToText(profile);
        ProfileOutcome outcome = ProfileCodec.FromText(_profile, profile.Applications);
        (Profile, ChainId) = (outcome.Profile!, outcome.ChainId);
    }

    private Invitation(ImmutableArray<string> sources, ProfileOutcome outcome, string profile) =>
        (Sources, Profile, ChainId, _profile) = (sources, outcome.Profile!, outcome.ChainId, profile);

    /// <summary>The nodes to begin with: <c>node1…@host:port</c>.</summary>
    public ImmutableArray<string> Sources { get; }

    /// <summary>The chain's profile.</summary>
    public ChainProfile Profile { get; }

    /// <summary>The chain's identity.</summary>
    public BlockId ChainId { get; }

    /// <summary>Reads a link, with blanks or line ends around it.</summary>
    /// <param name="text">The link. It may come from anywhere.</param>
    /// <param name="invitation">The invitation, or <c>null</c>.</param>
    /// <param name="applications">Applications that this program has, beside those that come with a rule.</param>
    /// <returns>The profile, or what was wrong.</returns>
    public static ProfileOutcome Read(string text, out Invitation? invitation, params IEnumerable<ILedgerApplication> applications)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(applications);
        invitation = null;
        string link = text.Trim();
        if (!link.StartsWith(Scheme, StringComparison.Ordinal) || link.Length > ProfileFile.MaxLength)
            return Malformed($"This is no invitation: expected a link that begins with '{Scheme}'.");
        if (link[Scheme.Length..].Split('/') is not [var nodes, var chain, var profile]) return Malformed($"The invitation is cut off or damaged: expected {Scheme}NODES/CHAINID/PROFILE.");
        ImmutableArray<string> sources = [.. nodes.Split(',')];
        if (sources.Length > MaxSources) return Malformed(Invariant($"An invitation names 1 to {MaxSources} nodes, not {sources.Length}."));
        if (sources.FirstOrDefault(source => !IsSource(source)) is { } bad) return Malformed($"The invitation's '{bad}' is no node with its id, or was mistyped; expected node1…@host:port.");
        if (!BlockId.TryParse(chain, out BlockId chainId)) return Malformed("The invitation names no chain: expected 64 hexadecimal digits behind its nodes.");
        ProfileOutcome outcome = ProfileCodec.FromText(profile, applications);
        if (!outcome.IsValid) return outcome;
        if (outcome.ChainId != chainId) return ProfileOutcome.Invalid(ProfileFault.OtherChain, $"The invitation is to the chain {chainId}, and its profile is that of the chain {outcome.ChainId}.");
        invitation = new Invitation(sources, outcome, profile);
        return outcome;
    }

    /// <summary>Returns the link.</summary>
    public override string ToString() => $"{Scheme}{string.Join(',', Sources)}/{ChainId}/{_profile}";

    private static bool IsSource(string text) => PeerAddress.TryParse(text, out PeerAddress? address) && address.Node is not null;

    private static ProfileOutcome Malformed(string message) => ProfileOutcome.Invalid(ProfileFault.Malformed, message);
}
