namespace Coniunctum;

/// <summary>What opening a store is at.</summary>
public enum OpeningStage
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>The state is read from the newest checkpoint.</summary>
    ReadingCheckpoint,

    /// <summary>The blocks since the checkpoint are replayed.</summary>
    Replaying,
}
