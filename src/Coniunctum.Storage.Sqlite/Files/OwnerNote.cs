using System.Diagnostics;
using System.Globalization;
using System.Text;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>
/// A small file beside a ledger that says who has it open, for the message that the next one gets. It guards nothing: the
/// lock is SQLite's, and a note that no one could write, or that a crash left behind, does no harm.
/// </summary>
internal static class OwnerNote
{
    // No machine's and no process's name is longer; a file that is was not written here.
    private const int MaxBytes = 1_024;
    private const int MaxShown = 100;

    public static string PathOf(string path) => path + "-owner";

    public static void Write(string path)
    {
        try
        {
            using var self = Process.GetCurrentProcess();
            File.WriteAllText(PathOf(path), string.Create(CultureInfo.InvariantCulture, $"{self.Id} {Environment.MachineName} {self.ProcessName}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk or a folder without permission; whoever asks later hears of "another program".
        }
    }

    public static void Delete(string path)
    {
        try
        {
            File.Delete(PathOf(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As above.
        }
    }

    /// <summary>Says who has a file open, as far as can be known.</summary>
    public static string Describe(string path)
    {
        const string Unknown = "another program, perhaps a SQLite tool";
        try
        {
            string[] note = Read(path).Split(' ', 3);
            if (note.Length != 3 || !int.TryParse(note[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id)) return Unknown;
            if (!string.Equals(note[1], Environment.MachineName, StringComparison.Ordinal)) return Invariant($"process {id} ({PrintableText.Of(note[2], MaxShown)}) on {PrintableText.Of(note[1], MaxShown)}");
            if (id == Environment.ProcessId) return "this process, which has it open already";
            using var owner = Process.GetProcessById(id);
            return string.Equals(owner.ProcessName, note[2], StringComparison.Ordinal) ? Invariant($"process {id} ({note[2]})") : Unknown;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return Unknown;
        }
    }

    /// <summary>Returns the note; nothing where it is no text, or longer than any.</summary>
    private static string Read(string path)
    {
        using FileStream file = File.OpenRead(PathOf(path));
        byte[] bytes = new byte[MaxBytes + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MaxBytes && ForeignText.Decode(bytes.AsMemory(0, length), out ReadOnlyMemory<byte> utf8).IsValid
            ? Encoding.UTF8.GetString(utf8.Span)
            : "";
    }
}
