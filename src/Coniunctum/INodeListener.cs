using Coniunctum.Consensus;

namespace Coniunctum;

/// <summary>A part of a running ledger that hears what its node does. Both methods run under the node's gate.</summary>
internal interface INodeListener
{
    /// <summary>Takes an effect, in order.</summary>
    void Take(NodeEffect effect);

    /// <summary>Says that no effect follows. May be called again, with another reason.</summary>
    void End(LedgerHaltedException reason);
}
