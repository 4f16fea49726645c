using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Coniunctum.Crypto;
using Coniunctum.Node.Api;
using Coniunctum.Node.Tests.Support;
using Coniunctum.P2P.Identity;

namespace Coniunctum.Node.Tests.Net;

/// <summary>What can be wrong when a node is started: one line that says it, and exit code 2.</summary>
[TestFixture, NonParallelizable]
internal sealed class NodeFaultTests
{
    private const string OtherNetworksAddress = "int1hv5t8a0srwdpgm83r90gefayu3dhfe5tl0nyu0tunsnutns2mlgs3ju3h5";

    private static readonly string s_source = $"{new NodeId(Sha3_256.Hash([1]))}@127.0.0.1:1";

    [TestCase("Which network? Expected --new NAME, --invite LINK", "")]
    [TestCase("--new, --profile and --invite contradict each other", "--new a --profile standard")]
    [TestCase("--new: 'A' cannot be a new network's name", "--new A")]
    [TestCase("--new: 'standard' cannot be a new network's name", "--new standard")]
    [TestCase("--new: '../x' cannot be", "--new ../x")]
    [TestCase("--profile: 'nowhere' is no profile, no network that was begun or joined here, and no file", "--profile nowhere")]
    [TestCase("--profile: each ledger of the profile development draws", "--profile development")]
    [TestCase("--invite: 'LETTER': This is no invitation", "--invite LETTER")]
    [TestCase("--invite: The invitation is cut off", "--invite coniunctum://x")]
    [TestCase("There is no file 'nowhere'", "--invite nowhere")]
    [TestCase("'LETTER': This is no profile", "--profile LETTER")]
    [TestCase("--data: there is no network in 'empty' yet", "--data empty")]
    [TestCase("--data: 'LETTER' is a file", "--new a --data LETTER")]
    [TestCase("--data: the folder '.' holds other things than a node's", "--new a --data .")]
    [TestCase("--listen: 'here' cannot be used; expected host:port", "--new a --listen here")]
    [TestCase("--listen: 192.0.2.1 is no address of this machine", "--new a --listen 192.0.2.1:0")]
    [TestCase("--peer: 'host' cannot be used; expected host:port or node1", "--new a --peer host")]
    [TestCase("--peer: 'host:0' cannot be used", "--new a --peer host:0")]
    [TestCase("--peers-file: ", "--new a --peers-file nowhere")]
    [TestCase("--peers-file: ", "--new a --peers-file LETTER")]
    [TestCase("--role: 'king' is no role; expected wallet, validator, miner or full", "--new a --role king")]
    [TestCase("--role: no one mines under the rule bft", "--new a --rule bft --role miner")]
    [TestCase("--mine: no one mines under the rule authority", "--new a --rule authority --mine")]
    [TestCase("--mine: the role wallet does not mine", "--new a --role wallet --mine")]
    [TestCase("--listen: the role wallet takes no connections", "--new a --role wallet --listen 127.0.0.1:0")]
    [TestCase("--rule: 'luck' is no rule; expected work, authority, clique or bft", "--new a --rule luck")]
    [TestCase("--rule: it says what a new network is like; expected --new", "--profile standard --rule bft")]
    [TestCase("--grant: it says what a new network is like", "--profile standard --grant 5")]
    [TestCase("--member: 'king' is no address", "--new a --rule bft --member king")]
    [TestCase("--member: under the rule work there are no members", "--new a --member king")]
    [TestCase("--reward: nothing is mined here", "--new a --reward x")]
    [TestCase("start with 'con1'", "--new a --mine --reward " + OtherNetworksAddress)]
    [TestCase("--threads: '0' is not a whole number from 1 to 1024", "--new a --threads 0")]
    [TestCase("--block-time: '5' is not a duration", "--new a --block-time 5")]
    [TestCase("--for: 'never' is not a duration", "--new a --for never")]
    public async Task Node_OnBadInput_SaysInOneLineWhatWasExpected(string expected, string args)
    {
        using var folder = new TestFolder();
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            await File.WriteAllTextAsync("LETTER", "Dear node,\n");
            Invocation run = await Invocation.InFolderAsync(folder.Path, ["node", .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            Assert.That((run.ExitCode, run.ErrorLines.Length, run.Output), Is.EqualTo((2, 1, "")), run.Error + run.Output);
            Assert.That(run.Error, Does.StartWith("coniunctum: ").And.Contain(expected));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Test]
    public async Task Node_AtAPortInUse_NamesThePortAndTheOption()
    {
        using var folder = new TestFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Invocation run = await Invocation.InFolderAsync(folder.Path, "node", "--new", "a", "--listen", Invariant($"127.0.0.1:{port}"));
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, Invariant($"coniunctum: --listen: Port {port} of 127.0.0.1 is in use: stop the program that has it, or choose another port.{Environment.NewLine}"))));
    }

    [Test]
    public async Task Node_InAFolderThatANodeUses_IsRefused()
    {
        using var folder = new TestFolder();
        await using BackgroundRun first = BackgroundRun.Start(folder.Path, "node", "--new", "a", "--rule", "authority", "--listen", "127.0.0.1:0");
        await first.NextAsync("started");
        Invocation second = await Invocation.InFolderAsync(folder.Path, "node", "--profile", "a", "--listen", "127.0.0.1:0");
        Assert.That((second.ExitCode, second.ErrorLines.Length), Is.EqualTo((2, 1)), second.Error);
        Assert.That(second.Error, Does.Contain("ledger.db").And.Contain("in use"));
        Assert.That((await Invocation.InFolderAsync(folder.Path, "status")).ExitCode, Is.Zero, "the first one goes on");
        Invocation anew = await Invocation.InFolderAsync(folder.Path, "node", "--new", "a");
        Assert.That(anew.Error, Does.Contain("holds a network already"));
    }

    [Test]
    public async Task Node_WhoseInvitationIsToAnotherChainThanItsFolders_NamesBoth()
    {
        using var folder = new TestFolder();
        string link = new Invitation(Profiles.Standard, [s_source]).ToString();
        Assert.That((await Invocation.InFolderAsync(folder.Path, "node", "--new", "a", "--rule", "authority", "--role", "wallet", "--for", "1ms")).ExitCode, Is.Zero);
        Invocation run = await Invocation.InFolderAsync(folder.Path, "node", "--invite", link, "--data", folder["nodes/a"]);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.Contain("holds the network a of chain").And.Contain("1ae6b08da53e5a2bbe48d984cd464eb07c88f94cfe752bec599e0f47b6dba6e3"));
    }

    [Test]
    public async Task Node_WhosePeerIsAnotherChains_SaysSo_AndGoesOn()
    {
        using var folder = new TestFolder();
        await using BackgroundRun one = BackgroundRun.Start(folder.Path, "node", "--new", "one", "--rule", "authority", "--listen", "127.0.0.1:0");
        string address = (await one.NextAsync("started")).GetProperty("addresses")[0].GetString()!;
        await using BackgroundRun two = BackgroundRun.Start(folder.Path, "node", "--new", "two", "--rule", "authority", "--role", "wallet", "--peer", address);
        JsonElement failed = await two.NextAsync("failed");
        Assert.That(failed.GetProperty("message").GetString(), Does.Contain("no ledger in common"));
        Assert.That((await Invocation.InFolderAsync(folder.Path, "status", "--data", folder["nodes/two"])).ExitCode, Is.Zero);
        Assert.That((await Invocation.InFolderAsync(folder.Path, "peers", "--data", folder["nodes/two"])).Output, Does.Contain("no ledger in common"));
        Invocation several = await Invocation.InFolderAsync(folder.Path, "status");
        Assert.That((several.ExitCode, several.Error), Is.EqualTo((2, several.Error)));
        Assert.That(several.Error, Does.Contain("Several run").And.Contain("nodes/one").And.Contain("--data"));
    }

    [Test]
    public async Task Node_BesideASocketThatWasLeftBehind_Starts()
    {
        using var folder = new TestFolder();
        string data = folder["nodes/a"];
        Assert.That((await Invocation.InFolderAsync(folder.Path, "node", "--new", "a", "--rule", "authority", "--role", "wallet", "--for", "1ms")).ExitCode, Is.Zero);
        ApiSocket left = ApiSocket.OfFolder(data);
        left.Prepare();
        // As after a kill: a file that nothing answers at.
        await File.WriteAllTextAsync(left.Path, "");
        await using BackgroundRun again = BackgroundRun.Start(folder.Path, "node", "--data", data, "--role", "wallet");
        await again.NextAsync("started");
        Assert.That((await Invocation.InFolderAsync(folder.Path, "status", "--data", data)).ExitCode, Is.Zero);
    }

    [Test]
    public async Task Node_WhoseKeyOthersMayRead_IsRefused()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Windows has no such modes.");
        using var folder = new TestFolder();
        await Invocation.InFolderAsync(folder.Path, "account", "--data", folder["a"]);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder["a/account.key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Invocation run = await Invocation.InFolderAsync(folder.Path, "node", "--new", "a", "--data", folder["a"]);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(run.Error, Does.Contain("Others may read or write the key").And.Contain("chmod 600"));
    }

    [Test]
    public async Task Node_InAFolderWithoutRoomForASocket_SaysHowLongItWouldBe()
    {
        using var folder = new TestFolder();
        Invocation run = await Invocation.InFolderAsync(folder.Path, "node", "--new", "a", "--data", folder[new string('x', 100)]);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(run.Error, Does.Contain("and systems take 103: choose a folder with a shorter path"));
    }

    [TestCase("status")]
    [TestCase("balance")]
    [TestCase("invite")]
    public async Task Ask_WhereNoNodeRuns_SaysWhatStartsOne(string command)
    {
        using var folder = new TestFolder();
        Invocation run = await Invocation.InFolderAsync(folder.Path, command);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(run.Error, Does.Contain("No node runs here: 'coniunctum node' or 'coniunctum dev' starts one."));
        Assert.That((await Invocation.InFolderAsync(folder.Path, command, "--data", folder["nowhere"])).Error, Does.Contain("No node runs with its data in"));
    }
}
