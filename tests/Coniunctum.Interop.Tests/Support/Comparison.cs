namespace Coniunctum.Interop.Tests.Support;

/// <summary>
/// Counts what was compared with another implementation and keeps the first differences, so that one run tells all of them
/// and a case costs no constraint.
/// </summary>
/// <param name="package">The other implementation.</param>
/// <param name="seed">What the cases were drawn with.</param>
internal sealed class Comparison(string package, int seed)
{
    private const int Told = 10;

    private readonly List<string> _differences = [];
    private int _cases;
    private int _different;

    /// <summary>Whether the suites run at their whole size: <c>tests/long Interop</c>.</summary>
    public static bool IsWhole { get; } = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";

    /// <summary>The seed's generator.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>How many cases to draw: a share with every run, or all.</summary>
    public static int Count(int share, int whole) => IsWhole ? whole : share;

    /// <summary>Bytes from the seed's generator.</summary>
    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        Random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Compares bytes.</summary>
    /// <param name="ours">What this library says.</param>
    /// <param name="theirs">What the other one says.</param>
    /// <param name="what">What was asked, in words.</param>
    /// <param name="with">What it was asked with.</param>
    public void Same(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs, string what, object with)
    {
        _cases++;
        if (!ours.SequenceEqual(theirs)) Differ(what, with, Convert.ToHexStringLower(ours), Convert.ToHexStringLower(theirs));
    }

    /// <inheritdoc cref="Same(ReadOnlySpan{byte}, ReadOnlySpan{byte}, string, object)"/>
    public void Same(byte[] ours, byte[] theirs, string what, object with) => Same(ours.AsSpan(), theirs.AsSpan(), what, with);

    /// <summary>Compares values.</summary>
    /// <inheritdoc cref="Same(ReadOnlySpan{byte}, ReadOnlySpan{byte}, string, object)"/>
    public void Same<T>(T ours, T theirs, string what, object with)
    {
        _cases++;
        if (!EqualityComparer<T>.Default.Equals(ours, theirs)) Differ(what, with, ours, theirs);
    }

    /// <summary>Reports how many cases there were, and fails where one differed.</summary>
    /// <param name="least">Fewer cases than these are a mistake of the test.</param>
    public void End(int least)
    {
        TestContext.Out.WriteLine(Invariant($"{package}: {_cases} cases, {_different} differences, seed {seed}"));
        Assert.That(_differences, Is.Empty, $"{_different} of {_cases} cases differ from {package} (seed {seed})");
        Assert.That(_cases, Is.GreaterThanOrEqualTo(least), "fewer cases than planned");
    }

    private void Differ(string what, object with, object? ours, object? theirs)
    {
        _different++;
        if (_differences.Count < Told)
            _differences.Add(Invariant($"{what} of {(with is byte[] bytes ? Convert.ToHexStringLower(bytes) : with)}: ours {ours}, theirs {theirs}"));
    }
}
