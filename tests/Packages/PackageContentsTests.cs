using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Coniunctum.Packages.Tests;

/// <summary>What is inside the packages that `dotnet pack` made.</summary>
public sealed class PackageContentsTests
{
    public static IEnumerable<string> Libraries =>
        Directory.EnumerateDirectories(Checkout.PathOf("src")).Select(path => Path.GetFileName(path)).Where(name => name.StartsWith("Coniunctum", StringComparison.Ordinal));

    [TestCaseSource(nameof(Libraries))]
    public void Package_HasDocsReadmeLicenceAndSymbols(string library)
    {
        using ZipArchive package = Open(library, "nupkg");
        using ZipArchive symbols = Open(library, "snupkg");
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.That(files, Does.Contain($"lib/net10.0/{library}.dll"));
        Assert.That(files, Does.Contain($"lib/net10.0/{library}.xml"));
        Assert.That(files, Does.Contain("README.md"));
        Assert.That(files, Does.Contain("LICENSE"));
        Assert.That(symbols.Entries.Select(entry => entry.FullName), Does.Contain($"lib/net10.0/{library}.pdb"));

        using Stream nuspec = package.GetEntry($"{library}.nuspec")!.Open();
        string[] metadata = [.. XDocument.Load(nuspec).Descendants().Select(element => $"{element.Name.LocalName}={element.Value}")];
        Assert.That(metadata, Does.Contain("license=MIT"));
        Assert.That(metadata, Does.Contain("readme=README.md"));
        Assert.That(metadata, Has.None.EqualTo("description=Package Description"));
    }

    [TestCaseSource(nameof(Libraries))]
    public void Package_SaysFirstWhatToInstall(string library)
    {
        using ZipArchive package = Open(library, "nupkg");
        using var reader = new StreamReader(package.GetEntry("README.md")!.Open());
        string first = reader.ReadToEnd().Split("\n\n")[1];
        Assert.That(first, Does.Contain("install").IgnoreCase);
        Assert.That(first, Does.Contain("`Coniunctum`"));
    }

    [TestCaseSource(nameof(Libraries))]
    public void Assembly_IsDeterministic_AndNamesNoMachine(string library)
    {
        using ZipArchive package = Open(library, "nupkg");
        using Stream stream = package.GetEntry($"lib/net10.0/{library}.dll")!.Open();
        var image = new MemoryStream();
        stream.CopyTo(image);
        image.Position = 0;
        using var file = new PEReader(image);
        DebugDirectoryEntry[] debug = [.. file.ReadDebugDirectory()];
        Assert.That(debug.Select(entry => entry.Type), Does.Contain(DebugDirectoryEntryType.Reproducible));
        string symbols = file.ReadCodeViewDebugDirectoryData(debug.First(entry => entry.Type == DebugDirectoryEntryType.CodeView)).Path;
        Assert.That(symbols, Does.StartWith("/_/").Or.EqualTo(Path.GetFileName(symbols)));
    }

    private static ZipArchive Open(string library, string extension)
    {
        string[] found = [.. Directory.GetFiles(Checkout.Packages, $"{library}.*.{extension}").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[library.Length + 1]))];
        Assert.That(found, Has.Length.EqualTo(1), $"packages named {library}.*.{extension}");
        return ZipFile.OpenRead(found[0]);
    }
}
