using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Pool;

/// <summary>
/// The state at the tip, with the balances that were asked for remembered until the tip moves: a transaction is checked
/// before and after its signature, and looking a balance up costs a hash and a way down the state tree.
/// </summary>
internal sealed class RememberedBalances : IStateView
{
    // More than wait for their signatures at once.
    private const int MaxRemembered = 8_192;

    private readonly Dictionary<Address, ulong> _balances = [];
    private IStateView _state = null!;
    private ulong _height;

    /// <inheritdoc/>
    public ulong Height => _state.Height;

    /// <inheritdoc/>
    public ulong Supply => _state.Supply;

    /// <inheritdoc/>
    public Hash256 StateRoot => _state.StateRoot;

    /// <inheritdoc/>
    public Hash256 HistoryRoot => _state.HistoryRoot;

    /// <summary>Looks at a state, which is what it was when it was last looked at unless <see cref="Forget"/> was called since or its height differs.</summary>
    public RememberedBalances Of(IStateView state)
    {
        if (ReferenceEquals(state, this)) return this;
        if (!ReferenceEquals(state, _state) || state.Height != _height) Forget();
        (_state, _height) = (state, state.Height);
        return this;
    }

    public void Forget() => _balances.Clear();

    /// <inheritdoc/>
    public ulong BalanceOf(Address address)
    {
        if (_balances.TryGetValue(address, out ulong balance)) return balance;
        if (_balances.Count >= MaxRemembered) _balances.Clear();
        balance = _state.BalanceOf(address);
        _balances.Add(address, balance);
        return balance;
    }

    /// <inheritdoc/>
    public ulong LockedOf(Address address) => _state.LockedOf(address);

    /// <inheritdoc/>
    public bool IsTagUsed(Address sender, TransactionTag tag) => _state.IsTagUsed(sender, tag);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) => _state.EntryOf(application, key);
}
