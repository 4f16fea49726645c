namespace Coniunctum.Wallet.Tests;

/// <summary>The test assembly as a program of its own, for what needs one: memory that no other test has touched, and normalisation.</summary>
internal static class KeyChild
{
    /// <summary>In the child: does what was asked and writes the answer.</summary>
    public static int Main(string[] args)
    {
        Console.WriteLine(args[0] switch
        {
            "memory" => WipeScan.Run(),
            "normalization" => Normalize(),
            _ => throw new ArgumentException("Unknown: " + args[0]),
        });
        return 0;
    }

    /// <summary>In the parent: starts the child and returns its answer.</summary>
    public static async Task<string> AskAsync(string what, params (string Name, string Value)[] variables)
    {
        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(typeof(KeyChild).Assembly, [what], variables);
        return exitCode == 0 ? output.Trim() : throw new InvalidOperationException(errors + output);
    }

    /// <summary>The seeds of one passphrase in two spellings, composed and decomposed, or why there is none.</summary>
    private static string Normalize()
    {
        using Mnemonic mnemonic = Mnemonic.FromEntropy(Convert.FromHexString("7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f"));
        byte[] seed = new byte[Mnemonic.SeedSize];
        return string.Join(' ', new[] { "\u00E9", "e\u0301", "\uD83D" }.Select(passphrase =>
        {
            MnemonicOutcome outcome = mnemonic.DeriveSeed(passphrase, seed);
            return outcome.IsValid ? Convert.ToHexStringLower(seed) : outcome.Fault.ToString();
        }));
    }
}
