namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>A bit for each message that an honest validator can say.</summary>
internal sealed class MessageBits
{
    private readonly Dictionary<Said, int> _places = [];
    private readonly List<UInt128?> _useless = [];

    public UInt128 Of(Said said)
    {
        if (!_places.TryGetValue(said, out int place))
        {
            _places.Add(said, place = _places.Count);
            _useless.Clear();
        }

        return place < 128 ? UInt128.One << place : throw new InvalidOperationException("The world has more messages than bits.");
    }

    /// <summary>All that the same validator can say of the same kind in the same round.</summary>
    public UInt128 OfKind(Said said) => _places
        .Where(pair => pair.Key with { Block = said.Block, ValidRound = said.ValidRound } == said)
        .Aggregate(UInt128.Zero, (mask, pair) => mask | (UInt128.One << pair.Value));

    /// <summary>Whether, among what was said, is a precommit for another block in an earlier round.</summary>
    public bool HasPrecommittedOther(UInt128 said, int height, int round, BlockId block) => _places.Any(pair =>
        (said & (UInt128.One << pair.Value)) != 0
        && pair.Key is { Kind: Coniunctum.Bft.BftMessageKind.Precommit, Block: >= 0 } key
        && key.Height == height && key.Round < round && Actors.Block(height, key.Block) != block);

    /// <summary>A number that rises with heights and rounds.</summary>
    public static int PlaceOf(int height, int round) => (height * 8) + round;

    /// <summary>Proposals and votes for nothing below a place.</summary>
    public UInt128 UselessBelow(int place)
    {
        while (_useless.Count <= place) _useless.Add(null);
        return _useless[place] ??= _places
            .Where(pair => PlaceOf(pair.Key.Height, pair.Key.Round) < place && (pair.Key.Block < 0 || pair.Key.Kind == Coniunctum.Bft.BftMessageKind.Proposal))
            .Aggregate(UInt128.Zero, (mask, pair) => mask | (UInt128.One << pair.Value));
    }
}
