using System.Reflection;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>Outcomes share one shape, and <c>Try</c> means what it means elsewhere in .NET.</summary>
public sealed class OutcomeShapeTests
{
    private static readonly string[] s_formerWords = ["IsNone", "IsAccepted", "IsDone", "IsSound", "IsSuccess", "IsOk"];

    private static IEnumerable<Type> Types => Repository.Assemblies.SelectMany(assembly => Assembly.Load(assembly).GetExportedTypes());

    private static IEnumerable<Type> Outcomes => Types.Where(type =>
        !type.IsEnum && (type.Name.EndsWith("Outcome", StringComparison.Ordinal) || type.Name is "Verdict" or "Admission"));

    [Test]
    public void Outcomes_AnswerIsValidAndMessage()
    {
        Assert.That(Outcomes.Count(), Is.GreaterThan(8), "the search finds outcomes");
        Assert.That(Outcomes.Where(type => type.GetProperty("IsValid")?.PropertyType != typeof(bool) || type.GetProperty("Message")?.PropertyType != typeof(string)), Is.Empty);
    }

    [Test]
    public void Outcomes_ByDefault_AreNoSuccess() =>
        Assert.That(Outcomes.Where(type => type.IsValueType && (bool)type.GetProperty("IsValid")!.GetValue(Activator.CreateInstance(type))!), Is.Empty);

    [Test]
    public void Success_IsSpelledOneWay()
    {
        IEnumerable<string> others = Types
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(property => (type, property)))
            .Where(found => s_formerWords.Contains(found.property.Name))
            .Select(found => $"{found.type.FullName}.{found.property.Name}");
        Assert.That(others, Is.Empty);
    }

    [Test]
    public void TryMethods_ReturnWhetherTheySucceeded()
    {
        MethodInfo[] methods = [.. Types
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.Name.StartsWith("Try", StringComparison.Ordinal))];
        Assert.That(methods, Has.Length.GreaterThan(20), "the search finds methods");
        Type[] allowed = [typeof(bool), typeof(Task<bool>), typeof(ValueTask<bool>)];
        Assert.That(methods.Where(method => !allowed.Contains(method.ReturnType)).Select(method => $"{method.DeclaringType}.{method.Name}"), Is.Empty);
    }
}
