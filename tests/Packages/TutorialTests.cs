using Coniunctum.Consensus.Pool;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Mining.Puzzles;
using CustomConsensus;

namespace Coniunctum.Packages.Tests;

/// <summary>docs/TUTORIAL.md, step by step.</summary>
#pragma warning disable MA0076 // A reader's own console may speak the reader's culture.
[CancelAfter(120_000)]
public sealed class TutorialTests
{
    [Test]
    public void Keys_SignWhatNobodyElseCan()
    {
        using PrivateKey alice = PrivateKey.Generate(SystemEntropy.Instance);
        ISignatureScheme scheme = Profiles.ConiunctumPaper.Signatures;
        Address aliceAddress = scheme.AddressOf(alice.PublicKey);
        Console.WriteLine(aliceAddress.ToText("mine"));   // mine1…, what others pay to

        byte[] signature = new byte[scheme.SignatureSize];
        Hash256 message = Sha3_256.Hash("Alice owes Bob 5."u8);
        scheme.Sign(alice, message, signature);
        bool isHers = scheme.Recover(message, signature, out Address signer).IsValid && signer == aliceAddress;

        Hash256 another = Sha3_256.Hash("Alice owes Bob 500."u8);
        bool isHersToo = scheme.Recover(another, signature, out signer).IsValid && signer == aliceAddress;
        Console.WriteLine($"{isHers}, {isHersToo}");      // True, False
        Assert.That((isHers, isHersToo), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task Chain_OfOnesOwn_IsMinedByThePapersPuzzle()
    {
        using PrivateKey alice = PrivateKey.Generate(SystemEntropy.Instance);
        using PrivateKey bob = PrivateKey.Generate(SystemEntropy.Instance);
        ISignatureScheme scheme = Profiles.ConiunctumPaper.Signatures;
        Address aliceAddress = scheme.AddressOf(alice.PublicKey), bobAddress = scheme.AddressOf(bob.PublicKey);

        ChainProfile profile = Profiles.ConiunctumPaper with
        {
            Name = "my-first-chain",
            AddressPrefix = "mine",
            Consensus = new ProofOfWork(Target.ForHashes(1 << 10), new Lwma(TimeSpan.FromSeconds(1)), puzzle: SquareSum.Bound),
            BlockInterval = TimeSpan.FromSeconds(1),
            TagWindow = 86_400,    // a payment may wait for half of this, in blocks
            RewardMaturity = 1,    // a miner may spend what the block before has paid
        };
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseProofOfWork(aliceAddress).StartAsync();

        await foreach (LedgerEvent change in ledger.EventsAsync())
        {
            HeaderView header = HeaderView.Of(change.Block);
            Console.WriteLine($"block {header.Height}: x = {header.Header.Nonce}, proof {SquareSum.Bound.ProofOf(header, profile.Format)}");
            if (header.Height == 3) break;
        }

        Transaction payment = Transfer.Sign(alice, to: bobAddress, amount: 5, ledger.Context);
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(payment);
        Console.WriteLine($"Bob owns {ledger.Balance(bobAddress)} since block {confirmation.Height}.");
        Assert.That(ledger.Balance(bobAddress), Is.EqualTo(5));

        Transaction honest = Transfer.Sign(alice, to: bobAddress, amount: 1, ledger.Context);
        var forged = new Transaction { Tag = honest.Tag, Sender = honest.Sender, Receiver = honest.Receiver, Amount = 2, Signature = honest.Signature };
        Admission admission = await ledger.SubmitAsync(forged);
        Console.WriteLine(admission.RuleName);    // SignatureInvalid

        Admission again = await ledger.SubmitAsync(payment);
        Console.WriteLine(again.RuleName);        // TagReused: the same payment is not made twice
        Assert.That((admission.RuleName, again.RuleName), Is.EqualTo(("SignatureInvalid", "TagReused")));

        TransactionReceipt? receipt = await ledger.Transactions.FindReceiptAsync(confirmation.Transaction);
        Console.WriteLine(receipt!.Verify(profile));    // True
        Assert.That(receipt.Verify(profile), Is.True);
    }

    [Test]
    public async Task Network_OfOnesOwnRule_AgreesOverConnections()
    {
        PrivateKey[] keys = [.. Enumerable.Range(0, 3).Select(_ => PrivateKey.Generate(SystemEntropy.Instance))];
        Address[] members = [.. keys.Select(key => Profiles.Standard.Signatures.AddressOf(key.PublicKey))];
        ChainProfile profile = Profiles.Standard with { Name = "turns", AddressPrefix = "turns" };

        Task<LedgerHost> StartAsync(int self, params string[] peers)
        {
            var network = new NetworkOptions { Listen = { "127.0.0.1:0" } };
            foreach (string peer in peers) network.Peers.Add(peer);
            return LedgerBuilder.For(profile)
                .Use(new RoundRobin(members), profile => new RoundRobinProducer(self, keys[self], members, profile))
                .UseNetwork(network)
                .StartAsync();
        }

        await using LedgerHost first = await StartAsync(0);
        string address = first.Network!.Addresses[0];
        await using LedgerHost second = await StartAsync(1, address);
        await using LedgerHost third = await StartAsync(2, address);

        await foreach (LedgerEvent change in third.EventsAsync())
        {
            Console.WriteLine($"block {change.Block.Header.Height}, final up to {third.Chain.FinalHeight}");
            if (change.Block.Header.Height == 4) break;
        }

        Console.WriteLine(first.Chain.IdAt(3) == third.Chain.IdAt(3));    // True: they have one chain
        Assert.That(first.Chain.IdAt(3), Is.Not.Null.And.EqualTo(third.Chain.IdAt(3)));
        foreach (PrivateKey key in keys) key.Dispose();
    }
}
