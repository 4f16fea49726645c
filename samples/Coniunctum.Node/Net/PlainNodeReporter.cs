using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Output;

namespace Coniunctum.Node.Net;

/// <summary>Lines for people and for logs, each with its time.</summary>
internal sealed class PlainNodeReporter(CommandIo io, TimeProvider time) : INodeReporter
{
    // Where no one looks at a terminal, a line now and then is enough.
    private static readonly TimeSpan s_progressPause = TimeSpan.FromSeconds(5);

    private long? _progressTold;

    public void Started(NodeStart start)
    {
        io.Progress.Clear();
        (TextWriter output, NodeOptions options) = (io.Output, start.Options);
        output.WriteLine($"The network {PrintableText.Of(options.Profile.Name)}, rule {options.Profile.Consensus.RuleName}");
        output.WriteLine($"  chain     {start.ChainId}, at height {start.Height}");
        output.WriteLine($"  folder    {PrintableText.Of(options.Folder.Path)}");
        output.WriteLine($"  account   {start.Account}");
        WrappedText.Write(output, "  role      ", 12, NodeRoles.Describe(options.Role, options.Profile));
        if (start.Addresses.Count == 0) output.WriteLine("  listens   nowhere");
        foreach (string address in start.Addresses) output.WriteLine($"  listens   {address}");
        if (start.Http is { } http) output.WriteLine($"  browser   {http}");
        if (start.Cookie is { } cookie) output.WriteLine($"  cookie    {PrintableText.Of(cookie)}");
        if (options.Role is not NodeRole.Wallet and not NodeRole.Miner)
            WrappedText.Write(output, "  ", 2, $"'{CommandLine.ProgramName} invite --data {PrintableText.Of(options.Folder.Path)}' prints a link by which others join.");
        output.WriteLine();
    }

    public void Block(HashedBlock block, int pool, bool isDisconnected) => Line(isDisconnected
        ? $"block {block.Header.Height} {Figures.Short(block.Id)} has left the chain, which another one outweighs"
        : Invariant($"block {block.Header.Height,4}  {Figures.Short(block.Id)}  {block.Transactions.Count,4} transactions  pool {pool,3}"));

    public void Refused(NetworkRefusal refusal) => Line(
        $"refused {(refusal.Block is { } block ? $"block {block}" : $"transaction {refusal.Transaction}")} of {Of(refusal)}: {PrintableText.Of(refusal.Reason, int.MaxValue)}");

    public void Connected(NetworkPeer peer) => Line($"connected {(peer.IsOutbound ? "to" : "by")} {peer.Id} at {peer.Endpoint}, height {peer.Height}");

    public void Lost(NetworkPeer peer) => Line($"the connection with {peer.Id} at {peer.Endpoint} has ended");

    public void Failed(NetworkFailure failure) => Line($"not connected to {failure.Endpoint}: {PrintableText.Of(failure.Message, int.MaxValue)}");

    public void Synchronizing(SyncProgress progress)
    {
        if (io.IsErrorLive)
        {
            io.Progress.Report(progress);
            return;
        }

        if (_progressTold is { } told && time.GetElapsedTime(told) < s_progressPause) return;
        _progressTold = time.GetTimestamp();
        Line(progress.ToString());
    }

    public void Synchronized(ulong height) => Line($"synchronised at height {height}");

    public void SynchronizationFailed(string reason) => Line($"a synchronisation came to nothing: {PrintableText.Of(reason, int.MaxValue)}");

    public void Stopped(LedgerStatus status, TimeSpan elapsed)
    {
        io.Progress.Clear();
        io.Output.WriteLine();
        io.Output.WriteLine(Invariant($"Stopped at height {status.Tip.Header.Height}, {status.Tip.Id}, after {elapsed.TotalSeconds:0.0} s; {status.PoolCount} transactions are kept for the next start."));
    }

    private static string Of(NetworkRefusal refusal) => refusal.Node is { } node ? $"{node} at {refusal.Endpoint}" : "a node that has left";

    private void Line(string text)
    {
        io.Progress.Clear();
        io.Output.WriteLine(Invariant($"{time.GetLocalNow():HH:mm:ss}  {text}"));
    }
}
