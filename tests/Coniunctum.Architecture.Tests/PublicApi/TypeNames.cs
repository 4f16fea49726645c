using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Coniunctum.Architecture.Tests.PublicApi;

/// <summary>Writes types as C# does, with what may be null marked.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(char)] = "char",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>Returns a type's name with its namespace and the types around it.</summary>
    public static string Full(Type type) => $"{type.Namespace}.{Nested(type)}";

    /// <summary>Returns a type's name without its namespace.</summary>
    public static string Short(Type type) => Short(type, null);

    public static string Of(PropertyInfo property) => Short(property.PropertyType, new NullabilityInfoContext().Create(property));

    public static string Of(ParameterInfo parameter)
    {
        string by = !parameter.ParameterType.IsByRef ? ""
            : parameter.IsOut ? "out "
            : parameter.IsIn || parameter.IsDefined(typeof(IsReadOnlyAttribute)) || parameter.GetRequiredCustomModifiers().Length > 0 ? "in "
            : "ref ";
        return by + Short(parameter.ParameterType, new NullabilityInfoContext().Create(parameter));
    }

    public static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    public static string Parameters(ParameterInfo[] parameters) => $"({string.Join(", ", parameters.Select(Parameter))})";

    public static string Literal(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    public static string Constraints(Type[] arguments) => string.Concat(arguments.Where(type => type.IsGenericParameter).Select(Constraint));

    private static string Parameter(ParameterInfo parameter)
    {
        string value = !parameter.HasDefaultValue ? ""
            : parameter.DefaultValue is null && parameter.ParameterType.IsValueType ? " = default"
            : $" = {Literal(parameter.DefaultValue)}";
        string list = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        return $"{list}{Of(parameter)} {parameter.Name}{value}";
    }

    private static string Constraint(Type parameter)
    {
        var parts = new List<string>();
        GenericParameterAttributes kind = parameter.GenericParameterAttributes;
        if (kind.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) parts.Add("struct");
        if (kind.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) parts.Add("class");
        parts.AddRange(parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(Short));
        return parts.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", parts)}";
    }

    private static string Short(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef) type = type.GetElementType()!;
        string mark = nullability?.ReadState == NullabilityState.Nullable && !type.IsValueType ? "?" : "";
        if (Nullable.GetUnderlyingType(type) is { } value) return Short(value) + "?";
        if (type.IsArray) return Short(type.GetElementType()!, nullability?.ElementType) + "[]" + mark;
        if (type.IsPointer) return Short(type.GetElementType()!) + "*";
        if (s_keywords.TryGetValue(type, out string? keyword)) return keyword + mark;
        if (type.IsGenericParameter || !type.IsGenericType) return Nested(type) + mark;

        NullabilityInfo[] inner = nullability?.GenericTypeArguments ?? [];
        IEnumerable<string> arguments = type.GetGenericArguments().Select((argument, i) => Short(argument, i < inner.Length ? inner[i] : null));
        return $"{Nested(type).Split('<')[0]}<{string.Join(", ", arguments)}>{mark}";
    }

    private static string Nested(Type type)
    {
        string name = type.Name.Split('`')[0];
        if (type.IsGenericTypeDefinition) name += $"<{string.Join(", ", type.GetGenericArguments().Select(argument => argument.Name))}>";
        return type is { IsNested: true, IsGenericParameter: false } ? $"{Nested(type.DeclaringType!)}.{name}" : name;
    }
}
