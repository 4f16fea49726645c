using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Coniunctum.Crypto.Tests.Keys;

/// <summary>The other implementation: ethers, in Node.js.</summary>
internal static class Npm
{
    /// <summary>Asks tests/interop/keys.mjs some questions.</summary>
    /// <param name="folder">What <see cref="InstallAsync"/> returned.</param>
    /// <param name="questions">The questions.</param>
    public static async Task<JsonArray> AskAsync(string folder, params JsonObject[] questions)
    {
        (int exitCode, string output, string errors) = await RunAsync(folder, "node", ["keys.mjs"], new JsonArray([.. questions]).ToJsonString());
        Assert.That(exitCode, Is.Zero, errors);
        return JsonNode.Parse(output)!.AsArray();
    }

    /// <summary>Installs what package-lock.json says, once, outside of the sources. Returns the folder, or nothing where Node.js or the package is not to be had.</summary>
    public static async Task<string> InstallAsync()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Coniunctum.Core.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The solution was not found.");
        string folder = Path.Combine(root, "artifacts", "interop");
        Directory.CreateDirectory(folder);
        bool isInstalled = Directory.Exists(Path.Combine(folder, "node_modules", "ethers"));
        foreach (string name in (string[])["package.json", "package-lock.json", "keys.mjs"])
        {
            string source = Path.Combine(root, "tests", "interop", name);
            string target = Path.Combine(folder, name);
            isInstalled &= name == "keys.mjs" || (File.Exists(target) && (await File.ReadAllTextAsync(target)).Equals(await File.ReadAllTextAsync(source), StringComparison.Ordinal));
            File.Copy(source, target, overwrite: true);
        }

        if (isInstalled) return folder;
        try
        {
            string npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
            (int exitCode, string output, string errors) = await RunAsync(folder, npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000"], "");
            if (exitCode == 0) return folder;
            await TestContext.Out.WriteLineAsync(output + errors);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            await TestContext.Out.WriteLineAsync(exception.Message);
        }

        return "";
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
