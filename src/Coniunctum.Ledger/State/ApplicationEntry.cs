namespace Coniunctum.Ledger.State;

/// <summary>A key of an application with its value. Immutable: whoever makes one must not change the bytes afterwards.</summary>
/// <param name="app">The application's number.</param>
/// <param name="key">The application's own key.</param>
/// <param name="value">The value; not empty.</param>
internal sealed class ApplicationEntry(uint app, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
{
    public uint App => app;

    public ReadOnlyMemory<byte> Key => key;

    public ReadOnlyMemory<byte> Value => value;
}
