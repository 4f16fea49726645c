namespace Coniunctum.Ledger.Internal;

/// <summary>What slices of a checkpoint are made of.</summary>
internal static class CheckpointForm
{
    public const int Fields = 3;

    public const ulong Head = 0;
    public const ulong Accounts = 1;
    public const ulong Entries = 2;
    public const ulong Tags = 3;
    public const ulong End = 4;

    /// <summary>The version of all of it; a reader refuses others.</summary>
    public const ulong Version = 1;

    public const int HeadFields = 8;

    /// <summary>An account: address‖be8(balance).</summary>
    public const int AccountBytes = 40;

    /// <summary>A tag: be16(fingerprint).</summary>
    public const int TagBytes = 16;

    /// <summary>What arrays, indices and heads of byte strings take at most.</summary>
    public const int OverheadBytes = 64;

    public const int MaxAccounts = (StateCheckpoint.MaxSliceBytes - OverheadBytes) / AccountBytes;
}
