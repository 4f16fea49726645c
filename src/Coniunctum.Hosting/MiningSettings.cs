using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Mining;

namespace Coniunctum.Hosting;

/// <summary>What a configuration says of mining: settable properties of simple types.</summary>
public sealed class MiningSettings
{
    private const int MostThreads = 1024;

    /// <summary>Who gets the rewards: an address, as people write it under the ledger's profile or as 64 hexadecimal digits. Required.</summary>
    public string Reward { get; set; } = "";

    /// <summary>How many threads search: 1 to 1,024. Default: 1.</summary>
    public int Threads { get; set; } = 1;

    /// <summary>Whether to mine only while transactions wait. Default: <c>false</c>.</summary>
    public bool WaitsForTransactions { get; set; }

    /// <summary>How long a block with nothing but its reward waits (<see cref="MiningOptions.EmptyBlockInterval"/>). Default: <c>null</c>.</summary>
    public TimeSpan? EmptyBlockInterval { get; set; }

    /// <summary>Returns what is wrong with the settings, but for the address, which depends on the profile. Empty when all are right.</summary>
    public IReadOnlyList<OptionFault> Validate() => OptionFault.Collect(
        "",
        [
            string.IsNullOrWhiteSpace(Reward) ? new OptionFault(nameof(Reward), "empty", "the address that gets the rewards") : null,
            OptionFault.OfRange(nameof(Threads), Threads, 1, MostThreads),
            EmptyBlockInterval is { } interval && interval < TimeSpan.Zero ? new OptionFault(nameof(EmptyBlockInterval), Invariant($"{interval:c}"), "00:00:00 or more") : null,
        ]);

    /// <summary>Reads the address.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    internal Address ReadReward(string prefix)
    {
        if (Address.TryParse(Reward, out Address address)) return address;
        AddressOutcome outcome = Address.Read(Reward, prefix, out address);
        return outcome.IsValid ? address : throw new ArgumentException($"Reward is '{Reward}'; expected an address: {outcome.Message}");
    }

    internal MiningOptions ToOptions() => new() { WaitsForTransactions = WaitsForTransactions, EmptyBlockInterval = EmptyBlockInterval };
}
