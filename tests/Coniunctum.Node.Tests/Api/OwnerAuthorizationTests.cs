using System.Net;
using System.Runtime.Versioning;
using Coniunctum.Client;
using Coniunctum.Crypto;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.Node.Tests.Api;

/// <summary>Who may change something at a port, wherever the request comes from.</summary>
[Platform(Exclude = "Win"), UnsupportedOSPlatform("windows")]
internal sealed class OwnerAuthorizationTests
{
    private readonly TestFolder _folder = new();
    private ApiCookie _cookie = null!;

    [OneTimeSetUp]
    public void Draw() => _cookie = ApiCookie.Create(RunFolder.OfFolder(_folder.Path), SystemEntropy.Instance);

    [OneTimeTearDown]
    public void Remove()
    {
        _cookie.Dispose();
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.Empty);
        _folder.Dispose();
    }

    [TestCase("127.0.0.1", true)]
    [TestCase("127.1.2.3", true)]
    [TestCase("::1", true)]
    [TestCase("::ffff:127.0.0.1", true)]
    [TestCase("192.0.2.7", false)]
    [TestCase("::ffff:192.0.2.7", false)]
    [TestCase("fe80::1", false)]
    [TestCase(null, false)]
    public async Task Change_WithTheCookie_IsTakenFromThisMachineOnly(string? from, bool passes)
    {
        (bool passed, ApiProblemException? problem) = await AskAsync(_cookie, LedgerRoutes.Submit, from);
        Assert.That((passed, problem?.Status), Is.EqualTo((passes, passes ? (int?)null : 403)));
        Assert.That((await AskAsync(_cookie, LedgerRoutes.Status, from)).Passed, Is.True, "anyone may ask");
    }

    [Test]
    public async Task Change_WhereThereIsNoCookie_IsForbidden()
    {
        (bool passed, ApiProblemException? problem) = await AskAsync(null, LedgerRoutes.Submit, "127.0.0.1");
        Assert.That((passed, problem?.Status), Is.EqualTo((false, (int?)403)));
    }

    [Test]
    public void Create_InAFolderThatOthersMayOpen_IsRefused()
    {
        RunFolder open = RunFolder.OfFolder(_folder["open"]);
        Directory.CreateDirectory(open.Path);
        File.SetUnixFileMode(open.Path, (UnixFileMode)0b111_101_101);
        Assert.That(() => ApiCookie.Create(open, SystemEntropy.Instance), Throws.TypeOf<BadInputException>().With.Message.Contains("chmod 700"));
        Directory.Delete(_folder["open"], recursive: true);
    }

    private async Task<(bool Passed, ApiProblemException? Problem)> AskAsync(ApiCookie? cookie, LedgerRoute route, string? from)
    {
        bool passed = false;
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = from is null ? null : IPAddress.Parse(from);
        context.Request.Headers.Authorization = $"Bearer {await File.ReadAllTextAsync(_cookie.Path)}";
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(route), null));
        try
        {
            await new OwnerAuthorization(cookie).PassAsync(context, _ =>
            {
                passed = true;
                return Task.CompletedTask;
            });
            return (passed, null);
        }
        catch (ApiProblemException problem)
        {
            return (passed, problem);
        }
    }
}
