using System.Globalization;
using System.Text.Json.Nodes;
using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Files;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Headers;

/// <summary>Verifies a file of headers from end to end, and tells what it came to.</summary>
internal static class VerifyHeaders
{
    public static async Task<int> RunAsync(
        Stream stream, HeaderProfile profile, ulong? height, OutcomeReporter reporter, TimeProvider time, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        var verification = new HeaderVerification(profile, height, Timestamp.From(time.GetUtcNow()));
        using var reader = new HeaderFileReader(stream);
        var batch = new HeaderBatch();
        try
        {
            // The first header alone: it decides where the chain begins.
            int most = 1;
            while (await reader.ReadAsync(batch, most, cancellation))
            {
                if (most == 1 && reader.HasHeights && height is not null)
                    throw new BadInputException("--height and a column of heights contradict each other: leave one away.");
                if (!verification.TryTake(batch, reader.HasHeights)) break;
                cancellation.ThrowIfCancellationRequested();
                reporter.Progress.Report(new FileProgress(verification.Tip.Height, null));
                most = int.MaxValue;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && verification.Count > 0)
        {
            throw new InterruptedException(Invariant($"the first {verification.Count} headers, to height {verification.Tip.Height}, are right"));
        }

        if (verification is { Count: 0, Bad: null }) throw new BadInputException("The file holds no header.");
        return Conclude(verification, profile, time.GetElapsedTime(start), reporter);
    }

    private static int Conclude(HeaderVerification found, HeaderProfile profile, TimeSpan elapsed, OutcomeReporter reporter)
    {
        double rate = found.Count / Math.Max(elapsed.TotalSeconds, 1e-6);
        var fields = new JsonObject
        {
            ["profile"] = profile.Name,
            ["valid"] = found.Bad is null,
            ["count"] = found.Count,
        };
        var lines = new List<string>();
        if (found.Bad is not null) lines.Add(found.Bad.Describe());
        if (found.Count > 0)
        {
            lines.AddRange(Describe(found, profile));
            fields["firstHeight"] = found.First.Height;
            fields["height"] = found.Tip.Height;
            fields["tip"] = profile.Format.Show(found.Tip.Id);
            fields["work"] = found.Work.ToString();
            fields["chainwork"] = found.IsFromGenesis ? found.Work.ToBytes().ToString() : null;
            fields["checkedInPart"] = found.PartlyChecked;
        }

        lines.Add(string.Create(CultureInfo.InvariantCulture, $"rate     {rate:N0} headers/s"));
        fields["seconds"] = Math.Round(elapsed.TotalSeconds, 6);
        fields["headersPerSecond"] = Math.Round(rate);
        if (found.Bad is { } bad)
        {
            fields["line"] = bad.Line;
            fields["badHeight"] = bad.Height;
            fields["rule"] = bad.Rule;
            fields["ruleNumber"] = bad.Fault is null ? (int)bad.Verdict.Rule : null;
            fields["expected"] = bad.Fault is null ? bad.Verdict.Expected.ToString() : null;
            fields["found"] = bad.Fault is null ? bad.Verdict.Found.ToString() : null;
            fields["fault"] = bad.Fault;
        }

        return reporter.Conclude(string.Join(Environment.NewLine, lines), fields, found.Bad is null);
    }

    private static IEnumerable<string> Describe(HeaderVerification found, HeaderProfile profile)
    {
        string origin = found.IsFromGenesis ? "from genesis" : $"from height {found.First.Height}, which was taken on trust";
        yield return string.Create(CultureInfo.InvariantCulture, $"count    {found.Count:N0} headers of {profile.Name} are right, {origin}");
        yield return $"tip      {profile.Format.Show(found.Tip.Id)} at height {found.Tip.Height}";
        yield return $"work     {found.Work} hashes expected";
        if (found.PartlyChecked > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"in part  {found.PartlyChecked:N0} headers, whose target or median time depends on headers before the file's first");
    }
}
