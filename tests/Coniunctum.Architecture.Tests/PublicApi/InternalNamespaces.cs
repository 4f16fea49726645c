namespace Coniunctum.Architecture.Tests.PublicApi;

/// <summary>Namespaces that end in .Internal: what stands in them is public only because a sibling package needs it.</summary>
internal static class InternalNamespaces
{
    public static bool Hold(Type type) => type.Namespace?.EndsWith(".Internal", StringComparison.Ordinal) == true;
}
