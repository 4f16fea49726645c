using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Traffic;

/// <summary>
/// The first paper's test module: random transfers among the accounts, most of them valid, the others each breaking one rule;
/// and invalid blocks. What the ledger says of each is compared with what it should say.
/// </summary>
internal sealed class TrafficModule
{
    // One transfer in so many breaks a rule; the faults take turns.
    private const int FaultEvery = 5;

    // What was late is not caught up beyond this, so that a busy machine is not driven further into its delay.
    private const int MaxBatch = 100;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(20);

    private readonly LedgerHost _ledger;
    private readonly IReadOnlyList<DevAccount> _accounts;
    private readonly TransferPlanner _planner;
    private readonly SeededEntropy _blockEntropy;
    private readonly SeededEntropy _probeEntropy;
    private readonly TimeProvider _time;
    private readonly Action<Judgement> _report;
    private readonly TransferFault[] _transferFaults;
    private readonly BlockFault[] _tipFaults;
    private int _nextTransferFault;
    private int _nextTipFault;
    private BlockId _refused;

    public TrafficModule(
        LedgerHost ledger, IReadOnlyList<DevAccount> accounts, ulong seed, ulong begin, TimeProvider time, Action<Judgement> report)
    {
        _ledger = ledger;
        _accounts = accounts;
        _planner = new TransferPlanner(ledger, accounts, new SeededEntropy(seed, $"traffic from {begin}"));
        _blockEntropy = new SeededEntropy(seed, $"blocks from {begin}");
        _probeEntropy = new SeededEntropy(seed, $"probe from {begin}");
        _time = time;
        _report = report;
        _transferFaults = [.. TransferFault.All.Where(fault => fault.AppliesTo(ledger.Profile))];
        _tipFaults = [.. BlockFault.All.Where(fault => fault.Stage == BlockFault.AlteredWhen.WithoutProof && fault.AppliesTo(ledger.Profile))];
    }

    /// <summary>Breaks every rule that can be broken once, however short the run is.</summary>
    public async Task OpenAsync()
    {
        if (_planner.PlanValid() is { } valid) _report(await SubmitAsync(valid, null));
        foreach (TransferFault fault in _transferFaults)
        {
            if (_planner.PlanValid() is { } plan) _report(await SubmitAsync(fault.Break(plan, _planner), fault));
        }

        var probe = new InvalidBlockProbe(_ledger.Profile, _accounts[0].Address, Timestamp.From(_time.GetUtcNow()), _probeEntropy);
        foreach (Judgement judgement in probe.Run()) _report(judgement);
    }

    /// <summary>Sends transfers at a rate until it is cancelled.</summary>
    public async Task SendAsync(int perSecond, CancellationToken cancellation)
    {
        long start = _time.GetTimestamp();
        long due = 0;
        using var timer = new PeriodicTimer(s_tick, _time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            long dueNow = (long)(_time.GetElapsedTime(start).TotalSeconds * perSecond);
            var answers = new List<Task<Judgement>>();
            for (long number = Math.Max(due, dueNow - MaxBatch); number < dueNow; number++)
            {
                // Without funds, or with full queues, blocks must come first.
                if (_planner.PlanValid() is not { } plan) break;
                TransferFault? fault = number % FaultEvery == FaultEvery - 1 ? _transferFaults[_nextTransferFault++ % _transferFaults.Length] : null;
                answers.Add(SubmitAsync(fault is null ? plan : fault.Break(plan, _planner), fault));
            }

            due = dueNow;
            foreach (Judgement judgement in await Task.WhenAll(answers)) _report(judgement);
        }
    }

    /// <summary>Takes note of a block of the chain, and submits a copy of it that breaks a rule.</summary>
    public async Task FollowAsync(HashedBlock block)
    {
        _planner.Follow(block);
        BlockFault fault = _tipFaults[_nextTipFault++ % _tipFaults.Length];
        var context = new BlockFaultContext(_ledger.Profile, _blockEntropy, Timestamp.From(_time.GetUtcNow()), _refused);
        HashedBlock broken = fault.Break(new BlockPlan(block.Header, [.. block.Block.Transactions]), context).Hash(_ledger.Profile.Format, _ledger.ChainId);
        Verdict verdict = await _ledger.SubmitBlockAsync(broken);
        if (fault.Rule == BlockRule.ProofInvalid) _refused = broken.Id;
        _report(Judgement.Of(fault, verdict));
    }

    private async Task<Judgement> SubmitAsync(TransferPlan plan, TransferFault? fault)
    {
        Transaction transaction = _planner.Sign(plan);
        TransactionId id = _planner.IdOf(transaction);
        if (fault is null) _planner.Book(id, plan);
        Admission admission = await _ledger.SubmitAsync(transaction);
        Judgement judgement = Judgement.Of(fault, admission);
        if (!judgement.IsValid) return judgement;

        if (fault is null) _planner.Accepted(plan);
        return judgement with { Transfer = new AcceptedTransfer(id, plan.Payer.Number, NumberOf(plan.Receiver), plan.Amount) };
    }

    private int NumberOf(Address address) => _accounts.FirstOrDefault(account => account.Address == address)?.Number ?? 0;
}
