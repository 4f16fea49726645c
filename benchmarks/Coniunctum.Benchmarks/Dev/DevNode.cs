using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Coniunctum.Benchmarks.Dev;

/// <summary>A development chain in a process of its own, from its start to its end.</summary>
internal abstract class DevNode : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(1);

    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    /// <summary>Where it is asked.</summary>
    protected IPEndPoint Web { get; } = new(IPAddress.Loopback, FreePort());

    /// <summary>What it takes to ask it something, ready to be sent.</summary>
    protected abstract byte[] Question { get; }

    /// <summary>The most memory that the process has had resident so far, in MiB.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    public double PeakMebibytes
    {
        get
        {
            string line = File.ReadLines(Invariant($"/proc/{_process!.Id}/status")).First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Starts the process.</summary>
    /// <returns>How long it took until it first answered over HTTP.</returns>
    /// <exception cref="IOException">It did not.</exception>
    public async Task<TimeSpan> StartAsync()
    {
        ProcessStartInfo start = Command();
        string program = start.FileName;
        (start.RedirectStandardOutput, start.UseShellExecute) = (true, false);
        long begun = Stopwatch.GetTimestamp();
        _process = Process.Start(start) ?? throw new IOException($"{program} does not start.");
        while (!IsAnswering())
        {
            if (_process.HasExited) throw new IOException(Invariant($"{program} has ended with {_process.ExitCode}."));
            if (Stopwatch.GetElapsedTime(begun) > s_patience) throw new IOException(Invariant($"{program} has not answered for {s_patience.TotalSeconds} s."));
            await Task.Delay(s_look);
        }

        TimeSpan taken = Stopwatch.GetElapsedTime(begun);
        new Thread(() => Drain(_process.StandardOutput)) { IsBackground = true }.Start();
        return taken;
    }

    /// <summary>Signs transfers between the chain's accounts, each a request that is ready to be sent.</summary>
    /// <param name="transfers">How many.</param>
    /// <param name="connections">Over how many connections.</param>
    /// <returns>For each connection its requests, in order.</returns>
    public abstract Task<byte[][][]> SignAsync(int transfers, int connections);

    /// <summary>Whether an answer says that the transfer was taken.</summary>
    public abstract bool IsTaken(ReadOnlySpan<byte> answer);

    /// <summary>Returns how many of the transfers are in blocks.</summary>
    public abstract Task<long> ConfirmedAsync();

    /// <summary>Returns how many blocks the chain has.</summary>
    public abstract Task<long> BlocksAsync();

    /// <summary>Returns what it says of the transfers that wait.</summary>
    public abstract Task<string> DescribePoolAsync();

    /// <summary>Opens a connection.</summary>
    public HttpLine Open() => HttpLine.Open(Web);

    public virtual void Dispose()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The program and what it is started with.</summary>
    protected abstract ProcessStartInfo Command();

    /// <summary>Waits for the first line of what the process says.</summary>
    protected Task<string> FirstLineAsync() => _firstLine.Task.WaitAsync(s_patience);

    /// <summary>Returns how many of the transfers go over one of the connections.</summary>
    protected static int ShareOf(int transfers, int connections, int connection) => (transfers / connections) + (connection < transfers % connections ? 1 : 0);

    private bool IsAnswering()
    {
        try
        {
            using HttpLine line = Open();
            line.Ask(Question);
            return true;
        }
        catch (SocketException)
        {
            // It does not listen yet.
            return false;
        }
    }

    private void Drain(StreamReader output)
    {
        _firstLine.TrySetResult(output.ReadLine() ?? "");
        output.BaseStream.CopyTo(Stream.Null);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
