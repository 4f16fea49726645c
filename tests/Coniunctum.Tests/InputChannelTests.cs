using Coniunctum.Consensus;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

public sealed class InputChannelTests
{
    private static readonly PeerId s_peer = new(1);

    [Test]
    public async Task Add_OfAPeerWhoseShareIsFull_WaitsUntilOneWasTaken()
    {
        var channel = new InputChannel();
        while (channel.TryAdd(new FromPeer(s_peer)))
        {
            // As many as there is room for.
        }

        var waiting = new FromPeer(s_peer);
        Task<bool> added = channel.AddAsync(waiting).AsTask();
        Task<bool> second = channel.AddAsync(new FromPeer(s_peer)).AsTask();
        Assert.That((added.IsCompleted, second.IsCompleted), Is.EqualTo((false, false)));
        Assert.That(await channel.AddAsync(new FromPeer(new PeerId(2))), Is.True, "others have a share of their own");

        await using IAsyncEnumerator<NodeInput> taken = channel.ReadAllAsync().GetAsyncEnumerator();
        await taken.MoveNextAsync();
        Assert.That(await added.Soon(), Is.True);
        Assert.That(second.IsCompleted, Is.False, "the one that waited longer has the room");
        while (!ReferenceEquals(taken.Current, waiting)) await taken.MoveNextAsync().AsTask().Soon();
        Assert.That(await second.Soon(), Is.True);
    }

    [Test]
    public async Task End_ReleasesThoseWhoWaitForRoom()
    {
        var channel = new InputChannel();
        while (channel.TryAdd(new FromPeer(s_peer)))
        {
            // As many as there is room for.
        }

        Task<bool> waiting = channel.AddAsync(new FromPeer(s_peer)).AsTask();
        channel.End();
        Assert.That(await waiting.Soon(), Is.False);
        Assert.That(await channel.AddAsync(new FromPeer(new PeerId(2))), Is.False);
    }

    private sealed record FromPeer(PeerId Peer) : NodeInput.FromNetwork
    {
        public override PeerId From => Peer;

        public override int Size => 0;
    }
}
