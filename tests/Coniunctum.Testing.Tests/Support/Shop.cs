using Coniunctum.Crypto;

namespace Coniunctum.Testing.Tests.Support;

/// <summary>The pages' program under test.</summary>
internal static class Shop
{
    public static Address Address { get; } = Address.Parse("5af0c2d7e81b94a63f20c9d81e7b65a4039f8d2c1b6e70a5948d3c2f1e0b7a69");
}
