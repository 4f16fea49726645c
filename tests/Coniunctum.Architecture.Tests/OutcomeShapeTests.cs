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
    public void Outcomes_AreNotCalledFaults()
    {
        const BindingFlags declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        Type[] types = [.. Repository.Assemblies.SelectMany(assembly => Assembly.Load(assembly).GetTypes())];
        (MemberInfo Owner, string? Name, Type Type)[] named =
        [
            .. types.SelectMany(type => type.GetProperties(declared)).Select(property => ((MemberInfo)property, (string?)property.Name, property.PropertyType)),
            .. types.SelectMany(type => type.GetFields(declared)).Select(field => ((MemberInfo)field, (string?)field.Name, field.FieldType)),
            .. types.SelectMany(type => type.GetMethods(declared)).SelectMany(method => method.GetParameters().Append(method.ReturnParameter)
                .Select(parameter => ((MemberInfo)method, parameter.Position < 0 ? method.Name : parameter.Name, parameter.ParameterType))),
        ];
        var outcomes = named.Where(found => found.Type.Name.TrimEnd('&').EndsWith("Outcome", StringComparison.Ordinal)).ToArray();
        Assert.That(outcomes, Has.Length.GreaterThan(40), "the search finds outcomes");
        Assert.That(outcomes.Where(found => found.Name is { } name && name.TrimStart('_').Equals("fault", StringComparison.OrdinalIgnoreCase))
            .Select(found => $"{found.Owner.DeclaringType}.{found.Owner.Name}: {found.Name}"), Is.Empty);
    }

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
