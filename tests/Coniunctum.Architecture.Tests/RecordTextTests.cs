using System.Reflection;
using System.Runtime.CompilerServices;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>A record writes all its properties, so that one of its own type would be written for ever: the process ends, whoever logs it.</summary>
public sealed class RecordTextTests
{
    private static IEnumerable<Type> Records => Repository.Assemblies.SelectMany(assembly => Assembly.Load(assembly).GetTypes())
        .Where(type => type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is not null);

    [Test]
    public void Records_HaveNoPropertyOfTheirOwnType_UnlessTheyWriteThemselves()
    {
        Assert.That(Records.Count(), Is.GreaterThan(100), "the search finds records");
        Assert.That(Records.Where(IsWrittenByTheCompiler).SelectMany(PropertiesOfItsOwnType), Is.Empty);
    }

    private static bool IsWrittenByTheCompiler(Type type) =>
        type.GetMethod(nameof(ToString), Type.EmptyTypes)!.IsDefined(typeof(CompilerGeneratedAttribute));

    private static IEnumerable<string> PropertiesOfItsOwnType(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == type && property.GetIndexParameters().Length == 0)
        .Select(property => $"{type.FullName}.{property.Name}");
}
