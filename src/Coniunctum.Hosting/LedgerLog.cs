using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.P2P.Identity;
using Microsoft.Extensions.Logging;

namespace Coniunctum.Hosting;

/// <summary>What is logged of a ledger. The ids of events never change their meaning.</summary>
internal static partial class LedgerLog
{
    [LoggerMessage(1, LogLevel.Information, "The ledger {Profile} has started: chain {Chain}, height {Height}.")]
    public static partial void Started(ILogger logger, string profile, BlockId chain, ulong height);

    [LoggerMessage(2, LogLevel.Information, "The ledger {Profile} has stopped.")]
    public static partial void Stopped(ILogger logger, string profile);

    [LoggerMessage(3, LogLevel.Critical, "The ledger has halted ({Code}): {Reason}")]
    public static partial void Halted(ILogger logger, HaltCode code, string reason);

    [LoggerMessage(4, LogLevel.Debug, "Block {Height} {Id} with {Transactions} transactions has joined the best chain.")]
    public static partial void Connected(ILogger logger, ulong height, BlockId id, int transactions);

    [LoggerMessage(5, LogLevel.Information, "Block {Height} {Id} has left the best chain.")]
    public static partial void Disconnected(ILogger logger, ulong height, BlockId id);

    [LoggerMessage(6, LogLevel.Information, "It listens at {Address}.")]
    public static partial void Listens(ILogger logger, string address);

    [LoggerMessage(7, LogLevel.Information, "The {Kind} {Id} of {Node} was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string kind, string? id, NodeId? node, string reason);

    [LoggerMessage(8, LogLevel.Error, "The chain's changes are logged no more: its store cannot be read, or a block was pruned before it was told of.")]
    public static partial void NotWatched(ILogger logger, Exception exception);
}
