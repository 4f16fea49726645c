using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Architecture.Tests.Values;

/// <summary>Makes an instance of a public type in which no part has its default value, so that a part that gets lost is noticed.</summary>
internal static class SampleValues
{
    // Those whose parts are not what one makes them of.
    private static readonly Dictionary<Type, object> s_known = new()
    {
        [typeof(Hash256)] = Hash256.Parse("c0ffee0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"),
        [typeof(PublicKey)] = MakeKey(),
        [typeof(Work)] = Work.FromBytes(Hash256.Parse("f0ffee0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d")),
        [typeof(Target)] = new Target(Hash256.Parse("00ffee0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d")),
        [typeof(RuleValue)] = (RuleValue)"a block of at most 1 MiB",
        [typeof(string)] = "some text",
        [typeof(bool)] = true,
        [typeof(int)] = 7,
        [typeof(long)] = long.MaxValue - 7,
        [typeof(ushort)] = (ushort)7,
        [typeof(uint)] = uint.MaxValue - 7,
        [typeof(ulong)] = ulong.MaxValue - 7,
        [typeof(double)] = 0.1,
        [typeof(TimeSpan)] = TimeSpan.FromMilliseconds(12_345),
        [typeof(ReadOnlyMemory<byte>)] = new ReadOnlyMemory<byte>([1, 2, 3]),
    };

    public static object Make(Type type)
    {
        if (s_known.TryGetValue(type, out object? known)) return known;
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Make(underlying);
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().Last();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)) return MakeArray(type);

        ConstructorInfo? constructor = type.GetConstructors()
            .Where(candidate => candidate.GetParameters().All(parameter => !parameter.ParameterType.IsByRefLike && parameter.ParameterType != type))
            .MaxBy(candidate => candidate.GetParameters().Length);
        object made = constructor is null
            ? RuntimeHelpers.GetUninitializedObject(type)
            : constructor.Invoke([.. constructor.GetParameters().Select(parameter => Make(Plain(parameter.ParameterType)))]);
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is { IsPublic: true } && !IsParameter(constructor, property)) property.SetValue(made, Make(property.PropertyType));
        }

        return made;
    }

    private static Type Plain(Type type) => type.IsByRef ? type.GetElementType()! : type;

    private static bool IsParameter(ConstructorInfo? constructor, PropertyInfo property) =>
        constructor?.GetParameters().Any(parameter => string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase)) == true;

    private static object MakeArray(Type type)
    {
        Type element = type.GetGenericArguments()[0];
        var items = Array.CreateInstance(element, 2);
        for (int i = 0; i < items.Length; i++) items.SetValue(Make(element), i);
        MethodInfo create = typeof(ImmutableArray).GetMethods().First(method => method.Name == "Create"
            && method.GetParameters() is [{ ParameterType.IsArray: true }]).MakeGenericMethod(element);
        return create.Invoke(null, [items])!;
    }

    private static PublicKey MakeKey()
    {
        byte[] secret = new byte[PrivateKey.Size];
        secret[^1] = 7;
        _ = PrivateKey.Read(secret, out PrivateKey? key);
        using (key) return key!.PublicKey;
    }
}
