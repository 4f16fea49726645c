using System.CommandLine;
using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Node.Headers;
using Coniunctum.Node.Headers.Bitcoin;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum headers: follows a chain by its headers alone.</summary>
internal static class HeadersCommand
{
    // Not a profile of this library: blocks in JSON, as the second paper's client keeps them.
    private const string Python = "python";

    private static IEnumerable<ChainProfile> Ledgers => Profiles.All.Where(profile => !profile.Genesis.IsDrawn);

    private static IEnumerable<string> Names => [BitcoinHeaders.Main.Name, .. Ledgers.Select(profile => profile.Name), Python];

    public static Command Create(CommandIo io)
    {
        Argument<string> file = PathInput.Argument(
            "FILE", "Headers in hexadecimal, one a line, lowest first; or CSV with the columns height,hex. - reads them from standard input.");
        var profile = new Option<string?>("--profile")
        {
            HelpName = "NAME",
            Description = $"Whose rules: {Inputs.Or(Names)} (the JSON of the second paper's client). Default: {BitcoinHeaders.Main.Name}.",
            CustomParser = CommandLine.Parser("--profile", ReadName),
        };
        var height = new Option<ulong?>("--height")
        {
            HelpName = "N",
            Description = "The height of the first header, where the file says none and it is neither genesis nor the one behind it.",
            CustomParser = CommandLine.Parser<ulong?>("--height", text => Inputs.Number(text, 0, Inputs.MostHeight)),
        };
        Option<bool> json = JsonOption.Create();
        var verify = new Command(
            "verify",
            "Check a chain's headers: links, proofs, targets, times. A first header above height 1 is taken on trust. Exit code 1 at the first bad line, with its rule.")
        {
            file, profile, height, json,
        };
        CommandLine.SetAction(verify, null, async (parsed, cancellation) =>
        {
            string path = parsed.GetValue(file)!;
            string name = parsed.GetValue(profile) ?? BitcoinHeaders.Main.Name;
            var reporter = new OutcomeReporter(io, parsed.GetValue(json));
            await using Stream stream = Open(path, io);
            if (!name.Equals(Python, StringComparison.Ordinal))
                return await VerifyHeaders.RunAsync(stream, ProfileOf(name), parsed.GetValue(height), reporter, TimeProvider.System, cancellation);
            if (parsed.GetValue(height) is not null) throw new BadInputException("--height: the blocks say their places themselves.");
            return await VerifyPythonChain.RunAsync(stream, reporter, cancellation);
        });
        return new Command("headers", "Follow a chain by its headers alone.") { verify };
    }

    private static string ReadName(string name) => Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new BadInputException($"{Quoted.Of(name)} is no profile; expected {Inputs.Or(Names)}.");

    private static HeaderProfile ProfileOf(string name) => Ledgers.FirstOrDefault(profile => profile.Name.Equals(name, StringComparison.Ordinal)) is { } ledger
        ? HeaderProfile.Of(ledger)
        : BitcoinHeaders.Main;

    private static Stream Open(string path, CommandIo io) =>
        path is "-" ? io.Input : PathInput.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
}
