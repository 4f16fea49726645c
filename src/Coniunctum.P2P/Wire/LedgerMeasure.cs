namespace Coniunctum.P2P.Wire;

/// <summary>The limit of a ledger by which a kind's largest encoding grows or shrinks.</summary>
internal enum LedgerMeasure
{
    None,
    Block,
    Transaction,
}
