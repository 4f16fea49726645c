using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Coniunctum.Wallet;

namespace Coniunctum.Benchmarks.Dev;

/// <summary>anvil, which keeps its chain in memory.</summary>
/// <param name="program">Its file.</param>
internal sealed class AnvilNode(string program) : DevNode
{
    // What anvil's documentation gives: these words, and this chain.
    private const string Words = "test test test test test test test test test test test junk";
    private const ulong ChainId = 31337;

    // As often as ours, in seconds. Left to mine each transfer as it comes, version 1.7.1 stands still with many of them in its pool.
    private const string BlockTime = "0.01";

    private const string Json = "application/json";

    private HttpLine? _line;
    private long _counted;
    private long _confirmed;

    protected override byte[] Question { get; } = Call("eth_blockNumber", "");

    /// <summary>Returns the program's name with its version.</summary>
    public static string NameOf(string program)
    {
        using Process version = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string first = version.StandardOutput.ReadToEnd().Split('\n')[0];
        version.WaitForExit();
        // "anvil Version: 1.7.1-v1.7.1"
        string number = Array.Find(first.Split(' '), word => word.Length > 0 && char.IsAsciiDigit(word[0])) ?? "";
        return $"anvil {number.Split('-')[0]}".TrimEnd();
    }

    public override Task<byte[][][]> SignAsync(int transfers, int connections)
    {
        // Its transfers are numbered by sender: each connection has one of its own, so that they arrive in order.
        EthereumAccount[] accounts = AccountsOf(connections);
        byte[][][] requests = [.. accounts.Select((account, i) => Enumerable.Range(0, ShareOf(transfers, connections, i))
            .Select(nonce => Call("eth_sendRawTransaction", $"\"0x{Convert.ToHexStringLower(account.SignTransfer(accounts[(i + 1) % connections], (ulong)nonce, ChainId))}\""))
            .ToArray())];
        foreach (EthereumAccount account in accounts) account.Dispose();
        return Task.FromResult(requests);
    }

    public override bool IsTaken(ReadOnlySpan<byte> answer) => answer.IndexOf("\"result\""u8) >= 0;

    public override Task<long> ConfirmedAsync()
    {
        // By blocks, which costs it little: an account's number is looked up in a copy of the state.
        long height = Height();
        if (height == 0) return Task.FromResult(0L);
        string questions = string.Join(',', Enumerable.Range((int)_counted + 1, (int)(height - _counted)).Select(number => Body("eth_getBlockTransactionCountByNumber", $"\"0x{number:x}\"")));
        using JsonDocument answers = JsonDocument.Parse(Ask(HttpLine.Request("POST", "/", Json, Encoding.ASCII.GetBytes($"[{questions}]"))));
        long[] counts = [.. answers.RootElement.EnumerateArray().Select(NumberOf)];
        // The newest block is counted again next time: it may be told of before it is whole.
        (_counted, _confirmed) = (height - 1, _confirmed + counts[..^1].Sum());
        return Task.FromResult(_confirmed + counts[^1]);
    }

    public override Task<long> BlocksAsync() => Task.FromResult(Height());

    public override Task<string> DescribePoolAsync()
    {
        using JsonDocument answer = JsonDocument.Parse(Ask(Call("txpool_status", "")));
        return Task.FromResult($"txpool_status {answer.RootElement.GetProperty("result").GetRawText()}");
    }

    public override void Dispose()
    {
        _line?.Dispose();
        base.Dispose();
    }

    protected override ProcessStartInfo Command() => new(
        program, ["--port", Invariant($"{Web.Port}"), "--accounts", "16", "--silent", "--block-time", BlockTime]);

    private long Height()
    {
        using JsonDocument answer = JsonDocument.Parse(Ask(Question));
        return NumberOf(answer.RootElement);
    }

    private byte[] Ask(byte[] request) => (_line ??= Open()).Ask(request).ToArray();

    private static long NumberOf(JsonElement answer) => long.Parse(answer.GetProperty("result").GetString()!.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static EthereumAccount[] AccountsOf(int count)
    {
        using Mnemonic words = Mnemonic.Parse(Words);
        byte[] seed = new byte[Mnemonic.SeedSize];
        words.DeriveSeed("", seed);
        using ExtendedKey root = ExtendedKey.FromSeed(seed);
        return [.. Enumerable.Range(0, count).Select(i => new EthereumAccount(root.Derive(KeyPath.Parse(Invariant($"m/44'/60'/0'/0/{i}")))))];
    }

    private static byte[] Call(string method, string parameters) => HttpLine.Request("POST", "/", Json, Encoding.ASCII.GetBytes(Body(method, parameters)));

    private static string Body(string method, string parameters) => $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":[{{parameters}}]}""";
}
