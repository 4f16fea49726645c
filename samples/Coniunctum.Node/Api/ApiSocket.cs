using System.Net.Sockets;
using System.Text;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Api;

/// <summary>
/// Where a running node can be asked: a socket in the file system, in a folder of its own that only its owner may open. Who may use
/// it may do what the node's owner may, so that no one else on the machine must.
/// </summary>
/// <param name="Path">The socket's file.</param>
internal sealed record ApiSocket(string Path)
{
    // The address of such a socket has 108 bytes on Linux, 104 on macOS, and ends with a zero.
    private const int MostPathBytes = 103;

    /// <summary>The folder that it lies in.</summary>
    public RunFolder Folder => new(System.IO.Path.GetDirectoryName(Path)!);

    /// <summary>The socket of a node that keeps its ledger in a folder.</summary>
    public static ApiSocket OfFolder(string folder) => In(RunFolder.OfFolder(folder));

    /// <summary>The socket of a development chain that is kept in a file.</summary>
    public static ApiSocket OfFile(string file) => In(RunFolder.OfFile(file));

    /// <summary>Why the system could not take such a path; <c>null</c> where it can.</summary>
    public string? WhyImpossible => Encoding.UTF8.GetByteCount(Path) is var length && length > MostPathBytes
        ? Invariant($"The socket {Quoted.Of(Path)} would have a path of {length} bytes, and systems take {MostPathBytes}: choose a folder with a shorter path.")
        : null;

    /// <summary>Makes room: the folder, and no file of a node that has ended without tidying up.</summary>
    /// <exception cref="BadInputException">Others could open the folder, or the socket is in use.</exception>
    public void Prepare()
    {
        Folder.Make();
        if (!File.Exists(Path)) return;
        if (IsAnswered()) throw new BadInputException($"The socket {Quoted.Of(Path)} is in use: another node answers there. Stop it, or choose another folder with --data.");
        PathInput.Trying($"{Quoted.Of(Path)} was left behind, and cannot be deleted", Path, () => File.Delete(Path));
    }

    /// <summary>Closes the file to all but its owner; its folder was closed before it was made.</summary>
    public void Protect()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Leaves nothing behind.</summary>
    public void Remove() => Folder.Remove(Path);

    /// <summary>Whether something listens there.</summary>
    public bool IsAnswered()
    {
        if (WhyImpossible is not null || !File.Exists(Path)) return false;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(Path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static ApiSocket In(RunFolder folder) => new(System.IO.Path.Combine(folder.Path, "socket"));
}
