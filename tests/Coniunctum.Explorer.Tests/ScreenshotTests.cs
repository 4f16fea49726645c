using System.Buffers.Binary;
using static Microsoft.Playwright.Assertions;

namespace Coniunctum.Explorer.Tests;

/// <summary>The pictures of docs/EXPLORER.md. They are taken anew with UPDATE_SCREENSHOTS=1.</summary>
public sealed class ScreenshotTests : ExplorerTest
{
    private const int MostBytes = 150_000;

    [TestCase("chain-light", "", 1100, 760, ColorScheme.Light)]
    [TestCase("chain-dark", "", 1100, 760, ColorScheme.Dark)]
    [TestCase("chain-narrow", "", 360, 960, ColorScheme.Light)]
    [TestCase("transaction-dark-narrow", "transaction", 360, 960, ColorScheme.Dark)]
    [TestCase("plots-light", "plots", 1100, 760, ColorScheme.Light)]
    public async Task Picture_InTheDocs_IsOfThisSize(string name, string page, int width, int height, ColorScheme scheme)
    {
        string path = Path.Combine(Folder(), $"{name}.png");
        Visit visit = await VisitAsync(page is "transaction" ? $"transaction/{Chain.Blocks[^1].Transactions[^1].Id}" : page, width, scheme);
        await visit.Page.SetViewportSizeAsync(width, height);
        await visit.Page.Clock.SetFixedTimeAsync(DateTimeOffset.FromUnixTimeMilliseconds((long)Chain.Blocks[^1].Header.Timestamp.UnixMilliseconds + 12_000).UtcDateTime);
        if (page.Length == 0)
        {
            await Expect(visit.Page.Locator("#connection")).ToHaveTextAsync("Live");
            await Server.AddBranchAsync(118, 3);
            await Expect(visit.Page.Locator("a.box.undone")).ToHaveCountAsync(2);
            await Expect(visit.Page.Locator("a.box.tip .height")).ToHaveTextAsync("121");
        }

        byte[] picture = await visit.Page.ScreenshotAsync(new() { Caret = ScreenshotCaret.Hide });
        if (Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") == "1") await File.WriteAllBytesAsync(path, picture);

        byte[] committed = await File.ReadAllBytesAsync(path);
        Assert.That(committed, Has.Length.LessThan(MostBytes));
        Assert.That((WidthOf(committed), HeightOf(committed)), Is.EqualTo((WidthOf(picture), HeightOf(picture))));
    }

    // PNG, section 11.2.2: the first chunk holds width and height.
    private static int WidthOf(byte[] picture) => BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16));

    private static int HeightOf(byte[] picture) => BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(20));

    private static string Folder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Coniunctum.Core.sln"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("The tests do not lie in the repository."), "docs", "explorer");
    }
}
