using Coniunctum.Crypto.Internal;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Sql;
using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Verification;

/// <summary>
/// Reads all of a ledger's file that no one has open, names every damaged row, and repairs what the others allow. Without a repair
/// nothing is written where the file was closed cleanly, but that a file of an older version is brought up to date first.
/// </summary>
public static class StoreVerification
{
    /// <summary>Verifies a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="check">What is looked at.</param>
    /// <param name="progress">Is told now and then, in heights.</param>
    /// <param name="cancellation">Stops it; nothing is repaired then.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="LedgerFileException">
    /// It is no ledger, in use, or so damaged that it cannot be read at all; or its WAL is missing, which a repair accepts as lost.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static StoreReport Run(
        string path, StoreCheck? check = null, IProgress<StoreProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no file '{PrintableText.Of(path)}'.", path);
        bool repairs = check is { Repair: true };
        var tuning = new FileTuning { Progress = progress, Cancellation = cancellation };
        using LedgerFile file = repairs
            ? LedgerFile.Open(path, ChainSchema.Kind, tuning, acceptsLoss: true)
            : LedgerFile.OpenToRead(path, ChainSchema.Kind, tuning);
        try
        {
            var verifier = new Verifier(file, check ?? new StoreCheck(), progress, cancellation);
            return verifier.Run();
        }
        catch (SqlException failure) when (failure.Code == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (SqlException failure)
        {
            throw file.Explain(failure);
        }
    }
}
