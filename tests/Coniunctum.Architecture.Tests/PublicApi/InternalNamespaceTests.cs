using System.Reflection;
using System.Text.RegularExpressions;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.PublicApi;

/// <summary>What siblings share stays among them: documented types do not expose it, and programs to copy do not use it.</summary>
public sealed partial class InternalNamespaceTests
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static Type[] Types => [.. Repository.Assemblies.SelectMany(assembly => Assembly.Load(assembly).GetExportedTypes())];

    [Test]
    public void DocumentedTypes_ExposeNoneOfThem()
    {
        Assert.That(Types.Where(InternalNamespaces.Hold).SelectMany(Exposed).Where(InternalNamespaces.Hold), Is.Not.Empty, "the reading finds them where they are");
        IEnumerable<string> exposed =
            from type in Types
            where !InternalNamespaces.Hold(type)
            from other in Exposed(type)
            where InternalNamespaces.Hold(other)
            select $"{type.FullName} exposes {other.FullName}";
        Assert.That(exposed.Distinct(), Is.Empty);
    }

    [Test]
    public void InternalTypes_AreReferencedByAnotherAssembly()
    {
        string[] readers = [.. Repository.Assemblies, "Coniunctum.Node"];
        Dictionary<string, IReadOnlySet<string>> mentions = readers.ToDictionary(name => name, name => AssemblyMetadata.Of(name).Mentions, StringComparer.Ordinal);
        IEnumerable<string?> alone = Types.Where(InternalNamespaces.Hold)
            .Where(type => !readers.Any(name => name != type.Assembly.GetName().Name && mentions[name].Contains(type.Name)))
            .Select(type => type.FullName);
        Assert.That(alone, Is.Empty, "What no sibling needs is internal.");
    }

    [Test]
    public void Programs_ThatShowHowThePackagesAreUsed_UseNoneOfThem()
    {
        string[] files = [.. Repository.Files("samples", "*.cs").Where(path => !path.StartsWith("samples/Coniunctum.Node/", StringComparison.Ordinal)), .. Repository.Files("tests/Packages", "*.cs")];
        Assert.That(files, Has.Length.GreaterThan(10), "the search finds programs");
        Assert.That(files.Where(path => InternalName().IsMatch(Repository.Read(path))), Is.Empty);
        Assert.That(Repository.Files("samples/Coniunctum.Node", "*.cs").Where(path => InternalName().IsMatch(Repository.Read(path))), Is.Not.Empty, "the console node uses some");
    }

    /// <summary>The types in what a program sees of a type: bases, constraints, and the signatures of members.</summary>
    private static IEnumerable<Type> Exposed(Type type) => Signature(type).SelectMany(Parts);

    private static IEnumerable<Type> Signature(Type type)
    {
        if (type.BaseType is { } parent) yield return parent;
        foreach (Type contract in type.GetInterfaces()) yield return contract;
        foreach (Type constraint in type.GetGenericArguments().SelectMany(Constraints)) yield return constraint;
        foreach (FieldInfo field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly)) yield return field.FieldType;
        foreach (MethodBase method in type.GetMembers(Declared).OfType<MethodBase>().Where(method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly))
        {
            foreach (ParameterInfo parameter in method.GetParameters()) yield return parameter.ParameterType;
            if (method is MethodInfo { ReturnType: var result }) yield return result;
            if (!method.IsGenericMethod) continue;
            foreach (Type constraint in method.GetGenericArguments().SelectMany(Constraints)) yield return constraint;
        }
    }

    private static Type[] Constraints(Type argument) => argument.IsGenericParameter ? argument.GetGenericParameterConstraints() : [];

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        return type.IsGenericType ? [type, .. type.GetGenericArguments().SelectMany(Parts)] : [type];
    }

    [GeneratedRegex(@"\bConiunctum(?:\.\w+)*\.Internal\b")]
    private static partial Regex InternalName();
}
