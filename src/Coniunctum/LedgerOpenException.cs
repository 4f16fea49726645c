namespace Coniunctum;

/// <summary>A ledger cannot be opened from its store. Nothing was changed.</summary>
/// <remarks>What the store itself throws, such as a file that is in use, comes as it is.</remarks>
public class LedgerOpenException : Exception
{
    internal LedgerOpenException(LedgerOpenFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>What is wrong, for programs; the message is for people.</summary>
    public LedgerOpenFault Fault { get; }

    internal static LedgerOpenException Of(InvalidDataException damage) => new(LedgerOpenFault.Damaged, damage.Message, damage);
}
