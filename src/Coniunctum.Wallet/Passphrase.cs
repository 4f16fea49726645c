using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Coniunctum.Wallet;

/// <summary>Turns a passphrase into the bytes that BIP-39 hashes: UTF-8 of its NFKD form.</summary>
internal static class Passphrase
{
    /// <summary>The longest passphrase in characters.</summary>
    public const int MaxLength = 256;

    // No character decomposes into more than 18 (Unicode Standard Annex #15, stability of NFKD), nor takes more than three bytes.
    private const int MaxDecomposed = 18 * MaxLength;

    /// <summary>The most bytes that a passphrase becomes.</summary>
    public const int MaxBytes = 3 * MaxDecomposed;

    /// <summary>Whether this process can normalise. With invariant globalization the framework silently returns its input.</summary>
    public static bool CanNormalize { get; } = TryNormalize("\uFB01\u00E9\uD55C", out string form) && form is "fie\u0301\u1112\u1161\u11AB";

    /// <summary>Writes the bytes.</summary>
    /// <param name="passphrase">The passphrase.</param>
    /// <param name="bytes">At least <see cref="MaxBytes"/> bytes, which the caller wipes.</param>
    /// <param name="length">How many bytes were written.</param>
    [SkipLocalsInit]
    public static MnemonicOutcome Encode(ReadOnlySpan<char> passphrase, Span<byte> bytes, out int length)
    {
        length = 0;
        if (passphrase.Length > MaxLength)
        {
            return MnemonicOutcome.Invalid(
                MnemonicFault.InvalidPassphrase, $"The passphrase has {passphrase.Length} characters; at most {MaxLength} are allowed.");
        }

        if (Ascii.IsValid(passphrase))
        {
            length = Encoding.ASCII.GetBytes(passphrase, bytes);
            return MnemonicOutcome.Valid;
        }

        if (!CanNormalize)
        {
            return MnemonicOutcome.Invalid(
                MnemonicFault.NormalizationUnavailable,
                "The passphrase has characters outside of ASCII, which this program cannot normalise (invariant globalization): it would open another wallet than elsewhere.");
        }

        Span<char> form = stackalloc char[MaxDecomposed];
        try
        {
            if (passphrase.TryNormalize(form, out int characters, NormalizationForm.FormKD)
                && s_utf8.TryGetBytes(form[..characters], bytes, out length))
            {
                return MnemonicOutcome.Valid;
            }
        }
        catch (ArgumentException)
        {
            // How the framework tells that the text holds half of a surrogate pair.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(form));
        }

        return MnemonicOutcome.Invalid(MnemonicFault.InvalidPassphrase, "The passphrase is not valid Unicode.");
    }

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static bool TryNormalize(string text, out string form)
    {
        Span<char> buffer = stackalloc char[16];
        bool done = text.AsSpan().TryNormalize(buffer, out int length, NormalizationForm.FormKD);
        form = done ? new string(buffer[..length]) : "";
        return done;
    }
}
