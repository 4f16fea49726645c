using System.Diagnostics;
using System.Text.Json;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Node.Api;
using Coniunctum.Node.Net;

namespace Coniunctum.Node.Localnet;

/// <summary>One node of a local network: a process that is started, watched, killed and started again.</summary>
/// <param name="index">Its number, from 0.</param>
/// <param name="folder">Its folder.</param>
/// <param name="role">What its process is told to do.</param>
/// <param name="follows">Whether it is one of those that make no blocks.</param>
/// <param name="time">The clock.</param>
internal sealed class LocalNode(int index, NodeFolder folder, NodeRole role, bool follows, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(20);

    private readonly NodeClient _client = new(ApiSocket.OfFolder(folder.Path));
    private readonly Lock _gate = new();
    private readonly Queue<string> _lastLines = new();
    private readonly StreamWriter _log = new($"{folder.Path}.log", append: true) { AutoFlush = true };
    private Process? _process;
    private Task _reading = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;

    public int Index => index;

    public NodeFolder Folder => folder;

    /// <summary>What it does, as people are shown it.</summary>
    public string Role => follows ? "follower" : role.ToString().ToLowerInvariant();

    public LedgerClient Client => _client.Ledger;

    /// <summary>Where it listens, as others dial it; the port stays from start to start.</summary>
    public string? Address { get; private set; }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Whether its process runs.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Since when it has had all that others have; <c>null</c> while it has not.</summary>
    public long? ReadySince { get; private set; }

    /// <summary>The process's number.</summary>
    public int ProcessId => _process?.Id ?? 0;

    /// <summary>The last that was asked of it.</summary>
    public StatusModel? Status { get; set; }

    /// <summary>Starts the process, and waits until it listens.</summary>
    /// <param name="peers">Whom it dials.</param>
    /// <param name="watch">Hears of each change of its chain.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task StartAsync(IEnumerable<string> peers, Action<LocalNode, ChangeModel> watch, CancellationToken stop)
    {
        string listen = Address is null ? "127.0.0.1:0" : Address[(Address.IndexOf('@', StringComparison.Ordinal) + 1)..];
        Process process = OwnProgram.Start(
        [
            "node", "--data", folder.Path, "--role", role.ToString().ToLowerInvariant(), "--listen", listen, "--json",
            .. role == NodeRole.Full ? ["--threads", "1"] : Array.Empty<string>(),
            .. peers.SelectMany(peer => new[] { "--peer", peer }),
        ]);
        _process = process;
        Starts++;
        var started = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, line => TakeEvent(line, started)), ReadAsync(process.StandardError, _ => { }));
        Task ended = process.WaitForExitAsync(stop);
        if (await Task.WhenAny(started.Task, ended) == ended)
        {
            await _reading;
            stop.ThrowIfCancellationRequested();
            throw new IOException(Invariant($"node {index} has ended with {process.ExitCode}: {LastLines()}"));
        }

        Address = await started.Task;
        IsUp = true;
        _watching = WatchAsync(watch, process);
    }

    /// <summary>Ends the process as a power failure would, without a word.</summary>
    public async Task KillAsync()
    {
        IsUp = false;
        ReadySince = null;
        if (_process is not { } process) return;
        process.Kill();
        await process.WaitForExitAsync();
        await Task.WhenAll(_reading, _watching);
        process.Dispose();
        _process = null;
    }

    /// <summary>Asks the process to stop; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        IsUp = false;
        if (_process is not { } process) return 0;
        OwnProgram.AskToStop(process);
        using var limit = new CancellationTokenSource(s_stopTime, time);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        await Task.WhenAll(_reading, _watching);
        int code = process.ExitCode;
        process.Dispose();
        _process = null;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _log.DisposeAsync();
        _client.Dispose();
    }

    private void TakeEvent(string line, TaskCompletionSource<string> started)
    {
        JsonElement item = JsonDocument.Parse(line).RootElement;
        switch (item.GetProperty("event").GetString())
        {
            case "started":
                started.TrySetResult(item.GetProperty("addresses")[0].GetString()!);
                break;
            case "synchronized":
                ReadySince = time.GetUtcNow().ToUnixTimeMilliseconds();
                break;
            case "synchronizing":
                ReadySince = null;
                break;
            default:
                break;
        }
    }

    private async Task ReadAsync(StreamReader reader, Action<string> take)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Keep(line);
            try
            {
                take(line);
            }
            catch (JsonException)
            {
                // A line that a kill has cut off.
            }
        }
    }

    private void Keep(string line)
    {
        lock (_gate)
        {
            _log.WriteLine(Invariant($"{time.GetUtcNow():HH:mm:ss.fff} {line}"));
            _lastLines.Enqueue(line);
            if (_lastLines.Count > 5) _lastLines.Dequeue();
        }
    }

    private async Task WatchAsync(Action<LocalNode, ChangeModel> watch, Process process)
    {
        try
        {
            await foreach (ChangeModel change in Client.EventsAsync(null, CancellationToken.None)) watch(this, change);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or ApiProblemException)
        {
            // Killed between its start and the question, or in the middle of a line.
        }

        // What ended by itself is noticed by whoever asks it next.
        if (!process.HasExited) await process.WaitForExitAsync();
        IsUp = false;
    }

    private string LastLines()
    {
        lock (_gate) return string.Join(" | ", _lastLines);
    }
}
