using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coniunctum.Crypto.Internal;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Wallet.Tests;

/// <summary>
/// Uses keys in every way and then looks for them in all writable memory of this process. What is looked for is kept masked, so
/// that the search does not find itself.
/// </summary>
internal static class WipeScan
{
    private const byte Mask = 0x5A;
    private const int OwnBytes = 1 << 20;

    // A copy that someone forgot: the scan must find it at the end.
    private static readonly byte[] s_forgotten = new byte[32];

    private static readonly List<(string What, byte[] Masked)> s_secrets = [];

    /// <summary>Returns what was found while the key was in use, and what afterwards: "during: key; after: forgotten".</summary>
    public static string Run()
    {
        if (!OperatingSystem.IsLinux()) return "not Linux";
        string during = Use();
        Forget();
        return $"during: {during}; after: {Scan()}";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Use()
    {
        byte[] secret = NewSecret(32);
        byte[] password = NewSecret(24);
        byte[] entropy = NewSecret(32);
        secret[0] &= 0x7F; // below the order of the group
        Remember("key", secret);
        for (int i = 0; i < password.Length; i++) password[i] = (byte)('a' + (password[i] % 26));
        Remember("password", password);

        Remember("entropy", entropy);
        SystemEntropy.Instance.Fill(s_forgotten);
        Remember("forgotten", s_forgotten);

        PrivateKey fromPem = ReadPem(secret, out byte[] pem);
        Assert(PrivateKey.Read(secret, out PrivateKey? key) == KeyOutcome.Valid);
        CryptographicOperations.ZeroMemory(secret);
        KeyFile file = KeyFile.Encrypt(key!, password, SystemEntropy.Instance, new ScryptCost(1 << 10, 8, 2));
        Assert(KeyFile.TryParse(file.ToJson(), out KeyFile? read));
        Assert(read!.Decrypt(password, out PrivateKey? opened).IsValid);
        var scheme = new Secp256k1Scheme<Sha3_256>();
        byte[] signature = new byte[65];
        for (int i = 0; i < 100; i++) SignedMessage.Sign(scheme, opened!, "text"u8, signature);

        Decode(password);

        // A wrong password takes the way of refusals.
        password[0] ^= 1;
        Assert(read.Decrypt(password, out _).Fault == KeyFileFault.WrongPassword);
        CryptographicOperations.ZeroMemory(password);

        Mnemonic mnemonic = Mnemonic.FromEntropy(entropy);
        CryptographicOperations.ZeroMemory(entropy);
        char[] text = GC.AllocateArray<char>(Mnemonic.MaxTextLength, pinned: true);
        int length = mnemonic.CopyTo(text);
        RememberText("words in UTF-16", MemoryMarshal.AsBytes(text.AsSpan(0, length)));
        RememberAscii("words", text.AsSpan(0, length));
        Assert(Mnemonic.TryParse(text.AsSpan(0, length), out Mnemonic? parsed));
        ParseRotated(text.AsSpan(0, length));
        text.AsSpan().Clear();

        byte[] seed = GC.AllocateArray<byte>(Mnemonic.SeedSize, pinned: true);
        Assert(parsed!.DeriveSeed("passphrase", seed).IsValid);
        Remember("seed", seed);
        ExtendedKey master = ExtendedKey.FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        ExtendedKey child = master.Derive(KeyPath.Default);
        length = child.CopyTo(text);
        RememberText("xprv in UTF-16", MemoryMarshal.AsBytes(text.AsSpan(0, length)));
        Assert(ExtendedKey.TryParse(text.AsSpan(0, length), out ExtendedKey? again));
        text.AsSpan().Clear();
        byte[] childSecret = GC.AllocateArray<byte>(PrivateKey.Size, pinned: true);
        again!.PrivateKey.CopyTo(childSecret);
        Remember("child key", childSecret);
        CryptographicOperations.ZeroMemory(childSecret);

        string found = Scan();
        CryptographicOperations.ZeroMemory(pem);
        foreach (IDisposable used in (IDisposable[])[key!, fromPem, opened!, mnemonic, parsed, master, child, again]) used.Dispose();
        return found;
    }

    /// <summary>Reads the password as an editor that writes UTF-16 saves it, whole and in pieces that end within characters.</summary>
    private static void Decode(ReadOnlySpan<byte> password)
    {
        const int pieceBytes = 3;
        byte[] wide = GC.AllocateArray<byte>(2 + (2 * password.Length), pinned: true);
        byte[] room = GC.AllocateArray<byte>(ForeignTextDecoder.MaxUtf8Length(wide.Length), pinned: true);
        (wide[0], wide[1]) = (0xFF, 0xFE);
        for (int i = 0; i < password.Length; i++) wide[2 + (2 * i)] = password[i];
        RememberText("password in UTF-16", wide.AsSpan(2));
        Assert(ForeignText.Decode(wide, room, out int written).IsValid && room.AsSpan(0, written).SequenceEqual(password));
        using var decoder = new ForeignTextDecoder();
        for (int i = 0; i < wide.Length; i += pieceBytes)
            Assert(decoder.Decode(wide.AsSpan(i, Math.Min(pieceBytes, wide.Length - i)), isLast: false, room, out _).IsValid);
        CryptographicOperations.ZeroMemory(wide);
        CryptographicOperations.ZeroMemory(room);
    }

    /// <summary>Reads the key in PEM, as UTF-8, as UTF-16, and with another key's public key beside it, which is refused. The text is left to the caller.</summary>
    private static PrivateKey ReadPem(ReadOnlySpan<byte> secret, out byte[] text)
    {
        ReadOnlySpan<byte> before = "-----BEGIN EC PRIVATE KEY-----\n"u8;
        ReadOnlySpan<byte> after = "\n-----END EC PRIVATE KEY-----\n"u8;
        ReadOnlySpan<byte> curve = [0xA0, 0x07, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A];
        ReadOnlySpan<byte> publicKey = [0xA1, 0x24, 0x03, 0x22, 0x00, 0x02];
        byte[] der = GC.AllocateArray<byte>(7 + PrivateKey.Size + curve.Length + publicKey.Length + 32, pinned: true);
        text = GC.AllocateArray<byte>(before.Length + Base64.GetMaxEncodedToUtf8Length(der.Length) + after.Length, pinned: true);
        byte[] wide = GC.AllocateArray<byte>(2 + (2 * text.Length), pinned: true);
        PrivateKey? read = null;
        foreach (bool isWhole in (bool[])[true, false])
        {
            int length = isWhole ? 7 + PrivateKey.Size + curve.Length : der.Length;
            new byte[] { 0x30, (byte)(length - 2), 0x02, 0x01, 0x01, 0x04, PrivateKey.Size }.CopyTo(der, 0);
            secret.CopyTo(der.AsSpan(7));
            curve.CopyTo(der.AsSpan(7 + PrivateKey.Size));
            publicKey.CopyTo(der.AsSpan(7 + PrivateKey.Size + curve.Length));
            before.CopyTo(text);
            _ = Base64.EncodeToUtf8(der.AsSpan(0, length), text.AsSpan(before.Length), out _, out int written);

            // What is the same in every key is left out.
            if (isWhole) RememberPieces("PEM", text.AsSpan(before.Length + 12, 32), 16);
            after.CopyTo(text.AsSpan(before.Length + written));
            int end = before.Length + written + after.Length;
            (wide[0], wide[1]) = (0xFF, 0xFE);
            for (int i = 0; i < end; i++) wide[2 + (2 * i)] = text[i];
            KeyPemFault expected = isWhole ? KeyPemFault.None : KeyPemFault.OtherPublicKey;
            Assert(KeyPem.Read(text.AsSpan(0, end), out PrivateKey? key).Fault == expected);
            Assert(KeyPem.Read(wide.AsSpan(0, 2 + (2 * end)), out PrivateKey? again).Fault == expected);
            again?.Dispose();
            read ??= key;
        }

        foreach (byte[] used in (byte[][])[der, wide]) CryptographicOperations.ZeroMemory(used);
        return read!;
    }

    /// <summary>Reads words of which the first stands last: mostly their checksum is wrong, and it is asked whose else they are.</summary>
    private static void ParseRotated(ReadOnlySpan<char> words)
    {
        char[] rotated = GC.AllocateArray<char>(words.Length, pinned: true);
        int first = words.IndexOf(' ');
        words[(first + 1)..].CopyTo(rotated);
        rotated[words.Length - first - 1] = ' ';
        words[..first].CopyTo(rotated.AsSpan(words.Length - first));
        Assert(Mnemonic.Read(rotated, out Mnemonic? mnemonic).Fault is MnemonicFault.BadChecksum or MnemonicFault.OtherScheme or MnemonicFault.None);
        mnemonic?.Dispose();
        rotated.AsSpan().Clear();
    }

    /// <summary>Lets the runtime reuse what it likes, and writes over the stack that was used, as any later call would.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static byte[] NewSecret(int length)
    {
        byte[] bytes = GC.AllocateArray<byte>(length, pinned: true);
        SystemEntropy.Instance.Fill(bytes);
        return bytes;
    }

    /// <summary>
    /// Notes a secret, masked, in pieces: of 16 bytes, as vector registers hold them, also with the bytes reversed, as numbers do.
    /// </summary>
    private static void Remember(string what, ReadOnlySpan<byte> secret)
    {
        RememberPieces(what, secret, 16);
        byte[] reversed = GC.AllocateArray<byte>(secret.Length, pinned: true);
        secret.CopyTo(reversed);
        reversed.AsSpan().Reverse();
        RememberPieces(what + " reversed", reversed, 16);
        CryptographicOperations.ZeroMemory(reversed);
    }

    /// <summary>Notes a text; its pieces are longer than any word, for the words themselves lie in memory, in their list.</summary>
    private static void RememberText(string what, ReadOnlySpan<byte> secret) => RememberPieces(what, secret, 48);

    private static void RememberPieces(string what, ReadOnlySpan<byte> secret, int pieceBytes)
    {
        for (int start = 0; start + pieceBytes <= secret.Length; start += pieceBytes)
        {
            byte[] masked = new byte[pieceBytes];
            for (int i = 0; i < masked.Length; i++) masked[i] = (byte)(secret[start + i] ^ Mask);
            s_secrets.Add((what, masked));
        }
    }

    private static void RememberAscii(string what, ReadOnlySpan<char> secret)
    {
        byte[] bytes = GC.AllocateArray<byte>(secret.Length, pinned: true);
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)secret[i];
        RememberText(what, bytes);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Reads all writable memory and counts the secrets in it.</summary>
    private static string Scan()
    {
        const int overlap = 1024;
        const int pieceBytes = OwnBytes - overlap;
        byte[] piece = GC.AllocateArray<byte>(OwnBytes, pinned: true);
        int[] counts = new int[s_secrets.Count];
        using FileStream memory = new("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        long scanned = 0;
        ulong ownStart = (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(piece, 0);
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            string[] fields = line.Split(' ');
            if (!fields[1].StartsWith("rw", StringComparison.Ordinal) || line.EndsWith("[vvar]", StringComparison.Ordinal)) continue;
            string[] range = fields[0].Split('-');
            ulong start = ulong.Parse(range[0], NumberStyles.HexNumber);
            ulong end = ulong.Parse(range[1], NumberStyles.HexNumber);
            for (ulong at = start; at < end; at += pieceBytes)
            {
                int wanted = (int)Math.Min(end - at, pieceBytes + overlap);
                int read;
                try
                {
                    read = RandomAccess.Read(memory.SafeFileHandle, piece.AsSpan(0, wanted), (long)at);
                }
                catch (IOException)
                {
                    continue; // reserved, not there
                }

                scanned += read;
                Count(piece.AsSpan(0, read), Math.Min(read, pieceBytes), at, ownStart, counts);
            }
        }

        piece.AsSpan().Clear();
        Assert(scanned > 1 << 20);
        return string.Join(", ", s_secrets.Zip(counts).Where(pair => pair.Second > 0).Select(pair => pair.First.What).Distinct(StringComparer.Ordinal));
    }

    /// <summary>Counts what begins in the first bytes of a piece of memory, but not in the buffer that pieces are read into.</summary>
    private static void Count(ReadOnlySpan<byte> piece, int starts, ulong address, ulong ownStart, int[] counts)
    {
        for (int i = 0; i < s_secrets.Count; i++)
        {
            byte[] masked = s_secrets[i].Masked;
            byte first = (byte)(masked[0] ^ Mask);
            int at = 0;
            while (true)
            {
                int next = piece[at..].IndexOf(first);
                if (next < 0 || at + next >= starts || at + next + masked.Length > piece.Length) break;
                at += next;
                int same = 1;
                while (same < masked.Length && (byte)(piece[at + same] ^ Mask) == masked[same]) same++;
                bool isOwn = address + (ulong)at >= ownStart && address + (ulong)at < ownStart + OwnBytes;
                if (same == masked.Length && !isOwn) counts[i]++;
                at++;
            }
        }
    }

    private static void Assert(bool holds)
    {
        if (!holds) throw new InvalidOperationException("The scan itself went wrong.");
    }
}
