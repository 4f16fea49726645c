using Coniunctum.Crypto.Internal;

namespace Coniunctum.Storage.Sqlite;

/// <summary>A ledger's file cannot be opened, read or written. Nothing that was acknowledged is lost by it.</summary>
public sealed class LedgerFileException : IOException
{
    internal LedgerFileException(LedgerFileFault fault, string message, Exception? inner = null)
        : base(PrintableText.Of(message, int.MaxValue), inner) => Fault = fault;

    /// <summary>What is wrong.</summary>
    public LedgerFileFault Fault { get; }
}
