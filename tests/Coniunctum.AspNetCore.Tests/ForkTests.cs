using Coniunctum.AspNetCore.Tests.Support;
using Coniunctum.Client.Models;
using Coniunctum.Ledger;

namespace Coniunctum.AspNetCore.Tests;

/// <summary>Branches beside the best chain.</summary>
internal sealed class ForkTests
{
    [Test]
    public async Task Forks_AreTheHeadsOfBranches_TheHighestFirst_WithWhereTheyLeave()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(chain.Ledger);
        await chain.ExtendAsync(5);
        Assert.That((await site.Client.ForksAsync()).Forks, Is.Empty);
        HashedBlock lost = chain.Tip;
        await chain.ExtendAsync(1, chain.Ledger.Chain.BlockAt(1));
        await chain.ReorganizeAsync(2);
        ForkModel[] forks = [.. (await site.Client.ForksAsync()).Forks];
        Assert.That(forks.Select(fork => (fork.Height, fork.ForkHeight)), Is.EqualTo(new[] { (5UL, 3UL), (2UL, 1UL) }));
        Assert.That(forks[0].Id, Is.EqualTo(lost.Id.ToString()));
        BlockModel aside = await site.Client.BlockAsync(forks[0].Id);
        Assert.That((aside.Confirmations, aside.Final), Is.EqualTo((0UL, false)), "it was part of the best chain once");
    }
}
