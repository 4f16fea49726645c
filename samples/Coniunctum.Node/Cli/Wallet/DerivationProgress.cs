namespace Coniunctum.Node.Cli.Wallet;

/// <summary>Shows a person that the machine is busy with a password. The line disappears when it is done.</summary>
internal sealed class DerivationProgress(CommandIo io) : IProgress<double>, IDisposable
{
    private int _shown = -1;

    public void Report(double value)
    {
        int percent = (int)(100 * value);
        if (!io.IsErrorLive || percent == _shown) return;
        _shown = percent;
        io.Error.Write($"\r{Text(percent)}");
    }

    public void Dispose()
    {
        if (_shown >= 0) io.Error.Write($"\r{new string(' ', Text(100).Length)}\r");
    }

    private static string Text(int percent) => Invariant($"Stretching the password: {percent,3} %");
}
