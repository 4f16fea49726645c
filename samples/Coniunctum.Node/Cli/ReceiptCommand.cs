using System.CommandLine;
using Coniunctum.Ledger;
using Coniunctum.Node.Receipts;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum receipt: what someone who was paid, and runs no node, looks at.</summary>
internal static class ReceiptCommand
{
    public static Command Create(CommandIo io) => new("receipt", "Check what others show of their transactions.") { Verify(io) };

    private static Command Verify(CommandIo io)
    {
        Argument<string> file = PathInput.Argument("FILE", "A receipt that 'tx receipt' wrote.");
        var header = new Option<BlockId?>("--header")
        {
            HelpName = "ID",
            Description = "The id of the block that you trust to be the chain's: 64 hexadecimal digits.",
            CustomParser = CommandLine.Parser<BlockId?>("--header", text => BlockId.TryParse(text, out BlockId id)
                ? id
                : throw new BadInputException($"{Quoted.Of(text)} is no block's id; expected 64 hexadecimal digits.")),
        };
        Option<string?> data = PathInput.Option("--data", "Compare with what a ledger has at that height: a running node's folder, a running development chain's file, or a ledger's file that no one has open.");
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "verify", "Say what a receipt proves, without a node: that a transaction is in a block, and what its sender has signed. Exit code 1 when it does not hold.")
        {
            file, header, data, json,
        };
        CommandLine.SetAction(command, null, (parsed, cancellation) =>
        {
            if (parsed.GetValue(header) is not null && parsed.GetValue(data) is not null) throw new BadInputException("--header and --data: expected one of them, to compare with.");
            return VerifyReceipt.RunAsync(parsed.GetValue(file)!, parsed.GetValue(header), parsed.GetValue(data), new OutcomeReporter(io, parsed.GetValue(json)), cancellation);
        });
        return command;
    }
}
