using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>
/// A secret that people can write down: 12 to 24 English words (BIP-39), from which all keys of a wallet follow. It is wiped by
/// <see cref="Dispose"/>.
/// </summary>
/// <remarks>Safe to use from several threads. Looking words up takes a time that depends on them.</remarks>
/// <example>
/// <code>
/// using Mnemonic words = Mnemonic.Generate(SystemEntropy.Instance);
/// Span&lt;char&gt; shown = stackalloc char[Mnemonic.MaxTextLength];
/// Console.Out.WriteLine(shown[..words.CopyTo(shown)]);
/// </code>
/// </example>
[JsonConverter(typeof(NoJsonConverter<Mnemonic>))]
public sealed class Mnemonic : IDisposable
{
    /// <summary>The most characters of the words with a blank between them: 215.</summary>
    public const int MaxTextLength = (MaxWords * (EnglishWords.MaxLength + 1)) - 1;

    /// <summary>The length of a seed in bytes: 64.</summary>
    public const int SeedSize = 64;

    private const int MinWords = 12;
    private const int MaxWords = 24;
    private const int BitsPerWord = 11;

    // BIP-39: 2048 rounds of PBKDF2 with HMAC-SHA-512. The words themselves have 128 random bits or more.
    private const int Iterations = 2048;

    private readonly SecretBytes _entropy;

    private Mnemonic(ReadOnlySpan<byte> entropy)
    {
        _entropy = new SecretBytes(entropy.Length);
        entropy.CopyTo(_entropy.Span);
        WordCount = entropy.Length * 3 / 4;
    }

    /// <summary>How many words there are: 12, 15, 18, 21 or 24.</summary>
    public int WordCount { get; }

    /// <summary>Draws new words.</summary>
    /// <param name="entropy">Where the random bytes come from; all who know them know the words.</param>
    /// <param name="words">How many: 12 (128 random bits, as strong as secp256k1 itself), 15, 18, 21 or 24.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="words"/> is another number.</exception>
    [SkipLocalsInit]
    public static Mnemonic Generate(IEntropySource entropy, int words = MinWords)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        if (!IsWordCount(words)) throw new ArgumentOutOfRangeException(nameof(words), words, "Expected 12, 15, 18, 21 or 24 words.");
        Span<byte> bytes = stackalloc byte[words * 4 / 3];
        try
        {
            entropy.Fill(bytes);
            return new Mnemonic(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Makes the words that stand for given bytes.</summary>
    /// <param name="entropy">16, 20, 24, 28 or 32 random bytes. They are copied; wiping the original is up to the caller.</param>
    /// <exception cref="ArgumentException"><paramref name="entropy"/> has another length.</exception>
    public static Mnemonic FromEntropy(ReadOnlySpan<byte> entropy) => entropy.Length is 16 or 20 or 24 or 28 or 32
        ? new Mnemonic(entropy)
        : throw new ArgumentException("Expected 16, 20, 24, 28 or 32 bytes.", nameof(entropy));

    /// <summary>Reads what <see cref="Read"/> reads, where the reason of a fault does not matter.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="mnemonic">What was read, which the caller disposes, or <c>null</c> when there is a fault.</param>
    /// <returns>Whether there was no fault.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Mnemonic? mnemonic) => Read(text, out mnemonic).IsValid;

    /// <summary>Reads what <see cref="Read"/> reads.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">There is a fault; the message says which one, and holds nothing secret.</exception>
    public static Mnemonic Parse(ReadOnlySpan<char> text)
    {
        MnemonicOutcome outcome = Read(text, out Mnemonic? mnemonic);
        return mnemonic ?? throw new FormatException(outcome.Message);
    }

    /// <summary>
    /// Reads words in either case, with any blanks of Unicode between them: tabs, line breaks, the ideographic space. As NFKD says,
    /// letters may be the wide ones that stand beside ideographs.
    /// </summary>
    /// <param name="text">The words. They may come from anywhere; wiping them is up to the caller.</param>
    /// <param name="mnemonic">The words, or <c>null</c> when there is a fault.</param>
    /// <returns>What was wrong, or that nothing was.</returns>
    [SkipLocalsInit]
    public static MnemonicOutcome Read(ReadOnlySpan<char> text, out Mnemonic? mnemonic)
    {
        mnemonic = null;
        Span<ushort> indices = stackalloc ushort[MaxWords];
        Span<byte> packed = stackalloc byte[(MaxWords * BitsPerWord / 8) + sizeof(uint)];
        try
        {
            int count = 0;
            int unknown = 0;
            int firstUnknown = 0;
            ReadOnlySpan<char> mistyped = default;
            for (text = text.Trim(); !text.IsEmpty; text = text.TrimStart())
            {
                ReadOnlySpan<char> word = text[..LengthOfWord(text)];
                int index = EnglishWords.IndexOf_Vartime(word);
                if (index < 0 && unknown++ == 0)
                {
                    firstUnknown = count;
                    mistyped = word;
                }

                if (count < MaxWords) indices[count] = (ushort)Math.Max(0, index);
                count++;
                text = text[word.Length..];
            }

            if (unknown > 0) return MnemonicOutcome.UnknownWord(firstUnknown, EnglishWords.Near(mistyped), unknown, count);
            if (!IsWordCount(count)) return WrongCount(count);

            // The entropy, and behind it a bit of its hash for each of its words of 32 bits.
            Pack(indices[..count], packed);
            int entropyBytes = count * 4 / 3;
            if ((packed[entropyBytes] ^ ChecksumOf(packed[..entropyBytes])) != 0)
            {
                if (ElectrumSeed.IsSeed(indices[..count]))
                {
                    return MnemonicOutcome.Invalid(
                        MnemonicFault.OtherScheme,
                        "The words are a seed of Electrum, which makes other keys of them than BIP-39 does: restore it there, and take the keys from there. (Rarely, words of BIP-39 with one of them wrong look so.)");
                }

                return MnemonicOutcome.Invalid(
                    MnemonicFault.BadChecksum,
                    "All words are in the list, but they do not belong together: one of them is wrong, or two have changed places.");
            }

            mnemonic = new Mnemonic(packed[..entropyBytes]);
            return MnemonicOutcome.Valid;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(indices));
            CryptographicOperations.ZeroMemory(packed);
        }
    }

    /// <summary>Writes the words in lowercase with a blank between them to the start of <paramref name="destination"/>, which the caller wipes.</summary>
    /// <param name="destination">At least <see cref="MaxTextLength"/> characters.</param>
    /// <returns>How many characters were written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    /// <exception cref="ObjectDisposedException">The words were disposed.</exception>
    [SkipLocalsInit]
    public int CopyTo(Span<char> destination)
    {
        if (destination.Length < MaxTextLength)
            throw new ArgumentException($"Expected at least {MaxTextLength} characters.", nameof(destination));
        ReadOnlySpan<byte> entropy = _entropy.Span;
        Span<byte> packed = stackalloc byte[entropy.Length + sizeof(uint)];
        packed.Clear();
        entropy.CopyTo(packed);
        packed[entropy.Length] = ChecksumOf(entropy);
        int length = 0;
        for (int i = 0; i < WordCount; i++)
        {
            if (i > 0) destination[length++] = ' ';
            int bit = i * BitsPerWord;
            uint window = BinaryPrimitives.ReadUInt32BigEndian(packed[(bit / 8)..]) << (bit % 8);
            string word = EnglishWords.At((int)(window >> (32 - BitsPerWord)));
            word.CopyTo(destination[length..]);
            length += word.Length;
        }

        CryptographicOperations.ZeroMemory(packed);
        return length;
    }

    /// <summary>Copies the random bytes that the words stand for to the start of <paramref name="destination"/>, which the caller wipes.</summary>
    /// <param name="destination">At least four bytes for every three words.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ObjectDisposedException">The words were disposed.</exception>
    public int CopyEntropyTo(Span<byte> destination)
    {
        _entropy.Span.CopyTo(destination);
        return _entropy.Span.Length;
    }

    /// <summary>Derives the seed of BIP-32 from the words and a passphrase. Every passphrase opens a wallet of its own.</summary>
    /// <param name="passphrase">The passphrase, which the caller wipes; empty for none.</param>
    /// <param name="seed">Receives 64 bytes, which the caller wipes; zeros when there is a fault.</param>
    /// <returns>Valid, InvalidPassphrase or NormalizationUnavailable.</returns>
    /// <exception cref="ArgumentException"><paramref name="seed"/> has another length.</exception>
    /// <exception cref="ObjectDisposedException">The words were disposed.</exception>
    [SkipLocalsInit]
    public MnemonicOutcome DeriveSeed(ReadOnlySpan<char> passphrase, Span<byte> seed)
    {
        if (seed.Length != SeedSize) throw new ArgumentException($"A seed has {SeedSize} bytes.", nameof(seed));
        seed.Clear();
        Span<byte> salt = stackalloc byte["mnemonic"u8.Length + Passphrase.MaxBytes];
        Span<char> text = stackalloc char[MaxTextLength];
        Span<byte> password = stackalloc byte[MaxTextLength];
        try
        {
            "mnemonic"u8.CopyTo(salt);
            MnemonicOutcome outcome = Passphrase.Encode(passphrase, salt["mnemonic"u8.Length..], out int passphraseBytes);
            if (!outcome.IsValid) return outcome;
            int length = CopyTo(text);
            Encoding.ASCII.GetBytes(text[..length], password);
            Rfc2898DeriveBytes.Pbkdf2(
                password[..length], salt[..("mnemonic"u8.Length + passphraseBytes)], seed, Iterations, HashAlgorithmName.SHA512);
            return outcome;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(salt);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text));
            CryptographicOperations.ZeroMemory(password);
        }
    }

    /// <summary>Returns the type's name: the secret is never part of a text.</summary>
    public override string ToString() => nameof(Mnemonic);

    /// <summary>Wipes the secret. Later uses throw; disposing again does nothing.</summary>
    public void Dispose() => _entropy.Dispose();

    private static int LengthOfWord(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i])) return i;
        }

        return text.Length;
    }

    private static MnemonicOutcome WrongCount(int count)
    {
        string passphrase = count > MinWords && IsWordCount(count - 1) ? " The last one may be a passphrase, which is not one of the words." : "";
        return MnemonicOutcome.Invalid(
            MnemonicFault.WrongCount, Invariant($"There {(count == 1 ? "is" : "are")} {count} word{(count == 1 ? "" : "s")}; expected 12, 15, 18, 21 or 24.{passphrase}"));
    }

    private static bool IsWordCount(int count) => count is >= MinWords and <= MaxWords && count % 3 == 0;

    /// <summary>The first bits of the hash, one for each 32 bits of entropy, at the byte's upper end.</summary>
    private static byte ChecksumOf(ReadOnlySpan<byte> entropy)
    {
        int bits = entropy.Length / sizeof(uint);
        return (byte)(Sha256.Hash(entropy).AsSpan()[0] & (0xFF00 >> bits));
    }

    /// <summary>Joins numbers of eleven bits, the first one uppermost.</summary>
    private static void Pack(ReadOnlySpan<ushort> indices, Span<byte> packed)
    {
        packed.Clear();
        for (int i = 0; i < indices.Length; i++)
        {
            int bit = i * BitsPerWord;
            Span<byte> at = packed[(bit / 8)..];
            uint window = (uint)indices[i] << (32 - BitsPerWord - (bit % 8));
            BinaryPrimitives.WriteUInt32BigEndian(at, BinaryPrimitives.ReadUInt32BigEndian(at) | window);
        }
    }
}
