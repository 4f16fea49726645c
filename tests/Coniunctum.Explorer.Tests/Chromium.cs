namespace Coniunctum.Explorer.Tests;

/// <summary>The system's Chromium, one for all tests. Without one they are skipped, and say so.</summary>
[SetUpFixture]
public sealed class Chromium
{
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static IPlaywright? s_playwright;
    private static IBrowser? s_browser;

    internal static IBrowser Browser => s_browser ?? throw new InvalidOperationException("The browser was not started.");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(_ => s_names, Path.Combine)
            .FirstOrDefault(File.Exists);
        if (path is null) Assert.Ignore("There is no Chromium on the path to look at the explorer with.");
        s_playwright = await Playwright.CreateAsync();
        // Root, as which containers run, has no sandbox.
        s_browser = await s_playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (s_browser is not null) await s_browser.DisposeAsync();
        s_playwright?.Dispose();
    }
}
