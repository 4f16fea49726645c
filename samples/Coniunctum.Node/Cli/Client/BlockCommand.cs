using System.CommandLine;
using Coniunctum.Client.Models;
using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli.Client;

/// <summary>coniunctum block.</summary>
internal static class BlockCommand
{
    public static Command Create(CommandIo io)
    {
        var block = new Argument<string>("BLOCK") { Description = "A height, an id, or tip." };
        return new ClientCommand(io, "block", "Show a block of a running node's chain, with what it holds.", block).Does(async (parsed, client, reporter, cancellation) =>
        {
            BlockModel found = await client.Ledger.BlockAsync(parsed.GetValue(block)!, cancellation);
            string table = ClientCommand.Table(
                ("height", Invariant($"{found.Height}")),
                ("id", found.Id),
                ("previous", found.Previous),
                ("time", ProductionStatus.Show(new Timestamp(found.Time))),
                ("nonce", found.Nonce),
                ("target", found.Target),
                ("size", Invariant($"{found.Bytes} bytes")),
                ("depth", found.Confirmations == 0 ? "beside the best chain" : Invariant($"{found.Confirmations}")));
            IEnumerable<string> lines = found.Transactions.Select(transaction => $"  {transaction.Id}  {transaction.From ?? "reward"} → {transaction.To}  {transaction.Amount}");
            return reporter.Conclude(string.Join(Environment.NewLine, lines.Prepend(table)), ClientCommand.Fields(found));
        });
    }
}
