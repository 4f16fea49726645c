using System.Globalization;
using System.Text;
using System.Text.Json;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Node.Headers.Python;

/// <summary>
/// Verifies a chain that the second paper's Python client has made, by that client's rules: each block names the SHA-256 of the
/// one before it, and its proof x makes SHA-256(decimal text of x² ‖ JSON of the block before) begin with zeros. The first block
/// is taken as it is. (github.com/AlainMgz/Coniunctum, modules/chain_validation.py.)
/// </summary>
public static class PythonChain
{
    /// <summary>How many hexadecimal zeros the client asks for.</summary>
    public const int DefaultZeros = 5;

    private const int HexDigits = 2 * Hash256.Size;

    /// <summary>Verifies a chain.</summary>
    /// <param name="json">A list of blocks, or an object with that list as <c>chain</c> and perhaps the zeros as <c>difficulty</c>.</param>
    /// <param name="cancellation">Ends it between two blocks.</param>
    /// <returns>What was found; malformed bytes are an outcome, not an exception.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PythonChainOutcome Verify(ReadOnlyMemory<byte> json, CancellationToken cancellation = default)
    {
        ForeignTextOutcome text = ForeignText.Decode(json, out ReadOnlyMemory<byte> utf8);
        if (!text.IsValid) return Malformed(0, default, text.Message);
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return Verify(document.RootElement, cancellation);
        }
        catch (JsonException exception)
        {
            return Malformed(0, default, exception.Message);
        }
    }

    /// <summary>What the client compares with the target; it commits to nothing of its own block.</summary>
    /// <param name="x">The proof.</param>
    /// <param name="previous">The previous block's text, in the bytes in which it is hashed.</param>
    internal static Hash256 ProofOf(ulong x, ReadOnlySpan<byte> previous)
    {
        string square = ((UInt128)x * x).ToString(CultureInfo.InvariantCulture);
        return Sha256.Hash([.. Encoding.ASCII.GetBytes(square), .. previous]);
    }

    private static PythonChainOutcome Verify(JsonElement root, CancellationToken cancellation)
    {
        JsonElement blocks = root;
        int zeros = DefaultZeros;
        if (root.ValueKind == JsonValueKind.Object)
        {
            if (!root.TryGetProperty("chain", out blocks)) return Malformed(0, default, "It has no list named chain.");
            if (root.TryGetProperty("difficulty", out JsonElement difficulty)
                && (difficulty.ValueKind != JsonValueKind.Number || !difficulty.TryGetInt32(out zeros) || zeros is < 1 or > HexDigits))
            {
                return Malformed(0, default, $"The difficulty is not a number of zeros from 1 to {HexDigits}.");
            }
        }

        if (blocks.ValueKind != JsonValueKind.Array || blocks.GetArrayLength() == 0) return Malformed(0, default, "It is not a list of blocks.");
        // Digests with that many zeros in front are less than 16^(64 − zeros).
        Target target = Target.FromNumber(System.Numerics.BigInteger.One << (4 * (HexDigits - zeros)));
        int count = 0;
        Hash256 tip = default;
        byte[] previous = [];
        foreach (JsonElement block in blocks.EnumerateArray())
        {
            cancellation.ThrowIfCancellationRequested();
            if (count > 0 && Check(block, count, tip, previous, target) is { } outcome) return outcome;
            try
            {
                previous = PythonJson.Dump(block);
            }
            catch (Exception exception) when (exception is InvalidOperationException or FormatException)
            {
                return Malformed(count, tip, exception.Message);
            }

            tip = Sha256.Hash(previous);
            count++;
        }

        return new PythonChainOutcome(count, tip, Verdict.Valid, null);
    }

    /// <summary>Checks a block behind another one; returns what is wrong with it, or <c>null</c>.</summary>
    private static PythonChainOutcome? Check(JsonElement block, int count, Hash256 parent, byte[] previous, Target target)
    {
        if (block.ValueKind != JsonValueKind.Object || !block.TryGetProperty("proof", out JsonElement proof)
            || proof.ValueKind != JsonValueKind.Number || !proof.TryGetUInt64(out ulong nonce))
        {
            return Malformed(count, parent, "It has no proof from 0 to 2^64-1.");
        }

        if (!block.TryGetProperty("previous_hash", out JsonElement link) || link.ValueKind != JsonValueKind.String || !Hash256.TryParse(link.GetString(), out Hash256 named))
            return Malformed(count, parent, "It has no previous_hash of 64 hexadecimal digits.");
        if (named != parent) return new PythonChainOutcome(count, parent, Verdict.Invalid(BlockRule.PreviousUnknown, named, parent), null);
        Hash256 digest = ProofOf(nonce, previous);
        return digest >= target ? new PythonChainOutcome(count, parent, Verdict.Invalid(BlockRule.ProofInvalid, digest, target.Value), null) : null;
    }

    private static PythonChainOutcome Malformed(int count, Hash256 tip, string fault) => new(count, tip, default, fault);
}
