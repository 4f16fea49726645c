using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

public sealed class LedgerPoolTests
{
    [Test]
    public async Task Find_WhatWasSubmitted_IsThereUntilABlockHoldsIt()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address owner = Profiles.Development.Signatures.AddressOf(key.PublicKey);
        ChainProfile cheap = Profiles.Development with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(16)) };
        await using LedgerHost ledger = await LedgerBuilder.For(cheap).Allocate(owner, 100).FollowOthers().StartAsync().Soon();
        Transaction transfer = Transfer.Sign(key, owner, 5, ledger.Context);
        TransactionId id = cheap.Format.SigningDigest(transfer, ledger.ChainId);
        Assert.That((ledger.Pool.StatusOf(id), ledger.Pool.Find(id)), Is.EqualTo((PoolStatus.Outside, (HashedTransaction?)null)));

        Assert.That((await ledger.Pool.SubmitAsync(transfer).Soon()).IsValid);
        Assert.That((ledger.Pool.Count, ledger.Pool.WaitingCount, ledger.Pool.StatusOf(id)), Is.EqualTo((1, 0, PoolStatus.Ready)));
        Assert.That(ledger.Pool.Find(id)!.Transaction, Is.EqualTo(transfer));

        Assert.That((await ledger.SubmitBlockAsync(new BlockMaker(ledger.Profile).Next(owner, transfer)).Soon()).IsValid);
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That((ledger.Pool.Count, ledger.Pool.Find(id)), Is.EqualTo((0, (HashedTransaction?)null)));
    }
}
