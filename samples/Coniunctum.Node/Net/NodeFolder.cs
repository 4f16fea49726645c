using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Data;

namespace Coniunctum.Node.Net;

/// <summary>The folder that a node keeps everything in; only its owner may look into it.</summary>
/// <param name="path">The folder.</param>
internal sealed class NodeFolder(string path)
{
    private const string ProfileName = "network.profile";
    private const int MostProfileBytes = 1 << 20;

    public string Path => path;

    /// <summary>The ledger.</summary>
    public string Ledger => In("ledger.db");

    /// <summary>What questions about the past are answered from; made anew out of the ledger where it is missing.</summary>
    public string Index => In("ledger.index.db");

    /// <summary>The node's id follows from this key.</summary>
    public string NodeKey => In("node.key");

    /// <summary>The key of the node's own account.</summary>
    public string AccountKey => In("account.key");

    /// <summary>The chain's profile, to be given to others.</summary>
    public string Profile => In(ProfileName);

    /// <summary>The invitation that the node was started with; it goes on dialling those who invited it.</summary>
    public string Invitation => In("invitation");

    /// <summary>Whether a network was begun or joined here.</summary>
    public bool HasNetwork => File.Exists(Profile);

    /// <summary>The folder of a network of a name, unless another one is said.</summary>
    public static NodeFolder Of(string? folder, CommandIo io, string name) => new(folder ?? DataFolder.Node(io.DataFolder, name));

    /// <summary>Makes the folder where there is none.</summary>
    public void Make() => PathInput.Trying($"The folder {Quoted.Of(path)} cannot be made", path, () =>
    {
        if (File.Exists(path)) throw new BadInputException($"--data: {Quoted.Of(path)} is a file; expected a folder.");
        // A slip of the hand must not strew keys over someone's home.
        if (!HasNetwork && !File.Exists(AccountKey) && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new BadInputException($"--data: the folder {Quoted.Of(path)} holds other things than a node's; expected a node's folder, an empty one, or one that is yet to be made.");
        DurableFile.MakeFolder(path, isPrivate: true);
    });

    /// <summary>Writes the profile of the chain that begins or is joined here.</summary>
    public void SaveProfile(ChainProfile profile) => PathInput.Trying($"{Quoted.Of(Profile)} cannot be written", Profile, () =>
    {
        DurableFile.TryWrite(Profile, System.Text.Encoding.ASCII.GetBytes(ProfileFile.Write(profile)));
    });

    /// <summary>Writes the invitation that the node was started with; a newer one takes its place.</summary>
    public void SaveInvitation(Invitation invitation) => PathInput.Trying($"{Quoted.Of(Invitation)} cannot be written", Invitation, () =>
    {
        DurableFile.TryWrite(Invitation, System.Text.Encoding.ASCII.GetBytes($"{invitation}\n"), replace: true);
    });

    /// <summary>Returns those who invited this node; none where no one did.</summary>
    public IReadOnlyList<string> ReadInviters()
    {
        if (!File.Exists(Invitation)) return [];
        ProfileOutcome outcome = Coniunctum.Invitation.Read(ReadText(Invitation), out Invitation? invitation);
        return outcome.IsValid ? invitation!.Sources : throw new BadInputException($"The file {Quoted.Of(Invitation)}: {outcome.Message} Delete it, or start once more with --invite.");
    }

    /// <summary>Reads a profile's file.</summary>
    /// <exception cref="BadInputException">It is none; the message says why.</exception>
    public static ChainProfile ReadProfile(string file)
    {
        ProfileOutcome outcome = ProfileFile.Read(ReadText(file));
        return outcome.Profile ?? throw new BadInputException($"{Quoted.Of(file)}: {outcome.Message}");
    }

    /// <summary>Reads a small text file that someone named.</summary>
    public static string ReadText(string file)
    {
        using FileStream stream = PathInput.Open(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        return PathInput.Trying($"{Quoted.Of(file)} cannot be read", file, () =>
        {
            byte[] bytes = new byte[MostProfileBytes + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MostProfileBytes) throw new BadInputException($"{Quoted.Of(file)} is longer than a profile or an invitation ever is.");
            ForeignTextOutcome outcome = ForeignText.Decode(bytes.AsMemory(0, length), out ReadOnlyMemory<byte> text);
            return outcome.IsValid ? System.Text.Encoding.UTF8.GetString(text.Span) : throw new BadInputException(outcome.Describe(Quoted.Of(file)));
        });
    }

    /// <summary>
    /// Opens the node's own account, or makes it. Its key lies there without a password, so that a node can be started unattended: it
    /// is for what a node earns, not for a fortune.
    /// </summary>
    public PrivateKey OpenAccount()
    {
        if (!File.Exists(AccountKey))
        {
            Make();
            PrivateKey made = PrivateKey.Generate(SystemEntropy.Instance);
            KeyText.Save(made, AccountKey);
            return made;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(AccountKey) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            throw new BadInputException($"Others may read or write the key {Quoted.Of(AccountKey)}: run chmod 600 on it, or move it away if someone may have copied it.");
        byte[] text = GC.AllocateUninitializedArray<byte>(256, pinned: true);
        try
        {
            using FileStream file = PathInput.OpenFile(AccountKey, FileMode.Open, FileAccess.Read, FileShare.Read);
            int length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return KeyText.Parse(text.AsSpan(0, length).TrimEnd("\r\n "u8));
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(text);
        }
    }

    private string In(string name) => System.IO.Path.Combine(path, name);
}
