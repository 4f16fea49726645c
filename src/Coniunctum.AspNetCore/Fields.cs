using System.Globalization;
using Coniunctum.Client;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.AspNetCore;

/// <summary>Reads what requests name. Every refusal says what was found and what was expected.</summary>
internal static class Fields
{
    private const int MaxShown = 80;

    public static ApiProblemException Bad(string title) => new(StatusCodes.Status400BadRequest, title);

    public static ApiProblemException NotFound(string title) => new(StatusCodes.Status404NotFound, title);

    /// <summary>Shows what was typed, on one line.</summary>
    public static string Quoted(string text) => $"'{PrintableText.Of(text, MaxShown)}'";

    /// <summary>Reads a number of a query.</summary>
    /// <param name="name">The field.</param>
    /// <param name="text">Its value; <c>null</c> where it is omitted.</param>
    /// <param name="least">The least.</param>
    /// <param name="most">The most.</param>
    /// <param name="otherwise">What an omitted one means.</param>
    public static int Number(string name, string? text, int least, int most, int otherwise)
    {
        if (text is null) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw Bad(Invariant($"{name} is {Quoted(text)}; expected a whole number from {least} to {most}."));
    }

    /// <summary>Reads a height.</summary>
    public static ulong Height(string name, string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong height)
        ? height
        : throw Bad($"{name} is {Quoted(text)}; expected a height.");

    public static TransactionId Transaction(string text) =>
        TransactionId.TryParse(text, out TransactionId id) ? id : throw Bad($"{Quoted(text)} is no transaction: expected its id, 64 hexadecimal digits.");

    public static Address Address(string text, string prefix)
    {
        AddressOutcome outcome = Crypto.Address.Read(text, prefix, out Address address);
        if (!outcome.IsValid) throw Bad($"{Quoted(text)} is no address: {outcome.Message}");
        return address.IsRoot ? throw Bad($"{Quoted(text)} is the root address, which owns nothing.") : address;
    }

    public static byte[] Key(string text, int most)
    {
        bool isHex = text.Length > 0 && text.Length % 2 == 0 && text.Length <= 2 * most && text.All(char.IsAsciiHexDigit);
        return isHex ? Convert.FromHexString(text) : throw Bad(Invariant($"{Quoted(text)} is no key: expected 1 to {most} bytes as hexadecimal digits, two for each."));
    }
}
