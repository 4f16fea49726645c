using System.Text.Json;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>Takes fields out of an object of JSON, with its place in the file for messages. The first fault stays.</summary>
internal sealed class KeyFileFields
{
    /// <summary>How many characters of a text in the file a message repeats at most.</summary>
    public const int MaxShown = 40;

    private readonly string _place;
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.OrdinalIgnoreCase);

    private KeyFileFields(string place) => _place = place;

    /// <summary>Lists an object's fields. Case does not count in names: some wallets write "Crypto".</summary>
    public static KeyFileOutcome Read(JsonElement value, string place, out KeyFileFields fields)
    {
        fields = new KeyFileFields(place);
        if (value.ValueKind != JsonValueKind.Object)
        {
            string what = place.Length == 0 ? "The keystore file" : place;
            return KeyFileOutcome.Invalid(KeyFileFault.WrongType, $"{what} is {Describe(value)}; expected an object.");
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (fields._fields.TryAdd(property.Name, property.Value)) continue;
            return KeyFileOutcome.Invalid(
                KeyFileFault.DuplicateName, $"{fields.PlaceOf(PrintableText.Of(property.Name, MaxShown))} stands twice in the keystore file.");
        }

        return KeyFileOutcome.Valid;
    }

    /// <summary>Whether there is such a field.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>Takes an object.</summary>
    public KeyFileOutcome Object(string name, out KeyFileFields fields)
    {
        fields = this;
        KeyFileOutcome outcome = Find(name, out JsonElement value);
        return outcome.IsValid ? Read(value, PlaceOf(name), out fields) : outcome;
    }

    /// <summary>Takes a whole number that an <see cref="int"/> can hold.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="otherwise">The fault if it is a number that cannot be held.</param>
    /// <param name="number">The number.</param>
    public KeyFileOutcome Number(string name, KeyFileFault otherwise, out int number)
    {
        number = 0;
        KeyFileOutcome outcome = Find(name, out JsonElement value);
        if (!outcome.IsValid) return outcome;
        if (value.ValueKind != JsonValueKind.Number)
            return KeyFileOutcome.Invalid(KeyFileFault.WrongType, $"{PlaceOf(name)} is {Describe(value)}; expected a number.");
        return value.TryGetInt32(out number)
            ? outcome
            : KeyFileOutcome.Invalid(otherwise, $"{PlaceOf(name)} is {PrintableText.Of(value.GetRawText(), MaxShown)}; expected a whole number below 2^31.");
    }

    /// <summary>Takes a text.</summary>
    public KeyFileOutcome Text(string name, out string text)
    {
        text = "";
        KeyFileOutcome outcome = Find(name, out JsonElement value);
        if (!outcome.IsValid) return outcome;
        if (value.ValueKind != JsonValueKind.String)
            return KeyFileOutcome.Invalid(KeyFileFault.WrongType, $"{PlaceOf(name)} is {Describe(value)}; expected a text.");
        text = value.GetString()!;
        return outcome;
    }

    /// <summary>Takes bytes that are written as hexadecimal digits.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="least">The least number of bytes.</param>
    /// <param name="most">The greatest number of bytes.</param>
    /// <param name="bytes">The bytes.</param>
    public KeyFileOutcome Bytes(string name, int least, int most, out byte[] bytes)
    {
        bytes = [];
        KeyFileOutcome outcome = Text(name, out string text);
        if (!outcome.IsValid) return outcome;
        ReadOnlySpan<char> digits = HexText.Digits(text);
        if (digits.Length % 2 != 0 || digits.Length < 2 * least || digits.Length > 2 * most)
        {
            string expected = least == most ? Invariant($"{2 * least}") : Invariant($"an even number of them from {2 * least} to {2 * most}");
            return KeyFileOutcome.Invalid(
                KeyFileFault.WrongLength, $"{PlaceOf(name)} has {digits.Length} hexadecimal digits; expected {expected}.");
        }

        for (int i = 0; i < digits.Length; i++)
        {
            if (char.IsAsciiHexDigit(digits[i])) continue;
            return KeyFileOutcome.Invalid(
                KeyFileFault.NotHexadecimal, Invariant($"Character {i + 1} of {PlaceOf(name)} is no hexadecimal digit."));
        }

        bytes = Convert.FromHexString(digits);
        return outcome;
    }

    /// <summary>The name of a field for messages.</summary>
    public string PlaceOf(string name) => _place.Length == 0 ? name : $"{_place}.{name}";

    private KeyFileOutcome Find(string name, out JsonElement value) => _fields.TryGetValue(name, out value)
        ? KeyFileOutcome.Valid
        : KeyFileOutcome.Invalid(KeyFileFault.MissingField, $"The keystore file has no {PlaceOf(name)}.");

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
