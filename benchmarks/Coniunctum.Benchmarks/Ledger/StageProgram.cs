using System.Diagnostics;
using System.Globalization;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>The quick mode <c>stages</c>: what each stage of a block's way costs a transfer, one after the other on one core.</summary>
internal static class StageProgram
{
    private const int Seed = 20260101;

    // What runs first is compiled in a hurry, and again while it runs: as many blocks as are timed go before them.
    private const int PassesPerTime = 2;

    public static int Run(string[] args, TextWriter output)
    {
        int accounts = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
        int transfers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 500;
        int blocks = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : Math.Max(10, 60_000 / transfers);
        using var chain = new TransferChain(Profiles.Standard, accounts, signed: true, Seed);
        ReadOnlyMemory<byte>[] encoded = [.. Enumerable.Range(0, PassesPerTime * blocks).Select(_ => chain.Next(transfers))];

        var state = new LedgerState(chain.Profile.Format.Traits, default);
        state.Apply(GenesisBlock.Create(chain.Profile).Delta);
        var decode = new Stage("decode and hash");
        var body = new Stage("check alone");
        var signatures = new Stage("signatures");
        var execute = new Stage("execute and roots");
        foreach (ReadOnlyMemory<byte> bytes in encoded)
        {
            HashedBlock block = decode.Time(() =>
            {
                HashedBlock.Decode(bytes, chain.Profile.Format, chain.Profile.Limits, chain.Genesis.Id, out HashedBlock? decoded);
                return decoded!;
            });
            Require(body.Time(() => BlockRules.CheckBody(block, chain.Profile)).IsValid);
            SignatureClaim[] claims = [.. block.Transactions.Skip(1).Select(transaction =>
                new SignatureClaim(transaction.Id.Value, transaction.Transaction.Signature, transaction.Transaction.Sender))];
            Require(signatures.Time(() => SignatureVerifier.Recover(chain.Profile.Signatures, claims))
                .Zip(claims).All(pair => pair.First.Signer == pair.Second.Signer));
            Require(execute.Time(() =>
            {
                var overlay = new StateOverlay(state);
                Verdict verdict = BlockRules.Execute(block, chain.Profile, overlay, Work.FromTarget(block.Header.Target), out _);
                if (verdict.IsValid) state.Apply(overlay.Total());
                return verdict;
            }).IsValid);
        }

        output.WriteLine(Invariant($"{blocks} blocks of {transfers} transfers, {accounts} accounts, seed {Seed}; medians over blocks, microseconds a transfer"));
        foreach (Stage stage in (Stage[])[decode, body, signatures, execute])
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {stage.Name,-20} {stage.Median / transfers,8:0.000} [{stage.Least / transfers:0.000}–{stage.Greatest / transfers:0.000}]"));
        return 0;
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new InvalidOperationException("The workload is wrong: a block that must be valid is not.");
    }

    private sealed class Stage(string name)
    {
        private readonly List<double> _microseconds = [];

        public string Name => name;

        public double Median => Timed.Order().ElementAt(Timed.Count() / 2);

        public double Least => Timed.Min();

        public double Greatest => Timed.Max();

        private IEnumerable<double> Timed => _microseconds.Skip(_microseconds.Count / PassesPerTime);

        public T Time<T>(Func<T> work)
        {
            long start = Stopwatch.GetTimestamp();
            T result = work();
            _microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            return result;
        }
    }
}
