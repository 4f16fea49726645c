using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>What came of reading words: a code for programs and a sentence for people.</summary>
[JsonConverter(typeof(NoJsonConverter<MnemonicOutcome>))]
public readonly record struct MnemonicOutcome
{
    private readonly string? _message;
    private readonly ImmutableArray<string> _nearWords;

    private MnemonicOutcome(MnemonicFault fault, string message, int position, ImmutableArray<string> nearWords)
    {
        Fault = fault;
        _message = message;
        Position = position;
        _nearWords = nearWords;
    }

    /// <summary>What was wrong, or <see cref="MnemonicFault.None"/>.</summary>
    public MnemonicFault Fault { get; }

    /// <summary>The index of the word that is not in the list; −1 for other outcomes.</summary>
    public int Position { get; }

    /// <summary>
    /// Up to four words that the unknown one may have been, the nearest first. They tell about a secret: they are for the person
    /// who typed it, not for a log, and so are not part of <see cref="Message"/>.
    /// </summary>
    public ImmutableArray<string> NearWords => _nearWords.IsDefault ? [] : _nearWords;

    /// <summary>Whether nothing was wrong.</summary>
    public bool IsValid => Fault == MnemonicFault.None;

    /// <summary>One line that says what was found and what was expected, counting words from one. It holds none of the words.</summary>
    public string Message => _message ?? "The words have not been checked.";

    internal static MnemonicOutcome Valid => new(MnemonicFault.None, "The words are valid.", -1, []);

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;

    internal static MnemonicOutcome Invalid(MnemonicFault fault, string message) => new(fault, message, -1, []);

    internal static MnemonicOutcome UnknownWord(int position, ImmutableArray<string> near, int unknown, int count)
    {
        const int few = 3;
        string also = unknown >= few && 2 * unknown > count
            ? Invariant($" Neither are {unknown - 1} of the other {count - 1}: they are of another language, which is not read here, of another wallet's own list, or no such words.")
            : "";
        return new MnemonicOutcome(
            MnemonicFault.UnknownWord, Invariant($"Word {position + 1} is not in the list of English words.{also}"), position, also.Length > 0 ? [] : near);
    }
}
