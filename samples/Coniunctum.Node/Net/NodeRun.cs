using Coniunctum.Crypto;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Data;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Net;

/// <summary>A node from its start to its stop.</summary>
internal static class NodeRun
{
    public static async Task<int> RunAsync(NodeOptions options, CommandIo io, TimeProvider time, CancellationToken stop)
    {
        ApiSocket socket = ApiSocket.OfFolder(options.Folder.Path);
        if (socket.WhyImpossible is { } why) throw new BadInputException($"--data: {why}");
        options.Folder.Make();
        using PrivateKey account = options.Folder.OpenAccount();
        SqliteChainStore store = LedgerFiles.OpenOrCreate(options.Folder.Ledger, io.Progress, stop);
        try
        {
            ChainOfFile.Begin(store, options.Profile);
            await using LedgerHost ledger = await OpenAsync(options, account, store, io, time, stop);
            Address own = options.Profile.Signatures.AddressOf(account.PublicKey);
            var subject = new ApiSubject("node", ledger)
            {
                Role = options.Role.ToString().ToLowerInvariant(),
                Data = Path.GetFullPath(options.Folder.Path),
                Store = store,
                Account = own,
            };
            await using ApiServer server = await ApiServer.StartAsync(subject, socket, time, stop);
            using ApiCookie? cookie = options.Http is null ? null : ApiCookie.Create(socket.Folder, SystemEntropy.Instance);
            await using HttpServer? http = options.Http is { } listen ? await HttpServer.StartAsync(subject, listen, cookie, time, stop) : null;
            INodeReporter reporter = options.Json ? new JsonNodeReporter(io.Output) : new PlainNodeReporter(io, time);
            var session = new NodeSession(ledger, reporter, time);
            LedgerNetwork network = ledger.Network!;
            reporter.Started(new NodeStart(
                options, ledger.ChainId.ToString(), ledger.Tip.Header.Height, network.Id.ToString(), own.ToText(options.Profile.AddressPrefix), network.Addresses)
            { Http = http?.Address, Cookie = cookie?.Path });
            await session.RunAsync(options.Duration, stop);
            if (ledger.Halted is { } reason) throw new LedgerHaltedException(reason);
            return ExitCode.Success;
        }
        finally
        {
            store.Dispose();
        }
    }

    private static async Task<LedgerHost> OpenAsync(NodeOptions options, PrivateKey account, SqliteChainStore store, CommandIo io, TimeProvider time, CancellationToken stop)
    {
        var network = new NetworkOptions { KeyFile = options.Folder.NodeKey, PeersFile = options.PeersFile };
        foreach (string endpoint in options.Listen) network.Listen.Add(endpoint);
        foreach (string peer in options.Peers) network.Peers.Add(peer);
        LedgerBuilder builder = LedgerBuilder.For(options.Profile)
            .UseStore(store)
            .UseTime(time)
            .UseIndex(chain => SqliteChainIndex.Open(options.Folder.Index, chain))
            .UseNetwork(network)
            .ReportTo(io.Progress);
        BlockMaking.Choose(builder, options, account);
        try
        {
            return await builder.StartAsync(stop);
        }
        catch (NetworkStartException exception)
        {
            throw new BadInputException($"{OptionOf(exception.Fault)}: {exception.Message}");
        }
        catch (OtherChainException exception)
        {
            throw new BadInputException($"The folder {Quoted.Of(options.Folder.Path)} holds another chain: {exception.Message}");
        }
        finally
        {
            io.Progress.Clear();
        }
    }

    private static string OptionOf(NetworkStartFault fault) => fault switch
    {
        NetworkStartFault.KeyFile => "--data",
        NetworkStartFault.PeersFile => "--peers-file",
        _ => "--listen",
    };
}
