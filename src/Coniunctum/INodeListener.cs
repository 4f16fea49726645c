using Coniunctum.Consensus;

namespace Coniunctum;

/// <summary>A part of a running ledger that hears what its node does. All methods run under the node's gate.</summary>
internal interface INodeListener
{
    /// <summary>Takes an effect, in order.</summary>
    void Take(NodeEffect effect);

    /// <summary>Looks at what has changed, behind a step.</summary>
    void Look()
    {
        // Most hear of all that concerns them by effects.
    }

    /// <summary>Says that no effect follows. May be called again, with another reason.</summary>
    void End(LedgerHaltedException reason);
}
