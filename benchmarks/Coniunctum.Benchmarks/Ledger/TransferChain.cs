using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;
using Coniunctum.Mining;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// Makes blocks full of transfers between accounts that genesis funds, one behind the other, every one valid. The same seed
/// gives the same chain.
/// </summary>
internal sealed class TransferChain : IDisposable
{
    private const ulong Grant = 1_000_000_000_000;
    private const int SignatureBytes = 65;

    // Signed transfers come from a part of the accounts, since every key costs a derivation; to all of them.
    private const int MaxSigners = 8192;

    private readonly Random _random;
    private readonly Address[] _accounts;
    private readonly PrivateKey[] _keys;
    private readonly LedgerState _state;
    private readonly int _validFor;
    private HashedBlock _tip;
    private ulong _transfers;

    /// <summary>Starts a chain.</summary>
    /// <param name="format">A profile whose format and limits the chain has.</param>
    /// <param name="accounts">How many accounts genesis funds.</param>
    /// <param name="signed">Whether transfers are signed; otherwise the profile's scheme believes everyone.</param>
    /// <param name="seed">What everything is drawn from.</param>
    /// <param name="founder">What genesis grants the first account instead, if the others get theirs by <see cref="Found"/>.</param>
    /// <param name="validFor">For how many blocks transfers are valid, and their tags remembered, at most.</param>
    public TransferChain(ChainProfile format, int accounts, bool signed, int seed, ulong? founder = null, int validFor = 60)
    {
        _validFor = validFor;
        _random = new Random(seed);
        _keys = new PrivateKey[signed ? Math.Min(accounts, MaxSigners) : 0];
        _accounts = new Address[accounts];
        Parallel.For(0, accounts, i =>
        {
            Span<byte> secret = stackalloc byte[32];
            BinaryPrimitives.WriteUInt64BigEndian(secret, (ulong)seed);
            BinaryPrimitives.WriteUInt64BigEndian(secret[24..], (ulong)i + 1);
            _accounts[i] = new Address(Sha3_256.Hash(secret));
            if (i >= _keys.Length) return;
            PrivateKey.Read(secret, out PrivateKey? key);
            _keys[i] = key!;
            _accounts[i] = format.Signatures.AddressOf(key!.PublicKey);
        });

        Profile = format with
        {
            Name = "transfers",
            Signatures = signed ? format.Signatures : new UncheckedSignatures(),
            Consensus = new ProofOfWork(ProofOfWork.TargetFor(1)),
            Limits = format.Limits with { MaxBlockBytes = 4 * 1024 * 1024 },
            Genesis = new GenesisSpec
            {
                Timestamp = format.Genesis.Timestamp,
                Allocations = founder is { } everything
                    ? [new GenesisSpec.Allocation(_accounts[0], everything)]
                    : [.. _accounts.Select(account => new GenesisSpec.Allocation(account, Math.Min(Grant, format.Format.Traits.MaxAmount / 2)))],
            },
        };
        GenesisBlock genesis = GenesisBlock.Create(Profile);
        Genesis = genesis.Block;
        _tip = genesis.Block;
        _state = new LedgerState(Profile.Format.Traits, default);
        _state.Apply(genesis.Delta);
        LastDelta = genesis.Delta;
    }

    public ChainProfile Profile { get; }

    /// <summary>Those that genesis funds.</summary>
    public IReadOnlyList<Address> Accounts => _accounts;

    /// <summary>What the newest block changed.</summary>
    public StateDelta LastDelta { get; private set; }

    public HashedBlock Genesis { get; }

    public int AccountCount => _state.AccountCount;

    /// <summary>The newest block.</summary>
    public HashedBlock Tip => _tip;

    /// <summary>The state at the tip.</summary>
    public LedgerState State => _state;

    /// <summary>Makes the next block, and moves the tip to it.</summary>
    /// <param name="transfers">How many transfers it holds beside its reward.</param>
    public ReadOnlyMemory<byte> Next(int transfers) => Next(transfers, (height, _) => Draw(height));

    /// <summary>Makes a block in which the first account pays others, one after another.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="amount">What each gets.</param>
    public ReadOnlyMemory<byte> Found(int from, int count, ulong amount) => Next(count, (height, i) => Pay(height, 0, from + i, amount));

    /// <summary>Makes the next block of given transactions, and moves the tip to it.</summary>
    /// <param name="transfers">How many.</param>
    /// <param name="draw">Makes one, of the block's height and its place among them.</param>
    public ReadOnlyMemory<byte> Next(int transfers, Func<ulong, int, Transaction> draw)
    {
        HashedBlock block = Prepare(transfers, draw);
        var overlay = new StateOverlay(_state);
        Require(BlockRules.Execute(block, Profile, overlay, Work.FromTarget(block.Header.Target), out _));
        Move(block, overlay.Total());
        return block.Encoded;
    }

    /// <summary>Makes a next block; the tip stays.</summary>
    /// <param name="transfers">How many transfers it holds beside its reward.</param>
    public HashedBlock Prepare(int transfers) => Prepare(transfers, (height, _) => Draw(height));

    /// <summary>Makes a next block of given transactions; the tip stays.</summary>
    /// <param name="transfers">How many.</param>
    /// <param name="draw">Makes one, of the block's height and its place among them.</param>
    public HashedBlock Prepare(int transfers, Func<ulong, int, Transaction> draw)
    {
        var overlay = new StateOverlay(_state);
        var execution = new BlockExecution(Profile, overlay);
        bool rewardFirst = Profile.Format.Traits.RewardAppliesFirst;
        Transaction[] all = new Transaction[1 + transfers];
        for (int i = 1; i <= transfers; i++) all[i] = draw(execution.Height, i - 1);
        SignAll(all.AsMemory(1));
        if (rewardFirst) Require(execution.ApplyReward(all[0] = BlockAssembly.RewardOf(execution, _accounts[0])));
        for (int i = 1; i <= transfers; i++) Require(execution.Apply(all[i]));
        if (!rewardFirst) Require(execution.ApplyReward(all[0] = BlockAssembly.RewardOf(execution, _accounts[0])));

        Hash256 history = overlay.HistoryRoot;
        // The state's root does not depend on the identity, which the history takes in: whoever moves to the block does it again.
        execution.Complete(default, Work.Zero);
        BlockHeader header = BlockAssembly.HeaderOn(Profile, _tip, all, overlay.StateRoot, history, milliseconds: 1_000);
        return HashedBlock.Create(new Block { Header = header, Transactions = all }, Profile.Format, Genesis.Id);
    }

    /// <summary>Moves the tip to a block that was prepared on it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="delta">What it changes.</param>
    public void Move(HashedBlock block, StateDelta delta)
    {
        _state.Apply(delta);
        (_tip, LastDelta) = (block, delta);
    }

    public void Dispose()
    {
        foreach (PrivateKey key in _keys) key.Dispose();
    }

    private static void Require(Verdict verdict)
    {
        if (!verdict.IsValid) throw new InvalidOperationException($"The workload is wrong: {verdict}.");
    }

    private Transaction Draw(ulong height)
    {
        int sender = _random.Next(_keys.Length > 0 ? _keys.Length : _accounts.Length);
        return Pay(height, sender, _random.Next(_accounts.Length), (ulong)_random.Next(1, 1000));
    }

    /// <summary>Makes a call that no base units come with.</summary>
    /// <param name="height">The block's height.</param>
    /// <param name="sender">The account that calls.</param>
    /// <param name="application">What is called.</param>
    /// <param name="data">What it is told.</param>
    public Transaction CallBy(ulong height, int sender, AppId application, byte[] data) =>
        Pay(height, sender, sender, 0, Call.EncodePayload(application, data));

    private Transaction Pay(ulong height, int sender, int receiver, ulong amount, ReadOnlyMemory<byte> payload = default)
    {
        Span<byte> tag = stackalloc byte[32];
        tag.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(tag, height + (ulong)_random.Next(1, _validFor));
        BinaryPrimitives.WriteUInt64BigEndian(tag[16..], ++_transfers);
        byte[] signature = new byte[SignatureBytes];
        _accounts[sender].Value.CopyTo(signature);
        BinaryPrimitives.WriteInt32BigEndian(signature.AsSpan(Hash256.Size), sender);
        return new Transaction
        {
            Tag = new TransactionTag(new Hash256(tag)),
            Sender = _accounts[sender],
            Receiver = _accounts[receiver],
            Amount = amount,
            Fee = Profile.Format.Traits.HasFees ? 1UL : 0,
            Payload = payload,
            Signature = signature,
        };
    }

    /// <summary>Replaces the placeholders, which name the sender's key, by signatures.</summary>
    private void SignAll(Memory<Transaction> transactions)
    {
        if (_keys.Length == 0) return;
        Parallel.For(0, transactions.Length, i =>
        {
            Transaction transaction = transactions.Span[i];
            PrivateKey key = _keys[BinaryPrimitives.ReadInt32BigEndian(transaction.Signature.Span[Hash256.Size..])];
            byte[] signature = new byte[SignatureBytes];
            Profile.Signatures.Sign(key, Profile.Format.SigningDigest(transaction, Genesis.Id).Value, signature);
            transactions.Span[i] = transaction.WithSignature(signature);
        });
    }
}
