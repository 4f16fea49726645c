namespace Coniunctum.TestKit.Rules;

/// <summary>Says that a test sees a rule violated, and compares the whole verdict.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CoversAttribute(BlockRule rule) : Attribute
{
    public BlockRule Rule => rule;
}
