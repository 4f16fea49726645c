using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>
/// Takes a file of a state into a store that holds no chain: judges the headers, then the block and the state after it. They
/// become the store's tip together, in the last commit (<see cref="StateImportStore"/>).
/// </summary>
internal sealed class StateImport
{
    private const ulong HeadsAReport = 4096;

    private readonly ChainProfile _profile;
    private readonly StateFileReader _file;
    private readonly StateImportOptions _options;
    private readonly IProgress<FileProgress>? _progress;
    private readonly HashedBlock _genesis;
    private readonly HeaderTree _headers;
    private readonly bool _isSelfContained;
    private readonly StateImportStore _store;
    private readonly List<ulong> _sealHeights = [];
    private SealClaims _seals = new();
    private CheckpointReader? _state;
    private HashedBlock? _block;
    private ulong _next;

    private StateImport(ChainProfile profile, IChainStore store, StateFileReader file, StateImportOptions options, IProgress<FileProgress>? progress)
    {
        _profile = profile;
        _file = file;
        _options = options;
        _progress = progress;
        var genesis = GenesisBlock.Create(profile);
        _genesis = genesis.Block;
        var headers = HeaderProfile.Of(profile);
        _headers = HeaderTree.FromGenesis(headers, new HeaderTreeOptions { Kept = HeaderTree.MinKept, ReadBelow = height => StateImportStore.ReadHeader(store, profile, height) });
        // Headers alone decide what the rule carries on: then no state has to be believed.
        _isSelfContained = headers.Rule.StateLag == int.MaxValue;
        _store = new StateImportStore(store, _genesis);
    }

    private ulong Target => _file.Head.Height;

    /// <summary>Reads, judges and writes; see <see cref="LedgerBuilder.ImportStateAsync"/>.</summary>
    public static async Task<StateImportReport> RunAsync(
        ChainProfile profile, IChainStore store, StateFileReader file, StateImportOptions options, IProgress<FileProgress>? progress, CancellationToken cancellation)
    {
        if (store.Tip is { } tip && !StateImportStore.IsUnfinished(store))
            throw new StateImportException(StateImportFault.StoreNotEmpty, $"The store holds a chain already, to height {tip.Height}: a state is taken into an empty store.");
        var import = new StateImport(profile, store, file, options, progress);
        import.CheckPromise();
        try
        {
            while (await file.ReadAsync(cancellation).ConfigureAwait(false) is { } record)
            {
                import.Take(record);
                cancellation.ThrowIfCancellationRequested();
            }

            return import.Finish();
        }
        catch (InvalidDataException damage)
        {
            throw new StateImportException(StateImportFault.Damaged, damage.Message, damage);
        }
    }

    /// <summary>Refuses at once what would be refused at the end.</summary>
    private void CheckPromise()
    {
        if (_file.Head.Chain != _genesis.Id) throw new StateImportException(StateImportFault.OtherChain, $"The file belongs to chain {_file.Head.Chain}, the ledger to {_genesis.Id}.");
        if (_options.Trust) return;
        if (!_profile.Format.Traits.HasExtendedHeader)
            throw new StateImportException(StateImportFault.NeedsTrust, $"Headers of the format {_profile.Format.Traits.Name} have no state root, so that a state can only be believed: that must be asked for.");
        if (!_isSelfContained)
            throw new StateImportException(StateImportFault.NeedsTrust, $"Headers alone do not prove what the rule {_profile.Consensus.RuleName} carries on, so that it can only be believed: that must be asked for.");
    }

    private void Take(StateRecord record)
    {
        switch (record)
        {
            case StateRecord.Heads heads:
                foreach (StateRecord.Head head in heads.Items) TakeHead(head);
                CheckSeals();
                break;
            case StateRecord.Block block:
                TakeBlock(block.Encoded);
                break;
            case StateRecord.Slice slice:
                _state ??= new CheckpointReader(_profile.Format.Traits, _headers.Tip.Header.Header.StateRoot);
                ThrowIfWrong(_state.Take(slice.Content));
                _store.Add(slice.Content);
                break;
            default:
                break;
        }
    }

    private void TakeHead(StateRecord.Head head)
    {
        ulong height = _next++;
        if (height > Target) throw Wrong(height, $"the file should end at height {Target}");
        DecodeOutcome outcome = HeadCodec.Decode(head.Header, _profile.Format, _profile.Limits, out BlockHead? read);
        if (read is null) throw Wrong(height, $"it cannot be read: {outcome}");
        var view = new HeaderView(read.Header, new BlockId(_profile.Format.Digest(read.Header)), read.Seal);
        if (height == 0 && view.Id != _genesis.Id) throw Wrong(height, $"it is that of {view.Id}, not of {_genesis.Id}");
        if (height == 0 && (!read.Seal.IsEmpty || read.Certificate is not null)) throw Wrong(height, "the first block has neither seal nor certificate");
        if (height > 0) Judge(view, read.Certificate);

        if (head.ChainWeight != _headers.Work)
            throw Wrong(height, $"the file says that its chain weighs {head.ChainWeight}, but it weighs {_headers.Work}");
        if (!_isSelfContained)
            _headers.TrustState(view.Id, ((ConsensusSpec)_profile.Consensus).ReadState(head.RuleState));
        else if (!_headers.Tip.State.Encode().Span.SequenceEqual(head.RuleState.Span))
            throw Wrong(height, "the file has something else for what the consensus rule carries on");

        _store.Add(new StoredHead(view.Id, height, head.Header, head.RuleState, head.ChainWeight));
        if ((height > 0 && height % HeadsAReport == 0) || height == Target) _progress?.Report(new FileProgress(height, Target));
    }

    private void Judge(in HeaderView header, ReadOnlyMemory<byte>? certificate)
    {
        Verdict verdict = BlockRules.CheckHeight(header.Height, _headers.TipHeight);
        if (verdict.IsValid && header.Header.Previous != _headers.TipId) verdict = Verdict.MissingParent(header.Header.Previous);

        // A head need not have its certificate any more; one that is there is served to others, and must be right.
        if (verdict.IsValid) verdict = _headers.Add(header, Clock.Read(_options.Time), _seals, certificate);
        if (!verdict.IsValid) throw Wrong(_next - 1, $"{verdict}");
        while (_sealHeights.Count < _seals.Claims.Count) _sealHeights.Add(header.Height);
    }

    /// <summary>Verifies the signatures that the last headers depend on, on all cores.</summary>
    private void CheckSeals()
    {
        SignatureClaim[][] chunks = [.. _seals.Claims.Chunk(64)];
        var answers = new RecoveredSigner[chunks.Length][];
        Parallel.For(0, chunks.Length, i => answers[i] = [.. SignatureVerifier.Recover(_profile.Signatures, chunks[i])]);
        int at = 0;
        foreach ((SignatureClaim claim, RecoveredSigner answer) in _seals.Claims.Zip(answers.SelectMany(some => some)))
        {
            if (answer.Outcome != Crypto.SignatureOutcome.Valid) throw Wrong(_sealHeights[at], $"its seal holds no valid signature: {answer.Outcome}");
            if (answer.Signer != claim.Signer) throw Wrong(_sealHeights[at], $"its seal was made by {answer.Signer.Value}, not by {claim.Signer.Value}");
            at++;
        }

        _seals = new SealClaims();
        _sealHeights.Clear();
    }

    private void TakeBlock(ReadOnlyMemory<byte> encoded)
    {
        if (_next != Target + 1) throw new StateImportException(StateImportFault.Damaged, $"The file holds headers to height {_next - 1}, and says that it is the state at height {Target}.");
        if (_headers.TipId != _file.Head.Block) throw Wrong(Target, $"the file says that it is that of {_file.Head.Block}, but it is that of {_headers.TipId}");
        DecodeOutcome outcome = HashedBlock.Decode(encoded, _profile.Format, _profile.Limits, _genesis.Id, out HashedBlock? block);
        if (block is null) throw WrongBlock($"it cannot be read: {outcome}");
        if (block.Id != _headers.TipId) throw WrongBlock($"it is {block.Id}, not {_headers.TipId}");
        if (!block.Block.Seal.Span.SequenceEqual(_headers.Tip.Header.Seal.Span)) throw WrongBlock("it has another seal than its header");
        Verdict verdict = Target == 0 ? Verdict.Valid : BlockRules.CheckBody(block, _profile);
        if (verdict.IsValid && Target > 0) verdict = _headers.JudgeCertificate(block.Id, block.Block.Certificate, _seals);
        if (!verdict.IsValid) throw WrongBlock($"{verdict}");
        while (_sealHeights.Count < _seals.Claims.Count) _sealHeights.Add(Target);
        CheckSeals();
        _block = block;
        _store.EndHeads();
    }

    private StateImportReport Finish()
    {
        if (_state is null || _block is null) throw new InvalidOperationException("The reader ended a file that holds no state.");
        ThrowIfWrong(_state.Finish(out LedgerState? state));
        if (state!.Height != Target) throw WrongState($"it is that of height {state.Height}");
        Crypto.Hash256 history = _headers.Tip.History?.Root ?? default;
        if (state.HistoryRoot != history) throw WrongState($"its history root is {state.HistoryRoot}, that over the headers {history}");
        if (state.Supply != _profile.SupplyAt(Target))
            throw WrongState($"it holds {state.Supply} base units, where genesis and all subsidies make {_profile.SupplyAt(Target)}");
        _store.Finish(_profile, _block, state.TagKey);
        return new StateImportReport(new StoredTip(_block.Id, Target), _headers.Work, state.Supply, state.AccountCount);
    }

    private void ThrowIfWrong(CheckpointOutcome outcome)
    {
        if (outcome.Fault is not (CheckpointFault.None or CheckpointFault.Unchecked)) throw WrongState($"{outcome}");
    }

    private static StateImportException Wrong(ulong height, string why) => new(StateImportFault.HeaderRefused, $"The file's header at height {height} is refused: {why}.");

    private StateImportException WrongBlock(string why) => new(StateImportFault.BlockRefused, $"The file's block at height {Target} is refused: {why}.");

    private StateImportException WrongState(string why) => new(StateImportFault.StateRefused, $"The file's state is not that after the block at height {Target}: {why.TrimEnd('.')}.");
}
