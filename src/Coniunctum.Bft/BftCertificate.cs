using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>
/// Precommits of one round by more than two thirds of the weight for one block, as it is stored beside that block: the
/// canonical array [round, list of [place in the set, signature]], places rising.
/// </summary>
internal static class BftCertificate
{
    /// <summary>Makes the certificate of a block out of its precommits.</summary>
    public static ReadOnlyMemory<byte> Write(ValidatorSet validators, int round, IEnumerable<BftMessage> precommits)
    {
        ImmutableArray<(int Index, BftMessage Vote)> votes =
            [.. precommits.Select(vote => (validators.IndexOf(vote.Sender), vote)).OrderBy(pair => pair.Item1)];
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.WriteUInt64((ulong)round);
        writer.WriteListHeader(votes.Length, ValidatorSet.MaxCount);
        foreach ((int index, BftMessage vote) in votes)
        {
            writer.WriteArrayHeader(2);
            writer.WriteUInt64((ulong)index);
            writer.WriteBytes(vote.Signature.Span, BftMessage.MaxSignatureBytes);
        }

        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Judges all of a certificate but its signatures, which are claimed.</summary>
    public static Verdict Judge(
        ReadOnlyMemory<byte>? certificate, ulong height, BlockId block, BlockId chainId, ValidatorSet validators, SealClaims signatures)
    {
        if (certificate is not { } bytes) return Verdict.Invalid(BlockRule.CertificateInvalid, "no certificate", "precommits");
        var reader = new CanonicalReader(bytes);
        reader.ReadArrayHeader(2);
        int round = (int)reader.ReadUInt64(BftMessage.MaxRound);
        int count = reader.ReadListHeader(validators.Count);
        var precommit = new BftMessage(BftMessageKind.Precommit, height, round, block, -1, default, default);
        Hash256 digest = precommit.Digest(chainId);
        ulong weight = 0;
        int last = -1;
        var claims = new List<SignatureClaim>(count);
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(2);
            int index = (int)reader.ReadUInt64((ulong)validators.Count - 1);
            if (index <= last) reader.Reject((ulong)last + 1, (ulong)index);
            ReadOnlyMemory<byte> signature = reader.ReadBytes(BftMessage.MaxSignatureBytes);
            if (reader.IsFaulted) break;
            last = index;
            weight += validators[index].Weight;
            claims.Add(new SignatureClaim(digest, signature, validators[index].Address));
        }

        if (!reader.End().IsValid) return Verdict.Invalid(BlockRule.CertificateInvalid, reader.Outcome.ToString(), "precommits of different validators");
        if (!validators.IsQuorum(weight)) return Verdict.Invalid(BlockRule.CertificateInvalid, weight, (validators.TotalWeight * 2 / 3) + 1);
        foreach (SignatureClaim claim in claims) signatures.Add(claim);
        return Verdict.Valid;
    }
}
