namespace Coniunctum.Bft.Tests;

/// <summary>What is around a <see cref="ScheduledValidator"/>.</summary>
internal interface IScheduleWorld
{
    /// <summary>The time.</summary>
    int Tick { get; }

    /// <summary>Sends a message to all others.</summary>
    void Send(ScheduledValidator from, BftMessage message);

    /// <summary>How long the steps of a round last.</summary>
    int TicksOf(int round);

    /// <summary>Returns the block that a proposer makes in a round.</summary>
    BlockId MakeBlock(int round);

    /// <summary>Whether honest validators accept a block.</summary>
    bool IsValid(BlockId block);

    /// <summary>Whether a validator crashes now, between what is durable and what it sends.</summary>
    bool CrashesNow(ScheduledValidator validator);
}
