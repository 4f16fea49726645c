namespace Coniunctum.Ledger.Files;

/// <summary>What a record of a state's file holds; the number stands in the file. Kinds come in rising order.</summary>
internal enum StateRecordKind : byte
{
    None = 0,
    Heads = 1,
    Block = 2,
    Slice = 3,
    End = 4,
}
