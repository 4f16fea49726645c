using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Node.Api;

namespace Coniunctum.Benchmarks.Dev;

/// <summary>Ours, with blocks while transactions wait.</summary>
/// <param name="program">Its file.</param>
/// <param name="isKept">Whether the chain is kept in a file, as it is unless something else is said.</param>
internal sealed class ConiunctumNode(string program, bool isKept) : DevNode
{
    private const string BlockTime = "10ms";

    private static readonly byte[] s_taken = "\"accepted\":true"u8.ToArray();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coniunctum-dev");
    private HttpClient? _http;
    private LedgerClient? _client;
    private ulong _counted;
    private long _confirmed;

    protected override byte[] Question { get; } = HttpLine.Request("GET", LedgerRoutes.Root + LedgerRoutes.Status.Path);

    public override async Task<byte[][][]> SignAsync(int transfers, int connections)
    {
        using JsonDocument started = JsonDocument.Parse(await FirstLineAsync());
        string cookie = started.RootElement.TryGetProperty("cookie", out JsonElement file) && file.GetString() is { } path
            ? await File.ReadAllTextAsync(path)
            : throw new IOException($"{program} names no cookie at its start, without which its port takes no transfers.");
        _http = new HttpClient { BaseAddress = new Uri($"http://{Web}/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cookie);
        _client = new LedgerClient(_http);
        await _client.SendAsync(HttpMethod.Post, "/dev/mining?mode=auto", DevJson.Default.MiningModel);
        ChainProfile profile = await _client.ProfileAsync();
        StatusModel status = await _client.StatusAsync();
        _counted = status.Height;
        PrivateKey[] keys = [.. started.RootElement.GetProperty("accounts").EnumerateArray().Select(account => KeyOf(account.GetProperty("privateKey").GetString()!))];
        Address[] accounts = [.. keys.Select(key => profile.Signatures.AddressOf(key.PublicKey))];
        var context = new TransferContext(profile, BlockId.Parse(status.ChainId), status.Height, SystemEntropy.Instance);
        byte[][][] requests = [.. Enumerable.Range(0, connections).Select(i => Enumerable.Range(0, ShareOf(transfers, connections, i))
            .Select(_ => RequestOf(Transfer.Sign(keys[i % keys.Length], accounts[(i + 1) % accounts.Length], 1, context), profile, cookie))
            .ToArray())];
        foreach (PrivateKey key in keys) key.Dispose();
        return requests;
    }

    public override bool IsTaken(ReadOnlySpan<byte> answer) => answer.IndexOf(s_taken) >= 0;

    public override async Task<long> ConfirmedAsync()
    {
        ulong from = _counted;
        for (BlocksModel page = await _client!.BlocksAsync(count: 100); ; page = await _client.BlocksAsync(page.Next, 100))
        {
            _counted = Math.Max(_counted, page.Blocks[0].Height);
            // The reward is none of them.
            _confirmed += page.Blocks.Where(block => block.Height > from).Sum(block => block.Transactions!.Value - 1);
            if (page.Blocks[^1].Height <= from + 1 || page.Next is null) return _confirmed;
        }
    }

    public override async Task<long> BlocksAsync() => (long)(await _client!.StatusAsync()).Height;

    public override async Task<string> DescribePoolAsync() => Invariant($"{(await _client!.StatusAsync()).Pool} in the pool");

    public override void Dispose()
    {
        _http?.Dispose();
        base.Dispose();
        _folder.Delete(recursive: true);
    }

    protected override ProcessStartInfo Command() => new(
        program, ["dev", "--json", .. isKept ? ["--data", Path.Combine(_folder.FullName, "chain.db")] : (string[])["--ephemeral"], "--block-time", BlockTime, "--http", Invariant($"{Web.Port}")])
    {
        Environment = { ["XDG_DATA_HOME"] = _folder.FullName },
    };

    private static PrivateKey KeyOf(string text)
    {
        PrivateKey.Read(Convert.FromHexString(text), out PrivateKey? key);
        return key ?? throw new InvalidDataException("The program shows a key that is none.");
    }

    private static byte[] RequestOf(Transaction transfer, ChainProfile profile, string cookie)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        profile.Format.Codec.WriteTransaction(ref writer, transfer, 0);
        writer.Flush();
        return HttpLine.Request("POST", LedgerRoutes.Root + LedgerRoutes.Submit.Path, "application/octet-stream", buffer.WrittenSpan, $"Authorization: Bearer {cookie}\r\n");
    }
}
