using Coniunctum.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Coniunctum.AspNetCore;

/// <summary>
/// A route of a program's own that is served beside the ledger's and treated as they are: a field of the query that it does not name
/// is refused, and where it is no GET a page of another origin and a body that it does not take; an <see cref="ApiProblemException"/>
/// becomes a problem document; other methods are answered by 405.
/// </summary>
/// <remarks>May change in any release.</remarks>
public sealed class ProgramRoute
{
    /// <summary>Makes a route.</summary>
    /// <param name="route">What it is. Its path is one that no route of <see cref="LedgerRoutes"/> has.</param>
    /// <param name="map">Maps its handler below <see cref="LedgerRoutes.Root"/>, by the method and path of <paramref name="route"/>; where that is GET, for HEAD too.</param>
    public ProgramRoute(LedgerRoute route, Func<IEndpointRouteBuilder, RouteHandlerBuilder> map)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(map);
        (Route, Map) = (route, map);
    }

    /// <summary>What it is.</summary>
    public LedgerRoute Route { get; }

    /// <summary>Maps its handler.</summary>
    public Func<IEndpointRouteBuilder, RouteHandlerBuilder> Map { get; }
}
