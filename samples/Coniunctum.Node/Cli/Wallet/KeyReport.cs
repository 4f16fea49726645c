using System.Text.Json;
using Coniunctum.Crypto;
using Coniunctum.Wallet;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>Shows what everybody may know of a key: for people in lines, for programs as one JSON object.</summary>
internal static class KeyReport
{
    public static IEnumerable<ChainProfile> ProfilesOf(ChainProfile? only) => only is null ? Profiles.All : [only];

    public static void WritePublicPart(in PublicKey key, ChainProfile? only, TextWriter output)
    {
        foreach (ChainProfile profile in ProfilesOf(only))
            output.WriteLine($"address      {profile.Signatures.AddressOf(key).ToText(profile.AddressPrefix)}  ({profile.Name})");
        output.WriteLine($"public key   {key}");
    }

    public static void WriteFile(KeyFile file, TextWriter output)
    {
        if (file.EthereumAddress is { } address) output.WriteLine($"ethereum     0x{address}");
        output.WriteLine($"password     {file.Derivation}{(file.IsWeak ? ", easier to guess than it should be" : "")}");
    }

    public static void WritePublicPart(Utf8JsonWriter json, in PublicKey key, ChainProfile? only)
    {
        json.WriteStartObject("addresses");
        foreach (ChainProfile profile in ProfilesOf(only))
            json.WriteString(profile.Name, profile.Signatures.AddressOf(key).ToText(profile.AddressPrefix));
        json.WriteEndObject();
        json.WriteString("publicKey", key.ToString());
    }

    public static void WriteFile(Utf8JsonWriter json, KeyFile file)
    {
        if (file.EthereumAddress is { } address) json.WriteString("ethereum", "0x" + address);
        json.WriteString("derivation", file.Derivation);
        json.WriteBoolean("weak", file.IsWeak);
    }

    /// <summary>Writes one JSON object on a line.</summary>
    public static void WriteJson(TextWriter output, Action<Utf8JsonWriter> write) => output.WriteLine(JsonText.Line(write));
}
