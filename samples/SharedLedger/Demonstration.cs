using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Coniunctum.Client;

namespace SharedLedger;

/// <summary>Four services as processes of this program: clients register items with them, one is killed meanwhile, and comes back.</summary>
internal sealed class Demonstration(int items, TextWriter output) : IAsyncDisposable
{
    private const int Clients = 16;
    private const int Victim = 3;
    private const int MostTries = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("shared-ledger").FullName;
    private readonly HttpClient[] _http = [.. Enumerable.Range(0, Consortium.Members).Select(_ => new HttpClient { Timeout = TimeSpan.FromSeconds(20) })];
    private readonly Process?[] _services = new Process?[Consortium.Members];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _next = -1;
    private int _open;
    private int _accepted;
    private int _acceptedWithout;
    private bool _isDown;

    /// <summary>Returns whether all items were accepted, some of them while one service was down, and every service has all of them in the end.</summary>
    public async Task<bool> RunAsync()
    {
        int[] ports = FreePorts(2 * Consortium.Members);
        new Consortium(_folder).Create([.. ports[..Consortium.Members].Select(port => Invariant($"127.0.0.1:{port}"))], TimeProvider.System);
        for (int i = 0; i < Consortium.Members; i++)
        {
            _http[i].BaseAddress = new Uri(Invariant($"http://127.0.0.1:{ports[Consortium.Members + i]}/"));
            Start(i);
        }

        for (int i = 0; i < Consortium.Members; i++) await UntilAsync(() => TryGetAsync(i, "items"));
        await output.WriteLineAsync(Invariant($"{_clock.Elapsed.TotalSeconds,6:0.0} s  four services are up; an explorer each at {string.Join(' ', _http.Select(http => http.BaseAddress))}"));
        _open = items / 2;
        Task clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => RegisterAllAsync()));
        await ReachAsync(items / 3, clients);
        await KillAsync(Victim);
        await output.WriteLineAsync(Invariant($"{_clock.Elapsed.TotalSeconds,6:0.0} s  {_accepted} items accepted; service {Victim + 1} is killed"));
        _isDown = true;
        // Whatever is registered from here on is registered with three of the four.
        Volatile.Write(ref _open, 5 * items / 6);
        await ReachAsync(2 * items / 3, clients);
        _isDown = false;
        Volatile.Write(ref _open, items);
        TimeSpan restart = _clock.Elapsed;
        Start(Victim);
        await UntilAsync(() => TryGetAsync(Victim, "items"));
        ulong height = (await StatusAsync(0)).Height;
        await UntilAsync(async () => (await StatusAsync(Victim)).Height >= height);
        await output.WriteLineAsync(Invariant($"{_clock.Elapsed.TotalSeconds,6:0.0} s  it was started again, and has caught up with block {height} in {(_clock.Elapsed - restart).TotalSeconds:0.0} s"));
        await clients;
        int lost = await CountLostAsync();
        await output.WriteLineAsync(Invariant($"{_clock.Elapsed.TotalSeconds,6:0.0} s  {_accepted} items accepted, {_acceptedWithout} of them while a service was down; lost: {lost}"));
        return _accepted == items && _acceptedWithout > 0 && lost == 0;
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = 0; i < Consortium.Members; i++)
        {
            await KillAsync(i);
            _http[i].Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>One client: each item goes to the next service, and to another one while that does not answer.</summary>
    private async Task RegisterAllAsync()
    {
        for (int item = Interlocked.Increment(ref _next); item < items; item = Interlocked.Increment(ref _next))
        {
            while (item >= Volatile.Read(ref _open)) await Task.Delay(10);
            int tries = 0;
            while (!await TryRegisterAsync((item + tries) % Consortium.Members, item))
            {
                if (++tries == MostTries) throw new InvalidOperationException(Invariant($"No service takes item {item}."));
                await Task.Delay(50);
            }

            if (_isDown) Interlocked.Increment(ref _acceptedWithout);
            Interlocked.Increment(ref _accepted);
        }
    }

    private async Task<bool> TryRegisterAsync(int service, int item)
    {
        try
        {
            using var description = new StringContent(Invariant($"made by number {item}"));
            using HttpResponseMessage answer = await _http[service].PostAsync(NameOf(item), description);
            // A service that was killed may have passed the call on: the item is there then, and that is what counts.
            return answer.StatusCode == HttpStatusCode.OK || (answer.StatusCode == HttpStatusCode.Conflict && await TryGetAsync(service, NameOf(item)));
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task<int> CountLostAsync()
    {
        int lost = 0;
        for (int service = 0; service < Consortium.Members; service++)
        {
            ulong height = (await StatusAsync(0)).Height;
            int asked = service;
            await UntilAsync(async () => (await StatusAsync(asked)).Height >= height);
            for (int item = 0; item < items; item++)
                if (!await TryGetAsync(service, NameOf(item))) lost++;
        }

        return lost;
    }

    private async Task<bool> TryGetAsync(int service, string path)
    {
        try
        {
            using HttpResponseMessage answer = await _http[service].GetAsync(path);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private Task<Coniunctum.Client.Models.StatusModel> StatusAsync(int service) => new LedgerClient(_http[service]).StatusAsync();

    private static string NameOf(int item) => Invariant($"items/item-{item}");

    private async Task ReachAsync(int accepted, Task clients)
    {
        while (Volatile.Read(ref _accepted) < accepted && !clients.IsCompleted) await Task.Delay(10);
        if (clients.IsFaulted) await clients;
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        TimeSpan begun = _clock.Elapsed;
        while (!await condition())
        {
            if (_clock.Elapsed - begun > TimeSpan.FromMinutes(2)) throw new TimeoutException("A service has not answered for two minutes.");
            await Task.Delay(50);
        }
    }

    private void Start(int service)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        // As `dotnet SharedLedger.dll`, or as the executable beside that file.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) is "dotnet") start.ArgumentList.Add(typeof(Demonstration).Assembly.Location);
        foreach (string argument in (string[])["serve", _folder, Invariant($"{service + 1}"), "--urls", _http[service].BaseAddress!.ToString()]) start.ArgumentList.Add(argument);
        _services[service] = Process.Start(start);
    }

    /// <summary>Ends a service as a power failure would (SIGKILL).</summary>
    private async Task KillAsync(int service)
    {
        if (_services[service] is not { } process) return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        _services[service] = null;
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners) listener.Stop();
        return ports;
    }
}
