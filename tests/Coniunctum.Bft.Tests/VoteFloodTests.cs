using System.Buffers.Binary;
using System.Diagnostics;
using System.Threading.Channels;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Bft.Tests;

/// <summary>
/// Votes with signatures of no validator, each of which a node must check: on the threads that users run.
/// CONIUNCTUM_LONG=1 sends 100,000, and prints how long they take against a thread for each.
/// </summary>
[Category("Long")]
[NonParallelizable]
public sealed class VoteFloodTests : IChainMachine, IEffectSink<NodeEffect>
{
    // As many of one peer as have room here, written out once more.
    private const int MostAtOnce = 2_048;

    // How many threads a node of before had at a time, one for each vote.
    private const int ThreadsOfBefore = 256;

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";
    private static readonly int s_votes = s_isLong ? 100_000 : 3_000;
    private static readonly ISignatureScheme s_scheme = new Secp256k1Scheme<Sha3_256>();

    private readonly Channel<NodeInput> _answers = Channel.CreateUnbounded<NodeInput>();
    private EffectRunner _runner = null!;
    private BftConsensus _rule = null!;
    private ITopicRule _topics = null!;
    private int _rejected;

    HaltReason? IChainMachine.HaltReason => null;

    ITopicRule? IChainMachine.Topics => _topics;

    [TearDown]
    public async Task Dispose() => await _runner.DisposeAsync();

    [Test]
    public async Task Votes_OfAFlood_AreCheckedByFewThreads()
    {
        PrivateKey[] keys = [.. Enumerable.Range(1, 4).Select(KeyOf)];
        var set = ValidatorSet.Of(keys.Select(key => new Validator(s_scheme.AddressOf(key.PublicKey), 1)));
        _rule = new BftConsensus(set);
        ChainProfile profile = World.ProfileOf(StandardFormat.Instance) with { Signatures = s_scheme, Consensus = _rule };
        _topics = _rule.Build(profile, default).Topics!;
        _rejected = 0;
        _runner = new EffectRunner(profile, new MemoryChainStore(), new Clock(TimeProvider.System), _answers.Writer.TryWrite);
        var node = new NodeCore<VoteFloodTests>(this, new BftProducer(_rule, keys[0], profile, SystemEntropy.Instance), SystemEntropy.Instance);
        byte[] signature = new byte[s_scheme.SignatureSize];
        s_scheme.Sign(keys[1], Sha3_256.Hash("something else"u8), signature);
        int most = 0, before = Threads();
        try
        {
            node.Step(new NodeInput.Started(default, _ => null), default, this);
            long start = Stopwatch.GetTimestamp();
            for (int sent = 0; _rejected < s_votes;)
            {
                if (sent < s_votes && sent - _rejected < MostAtOnce)
                {
                    node.Step(new NodeInput.MessageArrived(BftTopics.VoteTopic, new PeerId(1), Vote(++sent, set[1].Address, signature).Encode()), default, this);
                    continue;
                }

                node.Step(await _answers.Reader.ReadAsync(), default, this);
                most = Math.Max(most, Threads());
            }

            TimeSpan took = Stopwatch.GetElapsedTime(start);
            await TestContext.Out.WriteLineAsync(Invariant($"{s_votes} votes: {took.TotalSeconds:F2} s, at most {most - before} threads more than the {before} before, {Environment.ProcessorCount} processors."));
            Assert.That(most - before, Is.LessThanOrEqualTo(Environment.ProcessorCount + 4));
            if (s_isLong) await CompareAsync(set, signature, took);
        }
        finally
        {
            foreach (PrivateKey key in keys) key.Dispose();
        }
    }

    void IChainMachine.Step(IChainInput input, Timestamp now, IEffectSink<IChainEffect> effects)
    {
        if (input is not NodeInput.Started) return;
        var header = new BlockHeader { Height = 0, Nonce = 0, Previous = default, MerkleRoot = default, Target = default, Timestamp = default };
        effects.Emit(new ProducerInput.TipChanged(new HeaderView(header, default, default), new BftState(_rule.Validators, _rule.Validators), 0));
    }

    void IEffectSink<NodeEffect>.Emit(NodeEffect effect)
    {
        if (effect is NodeEffect.VerifySignatures or NodeEffect.StartJob) _runner.Run(effect);
        if (effect is not NodeEffect.MessageJudged judged) return;
        Assert.That(judged.Verdict, Is.EqualTo(MessageVerdict.Rejected), "each was checked, and none was good");
        _rejected++;
    }

    /// <summary>The same checks, each on a thread of its own, as many at a time as before.</summary>
    private static async Task CompareAsync(ValidatorSet set, byte[] signature, TimeSpan shared)
    {
        int before = Threads(), most = 0;
        long start = Stopwatch.GetTimestamp();
        using var places = new SemaphoreSlim(ThreadsOfBefore);
        var tasks = new List<Task>(s_votes);
        for (int i = 1; i <= s_votes; i++)
        {
            await places.WaitAsync();
            SignatureClaim claim = BftMessage.Decode(Vote(i, set[1].Address, signature).Encode())!.ClaimIn(default);
            tasks.Add(Task.Factory.StartNew(
                () =>
                {
                    SignatureVerifier.Recover(s_scheme, [claim]);
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
