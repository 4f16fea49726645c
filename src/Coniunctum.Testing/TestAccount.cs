using Coniunctum.Crypto;

namespace Coniunctum.Testing;

/// <summary>
/// One of the accounts that a test ledger funds. Their keys are the same in each run and on each machine, and everyone may know them:
/// they protect nothing.
/// </summary>
public sealed class TestAccount
{
    /// <summary>How many accounts a test ledger funds: 10.</summary>
    public const int Count = 10;

    private TestAccount(int number, PrivateKey key, ISignatureScheme scheme) => (Number, Key, Address) = (number, key, scheme.AddressOf(key.PublicKey));

    /// <summary>1 to 10, for people.</summary>
    public int Number { get; }

    /// <summary>Its key, which the ledger disposes.</summary>
    public PrivateKey Key { get; }

    /// <summary>Its address under the ledger's profile.</summary>
    public Address Address { get; }

    /// <summary>Returns "account 3".</summary>
    public override string ToString() => NameOf(Number);

    /// <summary>Makes the accounts: the key of account n is drawn from the stream of its name.</summary>
    internal static TestAccount[] Derive(ISignatureScheme scheme) =>
        [.. Enumerable.Range(1, Count).Select(number => new TestAccount(number, PrivateKey.Generate(new SeededEntropy(0, NameOf(number))), scheme))];

    private static string NameOf(int number) => Invariant($"account {number}");
}
