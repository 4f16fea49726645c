using System.Xml.Linq;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>Who may know whom, and which packages a library assembly may bring along.</summary>
public sealed class AssemblyArrowTests
{
    // The picture in docs/ARCHITECTURE.md, arrow by arrow. An assembly may use all that its arrows lead to.
    private static readonly Dictionary<string, string[]> s_arrows = new(StringComparer.Ordinal)
    {
        ["Coniunctum.Crypto"] = [],
        ["Coniunctum.Wallet"] = ["Coniunctum.Crypto"],
        ["Coniunctum.Crypto.NBitcoin"] = ["Coniunctum.Crypto"],
        ["Coniunctum.Ledger"] = ["Coniunctum.Crypto"],
        ["Coniunctum.Applications"] = ["Coniunctum.Ledger"],
        ["Coniunctum.Consensus"] = ["Coniunctum.Ledger"],
        ["Coniunctum.Mining"] = ["Coniunctum.Consensus"],
        ["Coniunctum.P2P"] = ["Coniunctum.Consensus"],
        ["Coniunctum.Authority"] = ["Coniunctum.Consensus"],
        ["Coniunctum.Bft"] = ["Coniunctum.Consensus"],
        ["Coniunctum"] = ["Coniunctum.Authority", "Coniunctum.Bft", "Coniunctum.Mining", "Coniunctum.P2P"],
        ["Coniunctum.Simulation"] = ["Coniunctum"],
        ["Coniunctum.Testing"] = ["Coniunctum"],
        ["Coniunctum.Hosting"] = ["Coniunctum"],
        ["Coniunctum.Client"] = ["Coniunctum"],
        ["Coniunctum.AspNetCore"] = ["Coniunctum.Client"],
        ["Coniunctum.Storage.Sqlite"] = ["Coniunctum.Ledger"],
    };

    // The store needs SQLite itself (docs/adr/0004), the second signature scheme and RIPEMD-160 are packages' (docs/adr/0007), a host's
    // services are .NET's own (docs/adr/0017). One more needs a reason there.
    private static readonly Dictionary<string, string[]> s_packages = new(StringComparer.Ordinal)
    {
        ["Coniunctum.Crypto.NBitcoin"] = ["NBitcoin.Secp256k1"],
        ["Coniunctum.Hosting"] =
        [
            "Microsoft.Extensions.Configuration.Binder", "Microsoft.Extensions.Diagnostics.HealthChecks", "Microsoft.Extensions.Hosting.Abstractions",
            "Microsoft.Extensions.Options.ConfigurationExtensions",
        ],
        ["Coniunctum.Storage.Sqlite"] = ["SQLitePCLRaw.bundle_e_sqlite3"],
        ["Coniunctum.Wallet"] = ["BouncyCastle.Cryptography"],
    };

    // What the packages of a host stand on.
    private static readonly string[] s_hostAbstractions =
    [
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Diagnostics.HealthChecks.Abstractions", "Microsoft.Extensions.Hosting.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options",
    ];

    // Those that are for web apps alone may use what every web app has.
    private static readonly string[] s_web = ["Coniunctum.AspNetCore"];

    public static IEnumerable<string> Assemblies => Repository.Assemblies;

    [Test]
    public void Arrows_AreDrawnForEveryAssembly() => Assert.That(Repository.Assemblies, Is.EquivalentTo(s_arrows.Keys));

    [TestCaseSource(nameof(Assemblies))]
    public void ProjectReferences_AreTheArrows(string assembly)
    {
        IEnumerable<string> drawn = Items(assembly, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path));
        Assert.That(drawn, Is.EquivalentTo(s_arrows[assembly]));
    }

    [TestCaseSource(nameof(Assemblies))]
    public void BuiltReferences_FollowTheArrows(string assembly)
    {
        IEnumerable<string> used = AssemblyMetadata.Of(assembly).References.Where(name => s_arrows.ContainsKey(name));
        Assert.That(used, Is.SubsetOf(Reachable(assembly)));
    }

    [TestCaseSource(nameof(Assemblies))]
    public void BuiltReferences_AreOursOrInTheFramework(string assembly)
    {
        // A bundle is its provider, its interface and the native library together.
        string[] allowed = [.. (s_packages.GetValueOrDefault(assembly) ?? []).SelectMany(package => package switch
        {
            "SQLitePCLRaw.bundle_e_sqlite3" => ["SQLitePCLRaw.batteries_v2", "SQLitePCLRaw.core"],
            "Microsoft.Extensions.Hosting.Abstractions" => s_hostAbstractions,
            _ => new[] { package },
        })];
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string[] folders = s_web.Contains(assembly) ? [framework, Path.GetDirectoryName(typeof(Microsoft.AspNetCore.Http.HttpContext).Assembly.Location)!] : [framework];
        IEnumerable<string> foreign = AssemblyMetadata.Of(assembly).References
            .Where(name => !s_arrows.ContainsKey(name) && !folders.Any(folder => File.Exists(Path.Combine(folder, name + ".dll"))));
        Assert.That(foreign, Is.SubsetOf(allowed));
    }

    [TestCaseSource(nameof(Assemblies))]
    public void FrameworkReferences_AreForWebAppsAlone(string assembly) =>
        Assert.That(Items(assembly, "FrameworkReference"), Is.EqualTo(s_web.Contains(assembly) ? new[] { "Microsoft.AspNetCore.App" } : []));

    [TestCaseSource(nameof(Assemblies))]
    public void PackageReferences_AreOnTheList(string assembly) =>
        Assert.That(Items(assembly, "PackageReference"), Is.EquivalentTo(s_packages.GetValueOrDefault(assembly) ?? []));

    [Test]
    public void PinnedVersions_AreAllAskedFor_ButForThoseThatOthersBring()
    {
        IEnumerable<string> asked = new[] { "*.csproj", "*.props", "*.targets" }.SelectMany(pattern => Repository.Files(".", pattern)).SelectMany(file => ItemsOf(file, "PackageReference"));
        IEnumerable<string> pinned = XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("ItemGroup")
            .Where(group => (string?)group.Attribute("Label") != "Transitive")
            .SelectMany(group => group.Elements("PackageVersion"))
            .Select(item => (string)item.Attribute("Include")!);
        Assert.That(pinned.Except(asked), Is.Empty);
    }

    private static IEnumerable<string> Items(string assembly, string kind) => ItemsOf($"src/{assembly}/{assembly}.csproj", kind);

    private static IEnumerable<string> ItemsOf(string file, string kind) => XDocument
        .Load(Repository.PathOf(file))
        .Descendants(kind)
        .Select(item => (string)item.Attribute("Include")!);

    private static HashSet<string> Reachable(string assembly)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>(s_arrows[assembly]);
        while (next.TryPop(out string? name))
        {
            if (!reached.Add(name)) continue;
            foreach (string further in s_arrows[name]) next.Push(further);
        }

        return reached;
    }
}
