using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Headers;

/// <summary>Checks the headers of one chain, in their order, from genesis or from whichever comes first.</summary>
/// <param name="profile">The chain's profile.</param>
/// <param name="firstHeight">The height of the first header, where the file does not say it.</param>
/// <param name="now">The clock's time, which no header may be far ahead of.</param>
internal sealed class HeaderVerification(HeaderProfile profile, ulong? firstHeight, Timestamp now)
{
    // Longer than any rule's window that is in use.
    private static readonly HeaderTreeOptions s_options = new() { Kept = 8_192 };

    private readonly SealClaims _seals = new();
    private readonly HeaderReading[] _readings = new HeaderReading[1_024];
    private HeaderTree? _chain;

    /// <summary>How many headers were checked and found right.</summary>
    public long Count { get; private set; }

    /// <summary>The first header of the file.</summary>
    public HeaderView First { get; private set; }

    public HeaderView Tip => _chain!.Tip.Header;

    /// <summary>The sum of the weights of the file's headers, and of genesis where the file begins behind it.</summary>
    public Work Work => _chain!.Work;

    /// <summary>Whether the chain is known down to genesis; otherwise the file's first header was taken on trust.</summary>
    public bool IsFromGenesis => First.Height <= 1;

    /// <summary>Headers whose rule looks further back than the file.</summary>
    public long PartlyChecked => _chain!.PartlyChecked;

    /// <summary>The first bad line, or <c>null</c>.</summary>
    public BadLine? Bad { get; private set; }

    /// <summary>Checks some lines.</summary>
    /// <param name="batch">The lines; the first batch has one.</param>
    /// <param name="hasHeights">Whether the lines say heights.</param>
    /// <returns>Whether all of them are right.</returns>
    /// <exception cref="BadInputException">The height of the first header is not known.</exception>
    public bool TryTake(HeaderBatch batch, bool hasHeights)
    {
        Bad = batch.Bad;
        if (batch.Count == 0) return Bad is null;
        Span<HeaderReading> readings = _readings.AsSpan(0, batch.Count);
        ulong height = _chain is { } chain ? chain.TipHeight + 1 : hasHeights ? batch.Heights[0] : firstHeight ?? 0;
        profile.Format.ReadAll(batch.Bytes, batch.Lengths, height, readings);
        if (_chain is null && !hasHeights && firstHeight is null && NeedsHeight(readings[0].Header))
        {
            height = HeightOf(readings[0], batch.Lines[0]);
            profile.Format.ReadAll(batch.Bytes, batch.Lengths, height, readings);
        }

        for (int i = 0; i < readings.Length; i++, height++)
        {
            (Verdict verdict, string? fault) = (readings[i].Verdict, readings[i].Fault);
            if (fault is null && verdict.IsValid && readings[i].Header.Height > Inputs.MostHeight)
                fault = $"its height {readings[i].Header.Height} is beyond {Inputs.MostHeight}.";
            if (fault is null && verdict.IsValid && hasHeights && batch.Heights[i] != height)
                verdict = Verdict.Invalid(BlockRule.HeightWrong, batch.Heights[i], height);
            if (fault is null && verdict.IsValid) verdict = Check(readings[i].Header, height);
            if (fault is null && verdict.IsValid)
            {
                Count++;
                continue;
            }

            Bad = new BadLine(batch.Lines[i], fault is null ? height : null, verdict, fault);
            return false;
        }

        return Bad is null;
    }

    // A header that says its height itself, and one of genesis, are read right already.
    private bool NeedsHeight(in HeaderView header) => header.Header is not null && header.Height == 0 && header.Id != profile.Genesis.Id;

    private ulong HeightOf(in HeaderReading first, long line) => first.Header.Header.Previous == profile.Genesis.Id
        ? 1UL
        : throw new BadInputException(Invariant($"Line {line}: the first header is neither genesis nor the one behind it: say its height with --height, to take it as a checkpoint."));

    private Verdict Check(in HeaderView header, ulong height)
    {
        if (_chain is null) return Begin(header, header.Header.Height);
        // A file is one chain: what builds on another header than the last one is a wrong link, although that may be known.
        if (header.Header.Previous != _chain.TipId)
            return Verdict.Invalid(BlockRule.PreviousUnknown, header.Header.Previous.Value, _chain.TipId.Value);
        return header.Height == height ? _chain.Add(header, now, _seals) : Verdict.Invalid(BlockRule.HeightWrong, header.Height, height);
    }

    private Verdict Begin(in HeaderView header, ulong height)
    {
        First = header;
        if (height == 0 && header.Id != profile.Genesis.Id)
            return Verdict.Invalid(BlockRule.PreviousUnknown, header.Id.Value, profile.Genesis.Id.Value);
        if (height > 1) return HeaderTree.Begin(profile, header, out _chain, s_options);
        _chain = HeaderTree.FromGenesis(profile, s_options);
        return height == 0 ? Verdict.Valid : _chain.Add(header, now, _seals);
    }
}
