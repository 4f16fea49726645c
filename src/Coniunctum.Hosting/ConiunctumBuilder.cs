using Coniunctum.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Coniunctum.Hosting;

/// <summary>Notes what is asked of a ledger until a container makes it.</summary>
internal sealed class ConiunctumBuilder(string name, IServiceCollection services) : IConiunctumBuilder
{
    private readonly List<Action<IServiceProvider, LedgerBuilder>> _steps = [];

    public string Name => name;

    public IServiceCollection Services => services;

    /// <summary>Gives a profile of one's own, or <c>null</c>.</summary>
    public Func<IServiceProvider, ChainProfile>? Profile { get; private set; }

    public IConiunctumBuilder UseProfile(Func<IServiceProvider, ChainProfile> profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        Profile = profile;
        return this;
    }

    public IConiunctumBuilder Configure(Action<IServiceProvider, LedgerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _steps.Add(configure);
        return this;
    }

    /// <summary>Does all that was asked for, in order.</summary>
    public void Apply(IServiceProvider provider, LedgerBuilder builder)
    {
        foreach (Action<IServiceProvider, LedgerBuilder> step in _steps) step(provider, builder);
    }
}
