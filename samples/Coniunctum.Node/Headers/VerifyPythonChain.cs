using System.Text.Json.Nodes;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Headers.Python;

namespace Coniunctum.Node.Headers;

/// <summary>Verifies a chain that the second paper's Python client has made.</summary>
internal static class VerifyPythonChain
{
    // JSON is read whole.
    private const int MaxBytes = 256 << 20;

    public static async Task<int> RunAsync(Stream stream, OutcomeReporter reporter, CancellationToken cancellation)
    {
        PythonChainOutcome outcome = PythonChain.Verify(await ReadAllAsync(stream, cancellation), cancellation);
        string summary = $"count    {outcome.Count} blocks are right{(outcome.Count > 0 ? $"{Environment.NewLine}tip      {outcome.Tip}" : "")}";
        string? fault = outcome.Verdict.IsValid
            ? null
            : outcome.Fault is { } reason
                ? Invariant($"Block {outcome.Count + 1} is malformed: {reason}")
                : Invariant($"Block {outcome.Count + 1} breaks rule {(int)outcome.Verdict.Rule}, {outcome.Verdict}.");
        return reporter.Conclude(
            fault is null ? summary : $"{fault}{Environment.NewLine}{summary}",
            new JsonObject
            {
                ["profile"] = "python",
                ["valid"] = fault is null,
                ["count"] = outcome.Count,
                ["tip"] = outcome.Count > 0 ? outcome.Tip.ToString() : null,
                ["rule"] = fault is null ? null : outcome.Fault is null ? outcome.Verdict.Rule.ToString() : "malformed",
                ["fault"] = fault,
            },
            fault is null);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream stream, CancellationToken cancellation)
    {
        using var copy = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (copy.Length + read > MaxBytes) throw new BadInputException($"The file has more than {MaxBytes >> 20} MiB.");
            await copy.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }

        return copy.GetBuffer().AsMemory(0, (int)copy.Length);
    }
}
