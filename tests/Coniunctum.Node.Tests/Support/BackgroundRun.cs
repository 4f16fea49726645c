using System.Text.Json;
using System.Threading.Channels;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Support;

/// <summary>A command that goes on beside the test, in this process, and is stopped as by a signal.</summary>
internal sealed class BackgroundRun : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringWriter _error = new();
    private readonly CommandIo _io;
    private readonly Task<int> _run;

    private BackgroundRun(string folder, string[] args)
    {
        _io = new CommandIo(Stream.Null, new LineWriter(_lines.Writer), _error) { DataFolder = folder };
        _run = Task.Run(() => CommandLine.RunAsync(args, _io, _stop.Token));
    }

    /// <summary>What went wrong so far.</summary>
    public string Error => _error.ToString();

    /// <summary>Starts a command with <c>--json</c>, with a folder in the place of the user's own.</summary>
    public static BackgroundRun Start(string folder, params string[] args) => new(folder, [.. args, "--json"]);

    /// <summary>Reads on to the next event of a kind.</summary>
    public async Task<JsonElement> NextAsync(string name, Func<JsonElement, bool>? isWanted = null)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            Task<string> next = _lines.Reader.ReadAsync(limit.Token).AsTask();
            if (await Task.WhenAny(next, _run) == _run && !next.IsCompleted) throw new AssertionException(Invariant($"it has ended with {await _run}: {Error}"));
            JsonElement item = JsonDocument.Parse(await next).RootElement;
            if (item.GetProperty("event").GetString() == name && isWanted?.Invoke(item) != false) return item;
        }
    }

    /// <summary>Stops the command, and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_run.IsCompleted) await _stop.CancelAsync();
        return await _run.WaitAsync(s_patience);
    }

    /// <summary>Waits for the end that comes by itself.</summary>
    public Task<int> EndAsync() => _run.WaitAsync(s_patience);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _io.DisposeAsync();
        _stop.Dispose();
    }

    private sealed class LineWriter(ChannelWriter<string> lines) : StringWriter
    {
        public override void WriteLine(string? value) => lines.TryWrite(value ?? "");

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }
    }
}
