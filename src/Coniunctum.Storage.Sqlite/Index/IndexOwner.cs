using System.Runtime.InteropServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>Which chain an index belongs to. Rows lie in the processor's byte order; another one's file counts as damaged.</summary>
internal static class IndexOwner
{
    private static readonly long s_byteOrder = MemoryMarshal.Read<long>([1, 2, 3, 4, 5, 6, 7, 8]);

    /// <summary>Compares the owner with a chain, or writes it into a new file.</summary>
    public static void Require(LedgerFile file, BlockId chain)
    {
        Statement read = file.Database.Prepare("SELECT chain, byte_order FROM owner");
        if (!read.TryFirst(static row => (Chain: row.Bytes(0).ToArray(), Order: row.Int64(1)), out (byte[] Chain, long Order) owner))
        {
            Statement write = file.Database.Prepare("INSERT INTO owner (one, chain, byte_order) VALUES (1, ?1, ?2)");
            file.Write(() => write.Bind(1, chain.Value.AsSpan()).Bind(2, s_byteOrder).Execute());
            return;
        }

        if (owner.Order != s_byteOrder || owner.Chain.Length != Hash256.Size) throw new InvalidDataException("Its owner cannot be read.");
        if (!chain.Value.AsSpan().SequenceEqual(owner.Chain))
        {
            throw new LedgerFileException(
                LedgerFileFault.OtherChain, $"The index '{file.Path}' belongs to chain {Convert.ToHexStringLower(owner.Chain)}, not to {chain}. If it is not needed there, delete it: an index is built again from the blocks.");
        }
    }
}
