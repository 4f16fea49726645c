using System.Text.Json.Serialization;

namespace Coniunctum.Node.Receipts;

/// <summary>A receipt's file, as it is written: nothing in it but what can be verified.</summary>
/// <param name="Version">The version of the file.</param>
/// <param name="Profile">The profile of the receipt's chain, as its file has it.</param>
/// <param name="Receipt">The receipt's canonical encoding, hexadecimal.</param>
internal sealed record ReceiptNote(int Version, string Profile, string Receipt);

/// <summary>Reads and writes receipts' files without reflection. What no one would verify is refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReceiptNote))]
internal sealed partial class ReceiptJson : JsonSerializerContext;
