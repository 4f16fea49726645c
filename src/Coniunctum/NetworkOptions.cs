using Coniunctum.Consensus;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Transport;

namespace Coniunctum;

/// <summary>How a ledger is connected with others: settable properties of simple types, so that a configuration can be bound to it.</summary>
/// <remarks>May change in any release.</remarks>
/// <example>
/// <code>
/// var options = new NetworkOptions
/// {
///     Listen = { "0.0.0.0:7770" },
///     Peers = { "node.example:7770" },
///     KeyFile = "node.key",
/// };
/// LedgerBuilder connected = LedgerBuilder.For(profile).UseNetwork(options);
/// </code>
/// </example>
public sealed class NetworkOptions
{
    private const int MostSlots = 128;

    /// <summary>
    /// Where to listen: <c>host:port</c> with an address of this machine, <c>0.0.0.0</c> for all of IPv4, <c>[::]</c> for all; port 0
    /// for any that is free. Default: nowhere; the ledger then only dials.
    /// </summary>
    public IList<string> Listen { get; } = [];

    /// <summary>Whom to dial, again and again: <c>host:port</c>, or <c>node1…@host:port</c> where it must be a certain node. Default: no one.</summary>
    public IList<string> Peers { get; } = [];

    /// <summary>
    /// A text file that names more of <see cref="Peers"/>, each on a line of its own; empty lines, and those that begin with <c>#</c>, are
    /// passed over. It is read when the ledger starts. Default: none.
    /// </summary>
    public string? PeersFile { get; set; }

    /// <summary>
    /// The file of this node's key, which is made where there is none; only its owner may read it. Without it the node has a new key,
    /// and so another id, at each start.
    /// </summary>
    public string? KeyFile { get; set; }

    /// <summary>The ids of the nodes that may connect. Default: none, which stands for all. Needs TLS.</summary>
    public IList<string> AllowedNodes { get; } = [];

    /// <summary>
    /// Whether plain TCP is spoken instead of TLS 1.3: anybody on the way reads and changes what is said, and no node proves who it is.
    /// Both sides must ask for it. Default: <c>false</c>.
    /// </summary>
    public bool IsPlain { get; set; }

    /// <summary>Whether TLS 1.2 is taken too, for systems that have no TLS 1.3 (macOS as a server). Default: <c>false</c>.</summary>
    public bool AllowTls12 { get; set; }

    /// <summary>How many connections this node makes: 0 to 128. Default: 8.</summary>
    public int MaxOutbound { get; set; } = 8;

    /// <summary>How many connections it takes: 0 to 128. Default: 64.</summary>
    public int MaxInbound { get; set; } = 64;

    /// <summary>Returns what is wrong with the options: the name of each, what was found and what was expected. Empty when all are right.</summary>
    public IReadOnlyList<OptionFault> Validate() => OptionFault.Collect(
        "",
        [
            .. Unreadable(nameof(Listen), Listen, text => NodeEndpoint.TryParse(text, out _), "host:port, such as 0.0.0.0:7770; port 0 for any that is free"),
            .. Unreadable(nameof(Peers), Peers, text => PeerAddress.TryParse(text, out _), PeerAddress.Expected),
            .. Unreadable(nameof(AllowedNodes), AllowedNodes, text => NodeId.TryParse(text, out _), "the id of a node, which begins with node1"),
            PeersFile is { Length: 0 } ? new OptionFault(nameof(PeersFile), "empty", "the path of a file, or null") : null,
            KeyFile is { Length: 0 } ? new OptionFault(nameof(KeyFile), "empty", "the path of a file, or null") : null,
            IsPlain && AllowedNodes.Count > 0 ? new OptionFault(nameof(AllowedNodes), "given under plain TCP", "none, since no node proves its key there, or TLS") : null,
            OptionFault.OfRange(nameof(MaxOutbound), MaxOutbound, 0, MostSlots),
            OptionFault.OfRange(nameof(MaxInbound), MaxInbound, 0, MostSlots),
        ]);

    private static IEnumerable<OptionFault> Unreadable(string option, IList<string> texts, Func<string?, bool> isReadable, string expected) =>
        texts.Where(text => !isReadable(text)).Select(text => new OptionFault(option, $"'{text}'", expected));
}
