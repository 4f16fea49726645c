using System.Reflection;
using System.Runtime.CompilerServices;

namespace Coniunctum.Architecture.Tests.PublicApi;

/// <summary>
/// Writes what a program outside of an assembly can see of it, one line for each type and member, in an order that depends on
/// names only. What the compiler adds to a record by itself is left out; the word "record" says that it is there.
/// </summary>
internal static class ApiRenderer
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>Renders types of one assembly, but for those that the compiler makes to hold a block of extension members: these stand in their class, as methods.</summary>
    public static IEnumerable<string> Render(IEnumerable<Type> types) =>
        types.Where(type => !IsCompilerMade(type)).OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Render);

    private static bool IsCompilerMade(Type type) => type.Name.StartsWith('<') || (type.DeclaringType is { } outer && IsCompilerMade(outer));

    private static IEnumerable<string> Render(Type type)
    {
        string name = TypeNames.Full(type);
        yield return TypeLine(type, name);
        IEnumerable<string> members = type.IsEnum
            ? EnumValues(type)
            : typeof(Delegate).IsAssignableFrom(type) ? [] : type.GetMembers(Declared).Select(Render).OfType<string>();
        foreach (string member in members.Order(StringComparer.Ordinal)) yield return $"{name}.{member}";
    }

    private static string TypeLine(Type type, string name)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            return $"{name} : delegate {Signature(type.GetMethod("Invoke")!, "")}";
        IEnumerable<string> bases = type.GetInterfaces()
            .Where(contract => contract.IsPublic && !IsInherited(type, contract))
            .Select(contract => TypeNames.Short(contract))
            .Order(StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            bases = bases.Prepend(TypeNames.Short(parent));
        if (type.IsEnum) bases = [TypeNames.Short(Enum.GetUnderlyingType(type))];
        return string.Join(", ", bases.Prepend($"{name} : {Kind(type)}")) + TypeNames.Constraints(type.GetGenericArguments());
    }

    private static bool IsInherited(Type type, Type contract) =>
        (type.BaseType is { } parent && contract.IsAssignableFrom(parent))
        || type.GetInterfaces().Any(other => other != contract && contract.IsAssignableFrom(other));

    private static string Kind(Type type)
    {
        bool isRecord = type.GetMethod("PrintMembers", Declared)?.IsDefined(typeof(CompilerGeneratedAttribute)) == true;
        if (type.IsEnum) return "enum";
        if (type.IsInterface) return "interface";
        if (type.IsValueType)
        {
            return (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")
                + (type.IsByRefLike ? "ref " : "") + (isRecord ? "record struct" : "struct");
        }

        string modifier = (type.IsAbstract, type.IsSealed) switch { (true, true) => "static ", (true, false) => "abstract ", (false, true) => "sealed ", _ => "" };
        return modifier + (isRecord ? "record" : "class");
    }

    private static IEnumerable<string> EnumValues(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"{field.Name} = {field.GetRawConstantValue()}");

    private static string? Render(MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) => null,
        ConstructorInfo constructor => IsVisible(constructor) ? $"new{TypeNames.Parameters(constructor)}{Access(constructor)}" : null,
        PropertyInfo property => Render(property),
        MethodInfo { IsSpecialName: true } method when !method.Name.StartsWith("op_", StringComparison.Ordinal) => null,
        MethodInfo method => IsVisible(method) ? Signature(method, method.Name) + Modifiers(method) : null,
        FieldInfo field => field.IsPublic || field.IsFamily ? Render(field) : null,
        EventInfo { AddMethod: { } add } change when IsVisible(add) => $"{change.Name} : event {TypeNames.Short(change.EventHandlerType!)}",
        _ => null,
    };

    private static string Render(FieldInfo field)
    {
        string kind = field.IsLiteral ? $" = {TypeNames.Literal(field.GetRawConstantValue())} (const)" : field.IsStatic ? " (static)" : "";
        return $"{field.Name} : {TypeNames.Short(field.FieldType)}{kind}";
    }

    private static string? Render(PropertyInfo property)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(nonPublic: true).Where(IsVisible)];
        if (accessors.Length == 0) return null;
        string body = string.Concat(accessors.Order(Comparer<MethodInfo>.Create((left, right) => string.CompareOrdinal(left.Name, right.Name))).Select(Accessor));
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? " (required)" : "";
        string index = property.GetIndexParameters().Length == 0 ? "" : TypeNames.Parameters(property.GetIndexParameters());
        return $"{property.Name}{index} : {TypeNames.Of(property)} {{ {body}}}{required}{Modifiers(accessors[0])}";
    }

    private static string Accessor(MethodInfo accessor)
    {
        if (accessor.ReturnType != typeof(void)) return "get; ";
        bool isInit = accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
        return isInit ? "init; " : "set; ";
    }

    private static string Signature(MethodInfo method, string name)
    {
        string generics = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(type => type.Name))}>" : "";
        string constraints = method.IsGenericMethod ? TypeNames.Constraints(method.GetGenericArguments()) : "";
        return $"{name}{generics}{TypeNames.Parameters(method)} : {TypeNames.Of(method.ReturnParameter)}{constraints}";
    }

    private static string Modifiers(MethodInfo method)
    {
        string kind = method switch
        {
            { IsStatic: true, IsAbstract: true } => " (static abstract)",
            { IsStatic: true } => " (static)",
            { DeclaringType.IsInterface: true, IsAbstract: true } => "",
            { IsAbstract: true } => " (abstract)",
            _ when method.GetBaseDefinition() != method => " (override)",
            { IsVirtual: true, IsFinal: false } => " (virtual)",
            _ => "",
        };
        return kind + Access(method);
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : " (protected)";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
}
