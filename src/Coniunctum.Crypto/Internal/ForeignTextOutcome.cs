using System.Text.Json.Serialization;

namespace Coniunctum.Crypto.Internal;

/// <summary>What came of reading text from elsewhere: a code for programs and a sentence for people, which holds nothing of the text.</summary>
[JsonConverter(typeof(NoJsonConverter<ForeignTextOutcome>))]
public readonly record struct ForeignTextOutcome
{
    private readonly string? _predicate;

    private ForeignTextOutcome(ForeignTextFault fault, string predicate, long position)
    {
        Fault = fault;
        _predicate = predicate;
        Position = position;
    }

    /// <summary>What was wrong, or <see cref="ForeignTextFault.None"/>.</summary>
    public ForeignTextFault Fault { get; }

    /// <summary>The index of the byte, or of the UTF-16 unit in text that was decoded already, where the fault was found; −1 without one.</summary>
    public long Position { get; }

    /// <summary>Whether nothing was wrong.</summary>
    public bool IsValid => Fault == ForeignTextFault.None;

    /// <summary>One line that says what was found and what was expected, counting from one.</summary>
    public string Message => Describe("The text");

    internal static ForeignTextOutcome Valid => new(ForeignTextFault.None, "is valid.", -1);

    /// <summary>Says the same with another subject, as in "The password is UTF-16 …".</summary>
    /// <param name="subject">What was read, as a sentence begins with it.</param>
    public string Describe(string subject) => $"{subject} {_predicate ?? "has not been checked."}";

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;

    internal static ForeignTextOutcome Invalid(ForeignTextFault fault, string predicate, long position) => new(fault, predicate, position);
}
