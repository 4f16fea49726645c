using System.Buffers;
using System.Security.Cryptography;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.P2P.Identity;

/// <summary>
/// A node key in a file of its own: one line of ASCII, the words <c>coniunctum-node-key 1</c> and the key's 64 hexadecimal digits.
/// Only its owner may read it. It protects no money: who has it can speak as this node, and read what is said to it from then on.
/// </summary>
public static class NodeKeyFile
{
    private const int MaxBytes = 256;
    private const int LineBytes = HeadBytes + 2 * PrivateKey.Size + 1;
    private const int HeadBytes = 22;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static ReadOnlySpan<byte> Head => "coniunctum-node-key 1 "u8;

    /// <summary>Opens the key that is kept at a path.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The key, or what was wrong.</returns>
    public static NodeKeyOutcome Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string shown = PrintableText.Of(path);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(MaxBytes, pinned: true);
        try
        {
            int length;
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
            {
                if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
                    return NodeKeyOutcome.Invalid(NodeKeyFault.NotPrivate, $"Others may read or write the node key file '{shown}': run chmod 600 on it, or delete it if someone may have copied it; the node then gets a new id.");
                length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            }

            return TryRead(bytes.AsSpan(0, length), out NodeKey? key)
                ? NodeKeyOutcome.Opened(key!)
                : NodeKeyOutcome.Invalid(NodeKeyFault.Malformed, $"The file '{shown}' holds no node key: restore it from a copy, or delete it; the node then gets a new id.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return NodeKeyOutcome.Invalid(NodeKeyFault.NotFound, $"There is no node key file '{shown}'.");
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return NodeKeyOutcome.Invalid(NodeKeyFault.Unreadable, $"The node key file '{shown}' cannot be read: {PrintableText.Of(exception.Message)} Let this user read it, or name another file.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>
    /// Opens the key that is kept at a path, or makes a new one and keeps it there: how a node has the same id at every start. A file
    /// that is made is durable when this returns. Several processes that do this at once get the same key.
    /// </summary>
    /// <param name="path">Where the file is or will be. Its folder must be there.</param>
    /// <param name="entropy">Where a new key comes from.</param>
    /// <returns>The key, or what was wrong; a file that is there is never replaced.</returns>
    public static NodeKeyOutcome OpenOrCreate(string path, IEntropySource entropy)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(entropy);
        NodeKeyOutcome outcome = Open(path);
        // A file of no bytes is what a crash leaves where names reach the disk before bytes do.
        if (outcome.Fault != NodeKeyFault.NotFound && !(outcome.Fault == NodeKeyFault.Malformed && new FileInfo(path) is { Exists: true, Length: 0 })) return outcome;

        byte[] line = GC.AllocateUninitializedArray<byte>(LineBytes, pinned: true);
        NodeKey? key = NodeKey.Generate(entropy);
        try
        {
            Write(key, line);
            if (!DurableFile.TryWrite(path, line)) return Open(path);
            outcome = NodeKeyOutcome.Opened(key);
            key = null;
            return outcome;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return NodeKeyOutcome.Invalid(NodeKeyFault.Unreadable, $"The node key file '{PrintableText.Of(path)}' cannot be made: {PrintableText.Of(exception.Message)} Make its folder, let this user write to it, or name another file.");
        }
        finally
        {
            key?.Dispose();
            CryptographicOperations.ZeroMemory(line);
        }
    }

    private static bool IsRefusal(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private static void Write(NodeKey key, Span<byte> line)
    {
        Span<byte> secret = stackalloc byte[PrivateKey.Size];
        key.CopyTo(secret);
        Head.CopyTo(line);
        // The time that writing digits takes depends on none of them: the conversion looks nothing up.
        _ = Convert.TryToHexStringLower(secret, line[HeadBytes..], out _);
        line[^1] = (byte)'\n';
        CryptographicOperations.ZeroMemory(secret);
    }

    private static bool TryRead(ReadOnlySpan<byte> line, out NodeKey? key)
    {
        key = null;
        if (line.Length is not (LineBytes or LineBytes - 1) || !line.StartsWith(Head) || (line.Length == LineBytes && line[^1] != '\n')) return false;
        Span<byte> secret = stackalloc byte[PrivateKey.Size];
        try
        {
            if (Convert.FromHexString(line.Slice(HeadBytes, 2 * PrivateKey.Size), secret, out _, out _) != OperationStatus.Done) return false;
            if (PrivateKey.Read(secret, out PrivateKey? read) != KeyOutcome.Valid) return false;
            key = new NodeKey(read!);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
