using System.Diagnostics;

namespace Coniunctum.Packages.Tests;

/// <summary>README's ledger in a file, as real processes: the second start goes on where the first one ended, whatever the culture.</summary>
public sealed class SavedLedgerTests
{
    [CancelAfter(240_000)]
    [TestCase("sv_SE")]
    [TestCase("ar_EG")]
    [TestCase("fa_IR")]
    [TestCase("he_IL")]
    [TestCase("nb_NO")]
    public async Task SavedLedger_StartedTwice_GoesOn(string culture, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("coniunctum-saved-").FullName;
        try
        {
            Assert.That(await RunAsync(folder, culture, cancellation), Is.EqualTo("5"));
            Assert.That(await RunAsync(folder, culture, cancellation), Is.EqualTo("10"));
            string[] files = [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
            Assert.That(files, Is.EqualTo(new[] { "save.db", "save.key" }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string folder, string culture, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Checkout.PathOf("tests/Packages/SavedLedger/bin/Release/net10.0/SavedLedger.dll")])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = $"{culture}.UTF-8";
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "0";
        start.Environment["SAVE_PASSWORD"] = "grey harbour 12";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        string error = await errors;
        if (process.ExitCode != 0 && error.Contains("ICU", StringComparison.Ordinal)) Assert.Ignore("The ICU library is not installed.");
        Assert.That(process.ExitCode, Is.Zero, error);
        return output.Trim();
    }
}
