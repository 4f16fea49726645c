using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Wallet;

/// <summary>
/// The way from a master key to one of its descendants (BIP-32), written like m/44'/60'/0'/0/0. An apostrophe, straight or as
/// word processors set it, or an h or H marks a hardened step: from the parent's public key such a child cannot be found.
/// </summary>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<KeyPath>))]
[TypeConverter(typeof(TextTypeConverter<KeyPath>))]
public readonly struct KeyPath : IEquatable<KeyPath>, ISpanParsable<KeyPath>, ISpanFormattable
{
    /// <summary>The most steps: a key's depth is one byte.</summary>
    public const int MaxDepth = 255;

    /// <summary>What is added to a step's number when it is hardened: 2³¹.</summary>
    public const uint Hardened = 0x8000_0000;

    private readonly ImmutableArray<uint> _steps;

    /// <summary>Makes a path of steps.</summary>
    /// <param name="steps">The steps from the master key on, <see cref="Hardened"/> added to the hardened ones.</param>
    /// <exception cref="ArgumentException">More than 255 steps.</exception>
    public KeyPath(ImmutableArray<uint> steps)
    {
        if (!steps.IsDefault && steps.Length > MaxDepth) throw new ArgumentException($"A path has at most {MaxDepth} steps.", nameof(steps));
        _steps = steps;
    }

    /// <summary>m/44'/60'/0'/0/0, where most wallets look for the first key (BIP-44 with the number of Ethereum, SLIP-44).</summary>
    public static KeyPath Default => new([Hardened + 44, Hardened + 60, Hardened, 0, 0]);

    /// <summary>The steps, <see cref="Hardened"/> added to the hardened ones.</summary>
    public ImmutableArray<uint> Steps => _steps.IsDefault ? [] : _steps;

    /// <summary>Reads a path: "m", or "m" and numbers below 2³¹ behind slashes, each with ' or h if it is hardened.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="path">The path, or "m" when there is a fault.</param>
    /// <returns><see cref="ExtendedKeyFault.InvalidPath"/> with what was wrong, or that nothing was.</returns>
    public static ExtendedKeyOutcome Read(ReadOnlySpan<char> text, out KeyPath path)
    {
        path = default;
        if (text.IsEmpty || text[0] != 'm' || (text.Length > 1 && text[1] != '/'))
            return ExtendedKeyOutcome.Invalid(ExtendedKeyFault.InvalidPath, "The path does not begin with m; write it like m/44'/60'/0'/0/0.", 0);
        var steps = ImmutableArray.CreateBuilder<uint>();
        int start = 2;
        while (start <= text.Length)
        {
            ReadOnlySpan<char> step = text[start..];
            int slash = step.IndexOf('/');
            if (slash >= 0) step = step[..slash];
            if (!TryParseStep(step, out uint number))
            {
                return ExtendedKeyOutcome.Invalid(
                    ExtendedKeyFault.InvalidPath,
                    Invariant($"Step {steps.Count + 1} of the path, at character {start + 1}, is not a whole number below 2^31, with ' behind it if it is hardened."),
                    start);
            }

            if (steps.Count == MaxDepth)
                return ExtendedKeyOutcome.Invalid(ExtendedKeyFault.InvalidPath, $"The path has more than {MaxDepth} steps.", start);
            steps.Add(number);
            start += step.Length + 1;
        }

        path = new KeyPath(steps.ToImmutable());
        return ExtendedKeyOutcome.Valid;
    }

    /// <summary>Reads a path: "m", or "m" and numbers below 2³¹ behind slashes, each with ' or h if it is hardened.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="path">The path, or "m" when there is a fault.</param>
    /// <returns>Whether there was no fault.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out KeyPath path) => Read(text, out path).IsValid;

    /// <summary>Reads a path: "m", or "m" and numbers below 2³¹ behind slashes, each with ' or h if it is hardened.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is no path; the message says why.</exception>
    public static KeyPath Parse(ReadOnlySpan<char> text)
    {
        ExtendedKeyOutcome outcome = Read(text, out KeyPath path);
        return outcome.IsValid ? path : throw new FormatException(outcome.Message);
    }

    /// <summary>Returns the path with one more step.</summary>
    /// <param name="step">The step's number, <see cref="Hardened"/> added if it is hardened.</param>
    /// <exception cref="ArgumentException">The path has 255 steps already.</exception>
    public KeyPath Append(uint step) => new(Steps.Add(step));

    /// <summary>Returns the text, with apostrophes.</summary>
    public override string ToString() => string.Concat(
        Steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"/{step & ~Hardened}{(step >= Hardened ? "'" : "")}")).Prepend("m"));

    /// <inheritdoc/>
    public bool Equals(KeyPath other) => Steps.AsSpan().SequenceEqual(other.Steps.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KeyPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (uint step in Steps) hash.Add(step);
        return hash.ToHashCode();
    }

    /// <summary>Whether both have the same steps.</summary>
    public static bool operator ==(KeyPath left, KeyPath right) => left.Equals(right);

    /// <summary>Whether the steps differ.</summary>
    public static bool operator !=(KeyPath left, KeyPath right) => !left.Equals(right);

    static KeyPath IParsable<KeyPath>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<KeyPath>(s);

    static KeyPath ISpanParsable<KeyPath>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<KeyPath>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out KeyPath result) => TryParse(s, out result);

    static bool ISpanParsable<KeyPath>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out KeyPath result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        ValueText.TryWrite(ToString(), destination, out charsWritten);

    private static bool TryParseStep(ReadOnlySpan<char> text, out uint number)
    {
        bool isHardened = text is [.., '\'' or 'h' or 'H' or '\u2019' or '\u2032'];
        ReadOnlySpan<char> digits = isHardened ? text[..^1] : text;
        bool isNumber = uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < Hardened;
        if (isHardened) number |= Hardened;
        return isNumber;
    }
}
