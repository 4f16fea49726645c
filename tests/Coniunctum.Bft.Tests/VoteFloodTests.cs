using System.Buffers.Binary;
using System.Diagnostics;
using System.Threading.Channels;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Bft.Tests;

/// <summary>
/// Votes with signatures of no validator, each of which a validator must check: on the threads that users run.
/// CONIUNCTUM_LONG=1 sends 100,000, and prints how long they take against a thread for each.
/// </summary>
[Category("Long")]
[NonParallelizable]
public sealed class VoteFloodTests : IEffectSink<IProducerEffect>
{
    // What a validator checks at a time, written out once more.
    private const int MaxChecks = 256;

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";
    private static readonly int s_votes = s_isLong ? 100_000 : 3_000;
    private static readonly ISignatureScheme s_scheme = new Secp256k1Scheme<Sha3_256>();

    private readonly Channel<NodeInput> _answers = Channel.CreateUnbounded<NodeInput>();
    private EffectRunner _runner = null!;
    private int _started;

    [TearDown]
    public async Task Dispose() => await _runner.DisposeAsync();

    [Test]
    public async Task Votes_OfAFlood_AreCheckedByFewThreads()
    {
        PrivateKey[] keys = [.. Enumerable.Range(1, 4).Select(KeyOf)];
        var set = ValidatorSet.Of(keys.Select(key => new Validator(s_scheme.AddressOf(key.PublicKey), 1)));
        ChainProfile profile = World.ProfileOf(StandardFormat.Instance) with { Signatures = s_scheme, Consensus = new BftConsensus(set) };
        var producer = new BftProducer((BftConsensus)profile.Consensus, keys[0], profile, SystemEntropy.Instance);
        _runner = new EffectRunner(profile, new MemoryChainStore(), new Clock(TimeProvider.System), _answers.Writer.TryWrite);
        byte[] signature = new byte[s_scheme.SignatureSize];
        s_scheme.Sign(keys[1], Sha3_256.Hash("something else"u8), signature);
        int most = 0, before = Threads();
        try
        {
            Step(new NodeInput.Started(default, _ => null));
            var header = new BlockHeader { Height = 0, Nonce = 0, Previous = default, MerkleRoot = default, Target = default, Timestamp = default };
            Step(new ProducerInput.TipChanged(new HeaderView(header, default, default), new BftState(set, set), 0));
            int own = _started;
            long start = Stopwatch.GetTimestamp();
            for (int sent = 0, done = 0; done < s_votes + own;)
            {
                if (sent < s_votes && sent + own - done < MaxChecks)
                {
                    BftMessage vote = Vote(++sent, set[1].Address, signature);
                    Step(new NodeInput.MessageArrived(BftWire.VotesTopic, new PeerId(1), BftWire.Votes([vote])));
                    continue;
                }

                NodeInput answer = await _answers.Reader.ReadAsync();
                if (answer is not NodeInput.JobDone ended) continue;
                Step(ended);
                own = _started - sent;
                if (++done % 100 == 0) most = Math.Max(most, Threads());
            }

            TimeSpan took = Stopwatch.GetElapsedTime(start);
            Assert.That(_started, Is.GreaterThanOrEqualTo(s_votes), "each was checked");
            await TestContext.Out.WriteLineAsync(Invariant($"{s_votes} votes: {took.TotalSeconds:F2} s, at most {most - before} threads more than the {before} before, {Environment.ProcessorCount} processors."));
            Assert.That(most - before, Is.LessThanOrEqualTo(Environment.ProcessorCount + 4));
            if (s_isLong) await CompareAsync(profile, keys[0], set, signature, took);
        }
        finally
        {
            foreach (PrivateKey key in keys) key.Dispose();
        }

        void Step(IProducerInput input) => producer.Step(input, default, this);
    }

    void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect)
    {
        if (effect is not NodeEffect.StartJob start) return;
        _started++;
        _runner.Run(start);
    }

    /// <summary>The same checks, each on a thread of its own, as many at a time.</summary>
    private static async Task CompareAsync(ChainProfile profile, PrivateKey key, ValidatorSet set, byte[] signature, TimeSpan shared)
    {
        var jobs = new BftJobs(key, profile);
        int before = Threads(), most = 0;
        long start = Stopwatch.GetTimestamp();
        using var places = new SemaphoreSlim(MaxChecks);
        var tasks = new List<Task>(s_votes);
        for (int i = 1; i <= s_votes; i++)
        {
            await places.WaitAsync();
            IProducerJob job = jobs.Check([Vote(i, set[1].Address, signature)]);
            tasks.Add(Task.Factory.StartNew(
                () =>
                {
                    job.Run(default);
                    places.Release();
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));
            if (i % 100 == 0) most = Math.Max(most, Threads());
        }

        await Task.WhenAll(tasks);
        TimeSpan alone = Stopwatch.GetElapsedTime(start);
        await TestContext.Out.WriteLineAsync(Invariant($"A thread for each: {alone.TotalSeconds:F2} s, at most {most - before} threads more. Ratio {shared / alone:F2}."));
    }

    private static BftMessage Vote(int number, Address sender, byte[] signature)
    {
        byte[] block = new byte[Hash256.Size];
        BinaryPrimitives.WriteInt32BigEndian(block, number);
        return new BftMessage(BftMessageKind.Prevote, 1, 0, new BlockId(new Hash256(block)), -1, sender, signature);
    }

    private static PrivateKey KeyOf(int number)
    {
        PrivateKey.Read(Sha3_256.Hash([(byte)number]).AsSpan(), out PrivateKey? key);
        return key!;
    }

    private static int Threads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }
}
