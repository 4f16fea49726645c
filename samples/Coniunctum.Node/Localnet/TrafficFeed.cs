using System.Collections.Concurrent;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Localnet;

/// <summary>Pays at a rate among the accounts of a local network, each transfer by a node that is drawn.</summary>
internal sealed class TrafficFeed(LocalNetwork network, ulong seed, TimeProvider time)
{
    private const int MaxOutstanding = 256;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, int> _accepted = new(StringComparer.Ordinal);
    private int _outstanding;
    private long _refused;
    private long _unanswered;

    /// <summary>The transfers that a node said were in its pool, with that node's number.</summary>
    public IReadOnlyDictionary<string, int> Accepted => _accepted;

    /// <summary>How many a node refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>How many were given to a node that ended before it answered: they may be anywhere, or nowhere.</summary>
    public long Unanswered => Interlocked.Read(ref _unanswered);

    /// <summary>Sends until it is cancelled.</summary>
    public async Task SendAsync(int perSecond, CancellationToken cancellation)
    {
        var draw = new SeededEntropy(seed, "localnet traffic");
        Address[] addresses = [.. network.Accounts.Select(key => network.Profile.Signatures.AddressOf(key.PublicKey))];
        BlockId chainId = Ledger.Execution.GenesisBlock.Create(network.Profile).Block.Id;
        long start = time.GetTimestamp();
        long sent = 0;
        using var timer = new PeriodicTimer(s_tick, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            LocalNode[] up = [.. network.Nodes.Where(node => node.IsUp)];
            if (up.Length == 0) continue;
            ulong height = up.Max(node => node.Status?.Height ?? 0);
            for (long due = (long)(time.GetElapsedTime(start).TotalSeconds * perSecond); sent < due; sent++)
            {
                // What the nodes cannot keep up with is left out, not piled up.
                if (Volatile.Read(ref _outstanding) >= MaxOutstanding) continue;
                int from = draw.Below(addresses.Length), to = draw.Below(addresses.Length - 1);
                if (to >= from) to++;
                Transaction transfer = Transfer.Sign(
                    network.Accounts[from], addresses[to], 1 + (ulong)draw.Below(1_000), new TransferContext(network.Profile, chainId, height, SystemEntropy.Instance), fee: 1);
                Interlocked.Increment(ref _outstanding);
                _ = SubmitAsync(up[draw.Below(up.Length)], transfer, cancellation);
            }
        }
    }

    private async Task SubmitAsync(LocalNode node, Transaction transfer, CancellationToken cancellation)
    {
        try
        {
            SubmittedModel submitted = await node.Client.SubmitAsync(transfer, network.Profile, cancellation);
            if (submitted.Accepted) _accepted[submitted.Id] = node.Index;
            else Interlocked.Increment(ref _refused);
        }
        catch (Exception exception) when (exception is IOException or ApiProblemException or HttpRequestException or OperationCanceledException)
        {
            Interlocked.Increment(ref _unanswered);
        }
        finally
        {
            Interlocked.Decrement(ref _outstanding);
        }
    }
}
