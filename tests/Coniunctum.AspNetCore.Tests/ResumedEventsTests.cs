using Coniunctum.AspNetCore.Tests.Support;
using Coniunctum.Client;
using Coniunctum.Client.Models;

namespace Coniunctum.AspNetCore.Tests;

/// <summary>A subscriber whose connections break again and again has the chain all the same: no gap, nothing twice.</summary>
[Category("Long")]
internal sealed class ResumedEventsTests
{
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";
    private static readonly int s_reorganizations = s_isLong ? 100 : 20;

    [Test]
    public async Task Follow_OverReorganizations_WithConnectionsThatBreak_HasNoGapsAndNoDoubles()
    {
        int seed = s_isLong ? Environment.TickCount & 0xffff : 16;
        await TestContext.Out.WriteLineAsync(FormattableString.Invariant($"seed {seed}"));
        var random = new Random(seed);
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        var cuts = new CutConnections(seed, 2_500);
        await using Site site = await Site.StartAsync(app =>
        {
            cuts.Use(app);
            app.MapConiunctum(chain.Ledger);
        });
        await chain.ExtendAsync(6);
        var followed = new FollowedChain(chain.Forge.Genesis.Id.ToString());
        using var net = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        Task following = followed.FollowAsync(new LedgerClient(site.Http, new HastyTime()), net.Token);
        for (int i = 0; i < s_reorganizations; i++)
        {
            await chain.ExtendAsync(random.Next(3));
            await followed.UntilAsync(chain.Tip.Id.ToString(), following);
            await chain.ReorganizeAsync(random.Next(1, 6));
        }

        await followed.UntilAsync(chain.Tip.Id.ToString(), following);
        await net.CancelAsync();
        Assert.That(async () => await following, Throws.InstanceOf<OperationCanceledException>());
        await TestContext.Out.WriteLineAsync(FormattableString.Invariant($"{followed.Changes} changes, {followed.Reorganizations} reorganizations, {cuts.Count} connections broken"));
        Assert.That(followed.Reorganizations, Is.EqualTo(s_reorganizations));
        Assert.That(cuts.Count, Is.GreaterThan(s_reorganizations / 2));
        Assert.That(followed.Ids, Is.EqualTo(chain.Forge.ChainTo(chain.Tip).Select(block => block.Id.ToString())));
    }

    /// <summary>Keeps the chain that the changes say there is. A gap or a double does not fit.</summary>
    private sealed class FollowedChain(string genesis)
    {
        private readonly Lock _gate = new();
        private readonly List<string> _ids = [genesis];
        private bool _isUndoing;

        public int Changes { get; private set; }

        public int Reorganizations { get; private set; }

        public IEnumerable<string> Ids => _ids.Skip(1);

        public async Task FollowAsync(LedgerClient client, CancellationToken cancellation)
        {
            await foreach (ChangeModel change in client.FollowAsync(genesis, cancellation))
            {
                lock (_gate) Take(change);
            }
        }

        public async Task UntilAsync(string tip, Task following)
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_ids[^1].Equals(tip, StringComparison.Ordinal)) return;
                }

                await Task.WhenAny(following, Task.Delay(TimeSpan.FromMilliseconds(2)));
                if (following.IsCompleted) await following;
            }
        }

        private void Take(ChangeModel change)
        {
            Changes++;
            if (change.Event is "disconnected")
            {
                Assert.That(change.Id, Is.EqualTo(_ids[^1]), "only the tip is undone");
                _ids.RemoveAt(_ids.Count - 1);
                if (!_isUndoing) Reorganizations++;
                _isUndoing = true;
                return;
            }

            Assert.That((change.Event, change.Previous, change.Height), Is.EqualTo(("block", _ids[^1], (ulong)_ids.Count)));
            _ids.Add(change.Id);
            _isUndoing = false;
        }
    }
}
