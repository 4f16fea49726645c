using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coniunctum.Architecture.Tests.Support;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;

namespace Coniunctum.Architecture.Tests.Values;

/// <summary>
/// Every public value type crosses the boundaries of a program: JSON, the names of properties, routes, settings. A new one that
/// would get lost there fails here: it takes the converters of Coniunctum.Crypto.Internal.
/// </summary>
public sealed class ValueTypeTests
{
    private static Type[] Exported => [.. Repository.Assemblies.SelectMany(assembly => Assembly.Load(assembly).GetExportedTypes())];

    public static IEnumerable<Type> Values => Exported.Where(type =>
        type is { IsValueType: true, IsEnum: false, IsByRefLike: false, IsGenericTypeDefinition: false } && Fields(type).Length > 0);

    public static IEnumerable<Type> TextValues => Exported.Where(type => !type.IsGenericTypeDefinition && ConverterOf(type) == typeof(TextJsonConverter<>));

    public static IEnumerable<Type> Refused => Exported.Where(type => !type.IsGenericTypeDefinition && ConverterOf(type) == typeof(NoJsonConverter<>));

    // What people log, cache and answer requests with.
    public static IEnumerable<Type> Answers =>
    [
        typeof(Confirmation), typeof(TransactionUpdate), typeof(ImportOutcome), typeof(BlockHeader), typeof(LedgerLimits),
    ];

    [TestCaseSource(nameof(Values))]
    [TestCaseSource(nameof(Answers))]
    public void Value_ThroughJson_ComesBackOrIsRefused(Type type)
    {
        object sample = SampleValues.Make(type);
        string json;
        try
        {
            json = JsonSerializer.Serialize(sample, type);
        }
        catch (NotSupportedException refusal)
        {
            Assert.That(refusal.Message, Does.Contain("has no JSON form"));
            return;
        }

        object? back = JsonSerializer.Deserialize(json, type);
        Assert.That(JsonSerializer.Serialize(back, type), Is.EqualTo(json));
        Assert.That(back!.ToString(), Is.EqualTo(sample.ToString()));
        if (type.IsValueType && Fields(type).All(field => field.FieldType.IsValueType)) Assert.That(JsonSerializer.Serialize(Activator.CreateInstance(type), type), Is.Not.EqualTo(json), "nothing of the value is written");
    }

    [TestCaseSource(nameof(Values))]
    public void Value_OfOnePart_HasATextOrIsRefused(Type type)
    {
        if (Fields(type).Length == 1) Assert.That(ConverterOf(type), Is.EqualTo(typeof(TextJsonConverter<>)).Or.EqualTo(typeof(NoJsonConverter<>)));
        else Assert.That(Fields(type), Has.Length.GreaterThan(1));
    }

    [TestCaseSource(nameof(TextValues))]
    public void TextValue_AsTextAndKeyAndSetting_ComesBack(Type type) =>
        typeof(ValueTypeTests).GetMethod(nameof(AssertText), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type).Invoke(null, [SampleValues.Make(type)]);

    [TestCaseSource(nameof(Refused))]
    public void RefusedType_ThroughJson_IsNeitherWrittenNorRead(Type type)
    {
        Assert.That(() => JsonSerializer.Serialize(RuntimeHelpers.GetUninitializedObject(type), type), Throws.TypeOf<NotSupportedException>());
        Assert.That(() => JsonSerializer.Deserialize("{}", type), Throws.TypeOf<NotSupportedException>());
    }

    [Test]
    public void Types_ThatAreCovered_HoldThePlainValuesAndTheSecrets()
    {
        string[] named = ["BlockId", "TransactionId", "TransactionTag", "Hash256", "Address", "PublicKey", "Work", "Target", "CompactTarget", "Timestamp", "AppId"];
        Assert.That(TextValues.Select(type => type.Name), Is.SupersetOf(named));
        string[] secrets = ["PrivateKey", "ExtendedKey", "Mnemonic", "TagKey", "KeyFile"];
        Assert.That(Refused.Select(type => type.Name), Is.SupersetOf(secrets.Append("ChainProfile").Append("StateSnapshot")));
    }

    private static void AssertText<T>(T sample)
        where T : ISpanParsable<T>, ISpanFormattable
    {
        string text = sample.ToString()!;
        Assert.That(T.Parse(text, CultureInfo.InvariantCulture), Is.EqualTo(sample));
        Assert.That(T.TryParse((string?)null, null, out _), Is.False.Or.EqualTo(typeof(T) == typeof(RuleValue)));
        Span<char> room = stackalloc char[256];
        Assert.That(sample.TryFormat(room, out int written, default, null), Is.True);
        Assert.That(room[..written].ToString(), Is.EqualTo(text));
        Assert.That(sample.TryFormat(room[..(text.Length - 1)], out written, default, null), Is.False);
        Assert.That(sample.ToString(null, CultureInfo.InvariantCulture), Is.EqualTo(text));

        Assert.That(JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(sample)), Is.EqualTo(text));
        Assert.That(JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(sample)), Is.EqualTo(sample));
        Assert.That(() => JsonSerializer.Deserialize<T>("7"), Throws.TypeOf<JsonException>());
        Assert.That(() => JsonSerializer.Deserialize<T>("{}"), Throws.TypeOf<JsonException>());
        if (typeof(T) != typeof(RuleValue))
        {
            Assert.That(() => JsonSerializer.Deserialize<T>("\"of no form\""), Throws.TypeOf<JsonException>());
            Assert.That(() => T.Parse("of no form", null), Throws.TypeOf<FormatException>());
        }

        var table = new Dictionary<T, int> { [sample] = 5 };
        string keyed = JsonSerializer.Serialize(table);
        Assert.That(JsonSerializer.Deserialize<Dictionary<string, int>>(keyed), Is.EqualTo(new Dictionary<string, int> { [text] = 5 }));
        Assert.That(JsonSerializer.Deserialize<Dictionary<T, int>>(keyed), Is.EqualTo(table));

        TypeConverter converter = TypeDescriptor.GetConverter(typeof(T));
        Assert.That(converter.ConvertFromInvariantString(text), Is.EqualTo(sample));
        Assert.That(converter.ConvertToInvariantString(sample), Is.EqualTo(text));
    }

    private static Type? ConverterOf(Type type) =>
        type.GetCustomAttribute<JsonConverterAttribute>()?.ConverterType is { IsGenericType: true } converter ? converter.GetGenericTypeDefinition() : null;

    private static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
}
