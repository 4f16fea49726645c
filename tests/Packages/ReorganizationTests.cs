using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;

namespace Coniunctum.Packages.Tests;

/// <summary>What the first example leaves out: two ledgers of one chain, of which one overtakes the other.</summary>
public sealed class ReorganizationTests
{
    private const ulong Grant = 1000;

    // A genesis that is not drawn anew, so that both ledgers are of the same chain.
    private static readonly ChainProfile s_profile =
        Profiles.Development with { Genesis = new GenesisSpec { Timestamp = Profiles.Development.Genesis.Timestamp } };

    [Test]
    [CancelAfter(120_000)]
    public async Task HeavierBranch_TakesOver_AndItsLosersTransferIsMinedAgain(CancellationToken cancellation)
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address sender = s_profile.Signatures.AddressOf(key.PublicKey);
        Address friend = NewAddress();
        LedgerHost loser = await StartAsync(sender, NewAddress(), cancellation);
        await using (loser)
        {
            Confirmation first = await loser.SubmitAndConfirmAsync(
                Transfer.Sign(key, friend, 1, loser.Context), cancellation: cancellation);
            Assert.That(first.Height, Is.EqualTo(1));

            foreach (HashedBlock block in await MineElsewhereAsync(key, sender, friend, cancellation))
            {
                Verdict verdict = await loser.SubmitBlockAsync(block, cancellation);
                Assert.That(verdict.IsValid, Is.True, verdict.ToString());
            }

            var seen = new List<string>();
            await foreach (LedgerEvent change in loser.EventsAsync(first.Block, cancellation))
            {
                seen.Add($"{(change is LedgerEvent.Connected ? '+' : '-')}{change.Block.Header.Height}");
                if (change.Block.Header.Height == 3) break;
            }

            // Its only block goes, the two of the other branch come, and the transfer that went with it is mined again.
            Assert.That(seen, Is.EqualTo(new[] { "-1", "+1", "+2", "+3" }));
            Assert.That(loser.Balance(friend), Is.EqualTo(1 + 10 + 100));
            Assert.That(loser.ReadView().Supply, Is.EqualTo(Grant + (3 * 50)));
        }

        Assert.That(
            () => loser.SubmitAsync(Transfer.Sign(key, friend, 1, loser.Context), cancellation),
            Throws.InstanceOf<ObjectDisposedException>());
    }

    private static async Task<List<HashedBlock>> MineElsewhereAsync(
        PrivateKey key, Address sender, Address friend, CancellationToken cancellation)
    {
        await using LedgerHost winner = await StartAsync(sender, NewAddress(), cancellation);
        await winner.SubmitAndConfirmAsync(Transfer.Sign(key, friend, 10, winner.Context), cancellation: cancellation);
        await winner.SubmitAndConfirmAsync(Transfer.Sign(key, friend, 100, winner.Context), cancellation: cancellation);
        Assert.That(winner.Tip.Header.Height, Is.EqualTo(2));
        return [winner.Chain.BlockAt(1)!, winner.Chain.BlockAt(2)!];
    }

    private static Task<LedgerHost> StartAsync(Address sender, Address miner, CancellationToken cancellation) => LedgerBuilder
        .For(s_profile)
        .Allocate(sender, Grant)
        .UseProofOfWork(miner, options: new MiningOptions { WaitsForTransactions = true })
        .StartAsync(cancellation);

    private static Address NewAddress()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        return s_profile.Signatures.AddressOf(key.PublicKey);
    }
}
