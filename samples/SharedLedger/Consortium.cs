using Coniunctum.Bft;
using Coniunctum.Ledger.Applications;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Wallet;

namespace SharedLedger;

/// <summary>
/// The folder of a consortium: the profile that all members share, where each listens, and, below its number, what is a member's own.
/// Members on several machines have the first two files and their own folder each, and never another's.
/// </summary>
public sealed class Consortium(string folder)
{
    public const int Members = 4;

    // At most this much does a member's account pay in fees before it must be given more.
    private const ulong Grant = 1_000_000_000;

    private string ProfilePath => Path.Combine(folder, "items.profile");

    private string AddressesPath => Path.Combine(folder, "members");

    /// <summary>Items are tokens: whoever registers one owns it.</summary>
    public static UniqueTokens Items { get; } = new(new AppId(1));

    /// <summary>Makes the keys of all members, draws the chain that they share, and writes down where each listens.</summary>
    public void Create(IReadOnlyList<string> addresses, TimeProvider time)
    {
        Address[] members = [.. Enumerable.Range(1, Members).Select(member =>
        {
            Directory.CreateDirectory(PathOf(member, ""));
            using PrivateKey key = OpenKey(member);
            return Profiles.Standard.Signatures.AddressOf(key.PublicKey);
        })];
        byte[] salt = new byte[Hash256.Size];
        SystemEntropy.Instance.Fill(salt);
        var pace = TimeSpan.FromMilliseconds(200);
        ChainProfile profile = Profiles.Standard with
        {
            Name = "items",
            Consensus = new BftConsensus(ValidatorSet.Of(members), new BftTiming { Pause = pace, Propose = TimeSpan.FromSeconds(1), Vote = TimeSpan.FromMilliseconds(500) }),
            Genesis = new GenesisSpec
            {
                Timestamp = Timestamp.From(time.GetUtcNow()),
                Salt = new Hash256(salt),
                Allocations = [.. members.Select(member => new GenesisSpec.Allocation(member, Grant))],
            },
            RewardMaturity = 1,
            BlockInterval = pace,
            TagWindow = (ulong)(TimeSpan.FromHours(24) / pace),
            Applications = [Items],
        };
        File.WriteAllText(ProfilePath, ProfileFile.Write(profile));
        File.WriteAllLines(AddressesPath, addresses);
    }

    public ChainProfile ReadProfile()
    {
        ProfileOutcome outcome = ProfileFile.Read(File.ReadAllText(ProfilePath), Items);
        return outcome.IsValid ? outcome.Profile! : throw new InvalidDataException(outcome.Message);
    }

    /// <summary>Opens a member's key. It has no password, so that a service starts unattended: the file's permissions protect it.</summary>
    public PrivateKey OpenKey(int member) => KeyFile.OpenOrCreate(PathOf(member, "member.key"), default, SystemEntropy.Instance, ScryptCost.Light);

    /// <summary>Keeps a member's ledger in its folder, votes with its key, and finds the others.</summary>
    public void Join(int member, PrivateKey key, LedgerBuilder ledger)
    {
        var rule = (BftConsensus)ledger.Profile.Consensus;
        string[] addresses = File.ReadAllLines(AddressesPath);
        var network = new NetworkOptions { Listen = { addresses[member - 1] }, KeyFile = PathOf(member, "node.key") };
        foreach (string other in addresses.Where((_, index) => index != member - 1)) network.Peers.Add(other);
        ledger.UseStore(SqliteChainStore.Open(PathOf(member, "items.db")))
            .UseIndex(chain => SqliteChainIndex.Open(SqliteChainIndex.PathFor(PathOf(member, "items.db")), chain))
            .Use(rule, profile => new BftProducer(rule, key, profile, SystemEntropy.Instance))
            .UseNetwork(network);
    }

    private string PathOf(int member, string file) => Path.Combine(folder, Invariant($"{member}"), file);
}
