using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>Makes messages of every type from their constructors, with drawn contents that are within their limits.</summary>
internal static class MessageSamples
{
    /// <summary>Every type of message.</summary>
    public static IReadOnlyList<Type> Types { get; } =
        [.. typeof(WireMessage).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(WireMessage))).OrderBy(type => type.Name, StringComparer.Ordinal)];

    public static WireMessage Draw(Type type, Random random) => (WireMessage)DrawRecord(type, random);

    /// <summary>Writes out all parts of a message, so that two can be compared.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "nothing",
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        System.Collections.IEnumerable and not string => "[" + string.Join(", ", ((System.Collections.IEnumerable)value).Cast<object?>().Select(Describe)) + "]",
        _ when value.GetType().Namespace == typeof(Hello).Namespace && !value.GetType().IsEnum => value.GetType().Name + "(" + string.Join(", ", PartsOf(value.GetType()).Select(part => Describe(part.GetValue(value)))) + ")",
        _ => value.ToString()!,
    };

    private static IEnumerable<PropertyInfo> PartsOf(Type type) =>
        ConstructorOf(type).GetParameters().Select(parameter => type.GetProperty(parameter.Name!)!);

    private static ConstructorInfo ConstructorOf(Type type) => type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).MaxBy(one => one.GetParameters().Length)!;

    private static object DrawRecord(Type type, Random random) => type == typeof(Compact)
        ? DrawCompact(random)
        : ConstructorOf(type).Invoke([.. ConstructorOf(type).GetParameters().Select(parameter => Draw(type, parameter.ParameterType, parameter.Name!, random))]);

    private static Compact DrawCompact(Random random) => new(
        (EncodedHead)DrawRecord(typeof(EncodedHead), random),
        (ulong)random.NextInt64(),
        [.. Enumerable.Range(0, random.Next(4)).Select(i => new PlacedTransaction((uint)(i * 7), DrawBytes(random, 100)))],
        DrawBytes(random, 100, unit: 6));

    private static object? Draw(Type owner, Type type, string name, Random random)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)) return DrawArray(owner, type, name, random);
        if (Nullable.GetUnderlyingType(type) is { } underlying) return random.Next(3) == 0 ? null : Draw(owner, underlying, name, random);
        return type switch
        {
            _ when type == typeof(ulong) => (ulong)random.NextInt64() >> random.Next(64),
            _ when type == typeof(uint) => (uint)random.NextInt64() >> random.Next(32),
            _ when type == typeof(ushort) => (ushort)(random.Next(65_536) >> random.Next(16)),
            _ when type == typeof(string) => DrawText(random),
            _ when type == typeof(Hash256) => new Hash256(DrawHash(random)),
            _ when type == typeof(NodeId) => new NodeId(new Hash256(DrawHash(random))),
            _ when type == typeof(PublicKey) => TestKeys.Public((byte)random.Next(1, 256)),
            _ when type == typeof(ReadOnlyMemory<byte>) && name == "Ids" => DrawBytes(random, 80, unit: 8),
            _ when type == typeof(ReadOnlyMemory<byte>) => DrawBytes(random, 200, least: 1),
            _ when type == typeof(NodeEndpoint) => DrawEndpoint(random),
            _ when type == typeof(NodeRoles) => (NodeRoles)random.Next(8),
            _ when type.IsEnum => Enum.ToObject(type, random.Next(65_536)),
            _ when type.Namespace == typeof(Hello).Namespace => DrawRecord(type, random),
            _ => throw new NotSupportedException($"No sample of {type} for {name} is known: add one."),
        };
    }

    private static object DrawArray(Type owner, Type type, string name, Random random)
    {
        Type item = type.GetGenericArguments()[0];
        var items = Array.CreateInstance(item, random.Next(1, 5));
        for (int i = 0; i < items.Length; i++) items.SetValue(Draw(owner, item, name, random), i);
        return typeof(ImmutableArray).GetMethods().First(method => method.Name == "Create" && method.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(item).Invoke(null, [items])!;
    }

    private static ReadOnlyMemory<byte> DrawBytes(Random random, int most, int least = 0, int unit = 1)
    {
        byte[] bytes = new byte[random.Next(least, (most / unit) + 1) * unit];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] DrawHash(Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string DrawText(Random random) => string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => random.Next(4) switch
    {
        0 => "é",
        1 => "漢",
        _ => ((char)random.Next(32, 127)).ToString(),
    }));

    private static NodeEndpoint DrawEndpoint(Random random)
    {
        byte[] address = new byte[random.Next(2) == 0 ? 4 : 16];
        random.NextBytes(address);
        int port = random.Next(1, 65_536);
        return random.Next(3) == 0 ? NodeEndpoint.Parse(FormattableString.Invariant($"node-{random.Next(100)}.example:{port}")) : NodeEndpoint.Of(new IPEndPoint(new IPAddress(address), port));
    }
}
