using Coniunctum.Consensus;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coniunctum.Hosting;

/// <summary>Starts and stops a ledger with its host, and logs what becomes of it. The container disposes it.</summary>
/// <param name="find">Makes the ledger, when the host has checked its options.</param>
/// <param name="logger">Takes what becomes of it.</param>
internal sealed class LedgerService(Func<LedgerHost> find, ILogger? logger) : IHostedService
{
    private readonly ILogger _logger = logger ?? NullLogger.Instance;
    private LedgerHost? _ledger;
    private Task _watching = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        LedgerHost ledger = _ledger = find();
        await ledger.StartAsync(cancellationToken).ConfigureAwait(false);
        LedgerLog.Started(_logger, ledger.Profile.Name, ledger.ChainId, ledger.Tip.Header.Height);
        foreach (string address in ledger.Network?.Addresses ?? []) LedgerLog.Listens(_logger, address);
        _watching = Task.WhenAll(WatchChainAsync(ledger), WatchRefusalsAsync(ledger));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_ledger is not { } ledger) return;
        await ledger.StopAsync(cancellationToken).ConfigureAwait(false);
#pragma warning disable VSTHRD003 // Started by StartAsync; both ends come with the ledger's.
        await _watching.WaitAsync(cancellationToken).ConfigureAwait(false);
#pragma warning restore VSTHRD003
        LedgerLog.Stopped(_logger, ledger.Profile.Name);
    }

    private async Task WatchChainAsync(LedgerHost ledger)
    {
        try
        {
            await foreach (LedgerEvent change in ledger.EventsAsync(ledger.Tip.Id).ConfigureAwait(false))
            {
                if (change is LedgerEvent.Disconnected)
                    LedgerLog.Disconnected(_logger, change.Block.Header.Height, change.Block.Id);
                else
                    LedgerLog.Connected(_logger, change.Block.Header.Height, change.Block.Id, change.Block.Transactions.Count);
            }
        }
        catch (LedgerHaltedException halted)
        {
            if (halted.Reason.Code != HaltCode.Stopped) LedgerLog.Halted(_logger, halted.Reason.Code, halted.Reason.Text);
        }
        catch (ObjectDisposedException)
        {
            // Stopped before this began to look.
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException)
        {
            // A block that is told of is read from the store, which may have failed before the ledger has said so.
            LedgerLog.NotWatched(_logger, exception);
            if (ledger.Halted is { } reason) LedgerLog.Halted(_logger, reason.Code, reason.Text);
        }
    }

    private async Task WatchRefusalsAsync(LedgerHost ledger)
    {
        if (ledger.Network is not { } network) return;
        try
        {
            await foreach (NetworkRefusal refusal in network.RefusalsAsync().ConfigureAwait(false))
                LedgerLog.Refused(_logger, refusal.Block is null ? "transaction" : "block", refusal.Block?.ToString() ?? refusal.Transaction?.ToString(), refusal.Node, refusal.Reason);
        }
        catch (LedgerHaltedException)
        {
            // Said by whoever watches the chain.
        }
        catch (ObjectDisposedException)
        {
            // Stopped before this began to look.
        }
    }
}
