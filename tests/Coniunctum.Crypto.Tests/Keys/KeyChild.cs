using System.Diagnostics;
using System.Runtime.InteropServices;
using Coniunctum.Wallet;
using Coniunctum.Crypto.Tests.InstructionSets;

namespace Coniunctum.Crypto.Tests.Keys;

/// <summary>What needs a process of its own: memory that no other test has touched, and normalisation.</summary>
internal static class KeyChild
{
    /// <summary>In the child: does what was asked and writes the answer.</summary>
    public static int Run(string what)
    {
        Console.WriteLine(what switch
        {
            "memory" => WipeScan.Run(),
            "normalization" => Normalize(),
            _ => throw new ArgumentException("Unknown: " + what),
        });
        return 0;
    }

    /// <summary>In the parent: starts the child and returns its answer.</summary>
    public static async Task<string> AskAsync(string what, params (string Name, string Value)[] variables)
    {
        string host = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var start = new ProcessStartInfo(Path.GetFullPath(host))
        {
            ArgumentList = { "exec", typeof(ChildProgram).Assembly.Location, what },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return child.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException(await errors + output);
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
