using System.Globalization;
using System.Text.RegularExpressions;
using Coniunctum.Crypto;
using Coniunctum.Interop.Tests.Support;
using Coniunctum.Ledger;
using Coniunctum.Mining;

namespace Coniunctum.Interop.Tests.Python;

/// <summary>
/// A node, and a peer that was written in another language from docs/PROTOCOL.md alone: tests/interop/peer.py, and misbehave.py
/// beside it.
/// </summary>
public sealed partial class PeerAndNodeTests
{
    private const int Transfers = 60;

    // Submitted together, they come into one block or into several.
    private const int Together = 3;

    private static readonly ChainProfile s_profile = Profiles.Development with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(16)) };

    private PrivateKey _key = null!;
    private LedgerHost _ledger = null!;
    private LedgerNetwork _network = null!;
    private string _endpoint = "";
    private string _keyFile = "";

    [OneTimeSetUp]
    public async Task StartNode()
    {
        if (!PythonScript.CanRun) Assert.Ignore(PythonScript.WhyNot);
        _keyFile = Path.GetTempFileName();
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        byte[] secret = new byte[PrivateKey.Size];
        _key.CopyTo(secret);
        await File.WriteAllTextAsync(_keyFile, Convert.ToHexString(secret));
        Address owner = s_profile.Signatures.AddressOf(_key.PublicKey);
        _ledger = await LedgerBuilder.For(s_profile)
            .Allocate(owner, 1_000_000)
            .UseProofOfWork(owner, options: new MiningOptions { WaitsForTransactions = true })
            .UseNetwork(new NetworkOptions { Listen = { "127.0.0.1:0" } })
            .StartAsync();
        _network = _ledger.Network!;
        _endpoint = _network.Endpoints[0].ToString();

        for (int i = 0; i < Transfers; i += Together)
        {
            Transaction[] transfers = [.. Enumerable.Range(1, Together).Select(amount => Transfer.Sign(_key, owner, (ulong)amount, _ledger.Context, fee: 1))];
            await Task.WhenAll(transfers.Select(transfer => _ledger.SubmitAndConfirmAsync(transfer)));
        }
    }

    [OneTimeTearDown]
    public async Task StopNode()
    {
        if (_ledger is not null) await _ledger.DisposeAsync();
        _key?.Dispose();
        if (_keyFile.Length > 0) File.Delete(_keyFile);
    }

    [Test]
    public async Task Peer_WrittenFromThePageAlone_ChecksTheChainAndHasATransferConfirmed()
    {
        ulong blocks = _ledger.Tip.Header.Height + 1;

        (int exitCode, string output, string errors) = await PythonScript.RunAsync(
            "peer.py", _endpoint, _ledger.ChainId.ToString(), "--node", _network.Id.Value.ToString(), "--key", _keyFile);

        Assert.That(exitCode, Is.Zero, output + errors);
        Assert.That(blocks, Is.GreaterThan(17), "more than one may ask for at once");
        Assert.That(output, Does.Contain(Invariant($"synchronised: {blocks} blocks, {Transfers + blocks} transactions, ")), "with a reward each, or the allocation");
        string leaf = SubmittedLine().Match(output).Groups[1].Value;
        ulong height = ulong.Parse(ConfirmedLine().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.That(_ledger.Chain.BlockAt(height)!.Transactions.Select(transaction => transaction.Leaf.ToString()), Does.Contain(leaf));
    }

    [Test]
    public async Task Peer_OfAnotherChainOrNode_SaysSoInOneLine()
    {
        string other = new('5', 64);

        (int exitCode, _, string errors) = await PythonScript.RunAsync("peer.py", _endpoint, other);
        Assert.That(errors, Does.Match("^failed: the node says Shut.*\n$"));
        Assert.That(exitCode, Is.EqualTo(1));

        (exitCode, _, errors) = await PythonScript.RunAsync("peer.py", _endpoint, _ledger.ChainId.ToString(), "--node", other);
        Assert.That((exitCode, errors), Is.EqualTo((1, "failed: another node answers than the one that is expected\n")));
    }

    /// <summary>What the page says becomes of whoever breaks it; the node goes on for the others.</summary>
    [TestCase("other-version", "Bye 2 ")]
    [TestCase("other-key", "Bye 7 ")]
    [TestCase("no-hello", "Bye 7 ")]
    [TestCase("two-hellos", "Bye 7 ")]
    [TestCase("longer-form", "Bye 7 ")]
    [TestCase("longer-message", "Bye 7 ")]
    [TestCase("unknown-kind", "Bye 7 ")]
    [TestCase("unasked-answer", "Bye 7 ")]
    [TestCase("unopened-chain", "Bye 7 ")]
    [TestCase("too-much-asked", "Bye 7 ")]
    public async Task Node_ThatMeetsAFault_SaysByeAndEndsTheConnection(string way, string answer)
    {
        (int exitCode, string output, string errors) = await PythonScript.RunAsync("misbehave.py", way, _endpoint, _ledger.ChainId.ToString());

        Assert.That(output, Does.StartWith(answer), errors);
        Assert.That(exitCode, Is.Zero, errors);
    }

    [Test]
    public async Task Node_ThatIsAskedForAnotherChain_ShutsIt()
    {
        (int exitCode, string output, string errors) = await PythonScript.RunAsync("misbehave.py", "other-chain", _endpoint, _ledger.ChainId.ToString());

        Assert.That(output, Does.Match("^Shut [0-9a-f]{64} 1 "), errors);
        Assert.That(exitCode, Is.Zero, errors);
    }

    [GeneratedRegex("^submitted: ([0-9a-f]{64})$", RegexOptions.Multiline)]
    private static partial Regex SubmittedLine();

    [GeneratedRegex("^confirmed at height ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex ConfirmedLine();
}
