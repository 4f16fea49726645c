using Coniunctum.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Coniunctum.Hosting;

/// <summary>A ledger that was added to services, to say more of it.</summary>
public interface IConiunctumBuilder
{
    /// <summary>The ledger's name: the key of its services, of its options and of its section in the configuration.</summary>
    string Name { get; }

    /// <summary>The services it was added to.</summary>
    IServiceCollection Services { get; }

    /// <summary>Starts from a profile of one's own in place of the one that the options name: with applications, say, or another genesis.</summary>
    /// <param name="profile">Gives the profile.</param>
    IConiunctumBuilder UseProfile(Func<IServiceProvider, ChainProfile> profile);

    /// <summary>Does something to the ledger's builder before the ledger is made, behind what was asked for before.</summary>
    /// <param name="configure">Gets the services and the builder: where the chain is kept, which rule, which key.</param>
    IConiunctumBuilder Configure(Action<IServiceProvider, LedgerBuilder> configure);
}
