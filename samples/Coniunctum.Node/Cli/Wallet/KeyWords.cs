using Coniunctum.Crypto;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>Words and extended keys between this program and what it reads and writes. Buffers are wiped.</summary>
internal static class KeyWords
{
    public delegate void TextWriterOf(ReadOnlySpan<char> text);

    /// <summary>Hands the words to a writer.</summary>
    public static void Write(Mnemonic mnemonic, TextWriterOf write)
    {
        Span<char> text = stackalloc char[Mnemonic.MaxTextLength];
        write(text[..mnemonic.CopyTo(text)]);
        text.Clear();
    }

    /// <summary>Hands an extended key's text to a writer.</summary>
    public static void Write(ExtendedKey key, TextWriterOf write)
    {
        Span<char> text = stackalloc char[ExtendedKey.MaxTextLength];
        write(text[..key.CopyTo(text)]);
        text.Clear();
    }

    /// <summary>Makes the master key of words and a passphrase.</summary>
    public static ExtendedKey Master(Mnemonic mnemonic, ReadOnlySpan<char> passphrase)
    {
        Span<byte> seed = stackalloc byte[Mnemonic.SeedSize];
        try
        {
            MnemonicOutcome outcome = mnemonic.DeriveSeed(passphrase, seed);
            return outcome.IsValid ? ExtendedKey.FromSeed(seed) : throw new BadInputException(outcome.Message);
        }
        finally
        {
            seed.Clear();
        }
    }

    /// <summary>Makes the private key at a path.</summary>
    public static PrivateKey Derive(Mnemonic mnemonic, ReadOnlySpan<char> passphrase, KeyPath path)
    {
        using ExtendedKey master = Master(mnemonic, passphrase);
        using ExtendedKey key = master.Derive(path);
        return CopyOf(key.PrivateKey);
    }

    /// <summary>Copies a key out of an extended one, which is disposed.</summary>
    public static PrivateKey CopyOf(PrivateKey key)
    {
        Span<byte> bytes = stackalloc byte[PrivateKey.Size];
        key.CopyTo(bytes);
        _ = PrivateKey.Read(bytes, out PrivateKey? copy);
        bytes.Clear();
        return copy!;
    }

    public static KeyPath ReadPath(string text)
    {
        ExtendedKeyOutcome outcome = KeyPath.Read(text.AsSpan().Trim(), out KeyPath path);
        return outcome.IsValid ? path : throw new BadInputException(outcome.Message);
    }

    /// <summary>Returns what a secret is by its form, and refuses what is known not to be read here.</summary>
    public static SecretKind KindOf(SecretText secret)
    {
        char[] text = secret.ToChars();
        try
        {
            SecretForm form = SecretForm.Of(text);
            return form.Kind switch
            {
                SecretKind.Empty => throw new BadInputException("There is nothing in it; expected a private key of 64 hexadecimal digits, words, an xprv, a key in PEM, or a keystore in JSON."),
                SecretKind.Other => throw new BadInputException(form.Refusal!),
                _ => form.Kind,
            };
        }
        finally
        {
            text.AsSpan().Clear();
        }
    }

    /// <summary>Reads words, an xprv or an xpub, and makes the extended key.</summary>
    public static ExtendedKey ReadExtended(ReadOnlySpan<char> text, ReadOnlySpan<char> passphrase)
    {
        SecretForm form = SecretForm.Of(text);
        if (form.Kind is SecretKind.Other) throw new BadInputException(form.Refusal!);
        if (form.Kind is SecretKind.ExtendedKey)
        {
            if (!passphrase.IsEmpty) throw new BadInputException("A passphrase belongs to words, not to an extended key.");
            ExtendedKeyOutcome outcome = ExtendedKey.Read(text, out ExtendedKey? key);
            return outcome.IsValid && key is not null ? key : throw new BadInputException(outcome.Message);
        }

        if (form.Kind is not SecretKind.Words) throw new BadInputException("Expected words, an xprv or an xpub.");
        using Mnemonic mnemonic = ReadWords(text);
        return Master(mnemonic, passphrase);
    }

    private static Mnemonic ReadWords(ReadOnlySpan<char> text)
    {
        MnemonicOutcome outcome = Mnemonic.Read(text, out Mnemonic? mnemonic);
        if (outcome.IsValid && mnemonic is not null) return mnemonic;
        string near = outcome.NearWords.IsEmpty ? "" : $" Did you mean {Inputs.Or(outcome.NearWords)}?";
        throw new BadInputException(outcome.Message + near);
    }
}
