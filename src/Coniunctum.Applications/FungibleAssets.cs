using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;

namespace Coniunctum.Applications;

/// <summary>
/// Assets whose units are alike: created with an issuer and a limit, issued, transferred, burnt. An asset's supply is the sum of all
/// its balances, exactly. <see cref="AssetCalls"/> makes the calls, <see cref="Asset"/> reads an asset's entry and
/// <see cref="DecodeBalance"/> a balance's.
/// </summary>
/// <remarks>An asset stands under its identity, a balance under the asset's identity and its owner's address: keys of 32 and of 64 bytes.</remarks>
public sealed class FungibleAssets : ILedgerApplication
{
    /// <summary>How much data any asset may carry, in bytes.</summary>
    public const int LargestDataBytes = 800;

    private readonly int _maxDataBytes;

    /// <summary>Makes an application for a profile.</summary>
    /// <param name="id">The number that payloads call it by.</param>
    /// <param name="maxDataBytes">How much data an asset may carry, in bytes: 0 to <see cref="LargestDataBytes"/>. Genesis commits to it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDataBytes"/> is out of its range.</exception>
    public FungibleAssets(AppId id, int maxDataBytes = 256)
    {
        if (maxDataBytes is < 0 or > LargestDataBytes)
            throw new ArgumentOutOfRangeException(nameof(maxDataBytes), maxDataBytes, Invariant($"An asset's data may be allowed 0 to {LargestDataBytes} bytes."));
        Id = id;
        Name = Invariant($"fungible-assets/1 {maxDataBytes}");
        _maxDataBytes = maxDataBytes;
    }

    /// <inheritdoc/>
    public AppId Id { get; }

    /// <summary>Its name, version and the limit of data.</summary>
    public string Name { get; }

    /// <summary>Returns the key under which an asset stands.</summary>
    /// <param name="asset">The asset's identity.</param>
    public static byte[] KeyOf(Hash256 asset) => asset.ToArray();

    /// <summary>Returns the key under which a balance stands.</summary>
    /// <param name="asset">The asset's identity.</param>
    /// <param name="owner">Whose balance.</param>
    public static byte[] BalanceKeyOf(Hash256 asset, Address owner) => [.. asset.AsSpan(), .. owner.Value.AsSpan()];

    /// <summary>Reads the entry under <see cref="BalanceKeyOf"/>.</summary>
    /// <param name="entry">The entry; empty where the owner has nothing.</param>
    /// <returns>Units of the asset; <c>null</c> where the entry is no balance.</returns>
    public static ulong? DecodeBalance(ReadOnlyMemory<byte> entry) => entry.Length switch
    {
        0 => 0,
        sizeof(ulong) => BinaryPrimitives.ReadUInt64BigEndian(entry.Span),
        _ => null,
    };

    /// <summary>Checks what a proof says of a balance. Needs the block's header alone.</summary>
    /// <param name="proof">The proof. It may come from anyone.</param>
    /// <param name="stateRoot">The state root of a block that is trusted.</param>
    /// <param name="application">The number of the application.</param>
    /// <param name="asset">The asset's identity.</param>
    /// <param name="owner">Whose balance.</param>
    /// <param name="balance">Units after that block; 0 unless the outcome is <see cref="ProofOutcome.Present"/>.</param>
    public static ProofOutcome VerifyBalance(StateProof proof, Hash256 stateRoot, AppId application, Hash256 asset, Address owner, out ulong balance)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ProofOutcome outcome = StateProof.VerifyEntry(proof, stateRoot, application, BalanceKeyOf(asset, owner), out ReadOnlyMemory<byte> entry);
        ulong? found = DecodeBalance(entry);
        balance = found ?? 0;
        return found is null ? ProofOutcome.Invalid : outcome;
    }

    /// <inheritdoc/>
    public CallOutcome Admit(Call call, ApplicationView state)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(state);
        DecodeOutcome outcome = AssetCall.Read(call.Data, out _);
        return outcome.IsValid ? CallOutcome.Done : UniqueTokens.Malformed(outcome).ToOutcome();
    }

    /// <inheritdoc/>
    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(state);
        return Run(call, state).ToOutcome();
    }

    private TokenVerdict Run(Call call, ApplicationContext state)
    {
        DecodeOutcome outcome = AssetCall.Read(call.Data, out AssetCall read);
        if (!outcome.IsValid) return UniqueTokens.Malformed(outcome);
        if (read.Units == 0) return new(TokenRule.AmountZero, 0, "1 or more");
        if (read.Operation == AssetOperation.Create) return Create(state, read, call.Sender);
        if (read.Operation != AssetOperation.Burn && read.Receiver.IsRoot) return UniqueTokens.RootAsReceiver;
        if (read.Operation == AssetOperation.Transfer) return Move(state, read, call.Sender);
        if (Asset.Decode(state.Get(read.Asset.AsSpan())) is not { } asset) return new(TokenRule.IdentityUnknown, read.Asset, "a created asset");
        return read.Operation == AssetOperation.Issue ? Issue(state, read, asset, call.Sender) : Burn(state, read, asset, call.Sender);
    }

    private TokenVerdict Create(ApplicationContext state, in AssetCall call, Address issuer)
    {
        if (call.Data.Length > _maxDataBytes) return new(TokenRule.DataTooLong, (ulong)call.Data.Length, (ulong)_maxDataBytes);
        if (!state.Get(call.Asset.AsSpan()).IsEmpty) return new(TokenRule.IdentityTaken, call.Asset, "a new identity");
        new Asset(issuer, call.Units, 0, call.Data).SetIn(state, call.Asset);
        return TokenVerdict.Valid;
    }

    private static TokenVerdict Issue(ApplicationContext state, in AssetCall call, Asset asset, Address sender)
    {
        if (asset.Issuer != sender) return new(TokenRule.IssuerRequired, "another sender", asset.Issuer.Value);
        ulong room = asset.Limit - asset.Supply;
        if (call.Units > room) return new(TokenRule.LimitExceeded, call.Units, room);
        (asset with { Supply = asset.Supply + call.Units }).SetIn(state, call.Asset);

        // No balance is more than the supply, so that nothing overflows.
        SetBalance(state, call.Asset, call.Receiver, BalanceIn(state, call.Asset, call.Receiver) + call.Units);
        return TokenVerdict.Valid;
    }

    private static TokenVerdict Move(ApplicationContext state, in AssetCall call, Address sender)
    {
        ulong balance = BalanceIn(state, call.Asset, sender);
        if (call.Units > balance) return new(TokenRule.BalanceTooSmall, balance, call.Units);
        if (call.Receiver == sender) return TokenVerdict.Valid;
        SetBalance(state, call.Asset, sender, balance - call.Units);
        SetBalance(state, call.Asset, call.Receiver, BalanceIn(state, call.Asset, call.Receiver) + call.Units);
        return TokenVerdict.Valid;
    }

    private static TokenVerdict Burn(ApplicationContext state, in AssetCall call, Asset asset, Address sender)
    {
        ulong balance = BalanceIn(state, call.Asset, sender);
        if (call.Units > balance) return new(TokenRule.BalanceTooSmall, balance, call.Units);
        SetBalance(state, call.Asset, sender, balance - call.Units);
        (asset with { Supply = asset.Supply - call.Units }).SetIn(state, call.Asset);
        return TokenVerdict.Valid;
    }

    private static ulong BalanceIn(ApplicationView state, Hash256 asset, Address owner)
    {
        Span<byte> key = stackalloc byte[2 * Hash256.Size];
        WriteKey(key, asset, owner);
        return DecodeBalance(state.Get(key)) ?? throw new InvalidDataException("A balance of an asset cannot be read.");
    }

    private static void SetBalance(ApplicationContext state, Hash256 asset, Address owner, ulong balance)
    {
        Span<byte> key = stackalloc byte[2 * Hash256.Size];
        WriteKey(key, asset, owner);
        Span<byte> entry = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(entry, balance);
        state.Set(key, balance == 0 ? default : entry);
    }

    private static void WriteKey(Span<byte> key, Hash256 asset, Address owner)
    {
        asset.CopyTo(key);
        owner.Value.CopyTo(key[Hash256.Size..]);
    }
}
