using Coniunctum.Crypto;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Applications;

/// <summary>
/// What an application can reach while it runs: its own entries, and the amount that came with the call. What it sets and
/// pays takes effect when it returns that it is done, and not at all otherwise.
/// </summary>
public sealed class ApplicationContext : ApplicationView
{
    private readonly ChainProfile _profile;
    private readonly StateOverlay _state;
    private readonly Dictionary<Hash256, EntryChange> _changes = [];
    private readonly List<KeyValuePair<Address, ulong>> _payments = [];

    internal ApplicationContext(AppId application, ulong height, ChainProfile profile, StateOverlay state, WorkMeter meter, ulong amount)
        : base(application, height, profile.Limits, meter)
    {
        _profile = profile;
        _state = state;
        Amount = amount;
    }

    /// <summary>What is left of the amount that came with the call, in base units. In the end it goes to the call's receiver.</summary>
    public ulong Amount { get; private set; }

    /// <summary>The payments, in order.</summary>
    internal IReadOnlyList<KeyValuePair<Address, ulong>> Payments => _payments;

    /// <summary>What was set.</summary>
    internal IEnumerable<KeyValuePair<Hash256, EntryChange>> Changes => _changes;

    /// <summary>Gives a key a value. One that is too long, as a key that is, ends the call: it is refused.</summary>
    /// <param name="key">The application's own key.</param>
    /// <param name="value">The value; empty deletes the key.</param>
    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Count(WorkMeter.Write + key.Length + value.Length);
        LedgerLimits limits = _profile.Limits;
        if (key.Length > limits.MaxEntryKeyBytes) throw End(Invariant($"a key of {key.Length} bytes, more than {limits.MaxEntryKeyBytes}"));
        if (value.Length > limits.MaxEntryValueBytes) throw End(Invariant($"a value of {value.Length} bytes, more than {limits.MaxEntryValueBytes}"));
        _changes[StateKeys.OfApplication(Application.Value, key)] = new EntryChange(Application.Value, key.ToArray(), default, value.ToArray());
    }

    /// <summary>Deletes a key with its value, if it has one.</summary>
    /// <param name="key">The application's own key.</param>
    public void Delete(ReadOnlySpan<byte> key) => Set(key, []);

    /// <summary>Pays a part of the call's amount to someone.</summary>
    /// <param name="receiver">Who is paid; not root.</param>
    /// <param name="amount">Base units; at least 1, and to an address that owns nothing at least what opens an account.</param>
    /// <returns>Whether that is possible; nothing happens otherwise.</returns>
    public bool TryPay(Address receiver, ulong amount)
    {
        Count(WorkMeter.Payment);
        if (receiver.IsRoot || amount == 0 || amount > Amount || !CanOpen(receiver, amount)) return false;
        Amount -= amount;
        _payments.Add(KeyValuePair.Create(receiver, amount));
        return true;
    }

    /// <summary>Whether an address owns something, or the payment is enough to open an account (rule 22).</summary>
    internal bool CanOpen(Address receiver, ulong amount) =>
        amount >= _profile.MinimumOpeningPayment
        || _payments.Exists(payment => payment.Key == receiver)
        || OwnsSomething(receiver);

    private bool OwnsSomething(Address address)
    {
        try
        {
            return _state.BalanceOf(address) > 0;
        }
        catch (Exception fault)
        {
            throw Remember(fault);
        }
    }

    private protected override ReadOnlyMemory<byte> Read(ReadOnlySpan<byte> key)
    {
        Hash256 place = StateKeys.OfApplication(Application.Value, key);
        return _changes.TryGetValue(place, out EntryChange change) ? change.After : _state.EntryAt(place);
    }

    private protected override Hash256 ReadHistoryRoot() => _state.HistoryRoot;
}
