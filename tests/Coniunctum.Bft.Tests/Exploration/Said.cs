namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>A message in small numbers.</summary>
/// <param name="Sender">The validator.</param>
/// <param name="Height">The height.</param>
/// <param name="Round">The round.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Block">The block's number, or −1 for none.</param>
/// <param name="ValidRound">A proposal's valid round, or −1.</param>
internal readonly record struct Said(int Sender, int Height, int Round, BftMessageKind Kind, int Block, int ValidRound)
{
    public BftMessage ToMessage() => new(
        Kind, (ulong)Height, Round, Block < 0 ? null : Actors.Block(Height, Block), ValidRound, Actors.Address(Sender), default);
}
