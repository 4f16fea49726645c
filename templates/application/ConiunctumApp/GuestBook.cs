using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;

namespace ConiunctumApp;

/// <summary>A book in which each address writes one line, for good. The line stands under the address, as UTF-8.</summary>
public sealed class GuestBook : ILedgerApplication
{
    /// <summary>The number that calls name this application by.</summary>
    public static readonly AppId Number = new(1);

    /// <summary>The longest line, in bytes.</summary>
    public const int MaxBytes = 80;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public AppId Id => Number;

    // The chain's identity follows from it: whoever changes what the application does changes the number behind it.
    public string Name => "guestbook/1";

    // Every node runs this, and must come to the same result: no clock, no randomness, no files, no culture.
    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        if (call.Data.Length is 0 or > MaxBytes) return CallOutcome.Refused($"a line has 1 to {MaxBytes} bytes");
        if (!IsText(call.Data.Span)) return CallOutcome.Refused("a line is UTF-8");
        if (!state.Get(KeyOf(call.Sender)).IsEmpty) return CallOutcome.Refused("the sender has written a line before");
        state.Set(KeyOf(call.Sender), call.Data.Span);
        return CallOutcome.Done;
    }

    /// <summary>The key that an address's line stands under.</summary>
    public static byte[] KeyOf(Address guest) => guest.Value.AsSpan().ToArray();

    /// <summary>The data of a call that writes a line.</summary>
    public static byte[] Write(string line) => s_strict.GetBytes(line);

    /// <summary>Reads an entry; <c>null</c> where there is none.</summary>
    public static string? Read(ReadOnlyMemory<byte> entry) => entry.IsEmpty ? null : s_strict.GetString(entry.Span);

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        try
        {
            s_strict.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
