using System.Reflection;

namespace Coniunctum.TestKit.Rules;

/// <summary>Which rules have a failing test, by the tests' <see cref="CoversAttribute"/>.</summary>
internal static class CoveredRules
{
    /// <summary>Asserts that an assembly's tests cover every rule but those that only another assembly's code finds.</summary>
    public static void AssertAllBut(Assembly tests, IReadOnlyCollection<BlockRule> foundElsewhere)
    {
        IEnumerable<BlockRule> covered = tests.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public))
            .Where(method => method.GetCustomAttributes<NUnitAttribute>().Any())
            .SelectMany(method => method.GetCustomAttributes<CoversAttribute>())
            .Select(attribute => attribute.Rule);

        Assert.That(Enum.GetValues<BlockRule>().Except(covered), Is.EquivalentTo(foundElsewhere.Append(BlockRule.None)));
    }
}
