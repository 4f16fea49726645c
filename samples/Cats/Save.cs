using System.Text;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Wallet;

namespace Cats;

/// <summary>A folder with the ledger and the keys of the game: of the house, which makes the blocks, and of two players.</summary>
/// <param name="folder">Made where there is none.</param>
/// <param name="isScripted">Whether keys, draws and time are always the same, so that a script's output is.</param>
public sealed class Save(string folder, bool isScripted) : IDisposable
{
    private static readonly string[] s_names = ["house", "alice", "bob"];

    // Whoever has the folder has the cats: a game among strangers asks each player for a password.
    private readonly Dictionary<string, PrivateKey> _keys = s_names.ToDictionary(name => name, name => KeyFile.OpenOrCreate(
        Path.Combine(Directory.CreateDirectory(folder).FullName, $"{name}.key"), Encoding.UTF8.GetBytes(name), EntropyOf(name, isScripted), ScryptCost.Light));

    public static ChainProfile Profile { get; } = Profiles.Development with { Name = "cats", Applications = [new CatGame()] };
    public IEnumerable<string> Players => s_names.Skip(1);
    public PrivateKey? KeyOf(string name) => _keys.GetValueOrDefault(name);
    public Address AddressOf(string name) => Profile.Signatures.AddressOf(_keys[name].PublicKey);
    public string NameOf(Address address) => s_names.First(name => AddressOf(name) == address);

    /// <summary>Opens the ledger as its last durable block left it, however the game ended.</summary>
    public Task<LedgerHost> OpenAsync()
    {
        LedgerBuilder builder = LedgerBuilder.For(Profile)
            .UseStore(SqliteChainStore.Open(Path.Combine(folder, "cats.db")))
            .UseEntropy(EntropyOf("ledger", isScripted))
            .UseAuthority(_keys["house"]);
        foreach (string name in s_names) builder.Allocate(AddressOf(name), 1_000);
        if (isScripted) builder.UseTime(new StillClock());
        return builder.StartAsync();
    }

    public void Dispose()
    {
        foreach (PrivateKey key in _keys.Values) key.Dispose();
    }

    private static IEntropySource EntropyOf(string name, bool isScripted) => isScripted ? new SameBytes(name) : SystemEntropy.Instance;

    /// <summary>Repeats 32 bytes. For scripts alone: anyone can compute such keys.</summary>
    private sealed class SameBytes(string name) : IEntropySource
    {
        private readonly byte[] _bytes = Sha3_256.Hash(Encoding.UTF8.GetBytes(name)).ToArray();

        public void Fill(Span<byte> destination)
        {
            for (int i = 0; i < destination.Length; i++) destination[i] = _bytes[i % _bytes.Length];
        }
    }

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
