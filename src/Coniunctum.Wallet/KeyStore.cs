using System.Collections.Immutable;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>A folder of named keystore files, NAME.json each. Several processes may use it at the same time.</summary>
public sealed class KeyStore
{
    /// <summary>The longest name in characters.</summary>
    public const int MaxNameLength = 64;

    private const string Extension = ".json";

    // Names of devices on Windows, whatever follows a dot.
    private static readonly ImmutableHashSet<string> s_devices =
    [
        "con", "prn", "aux", "nul",
        "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
        "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    ];

    /// <summary>Names a folder; it is made when the first key is saved.</summary>
    /// <param name="folder">The folder's path.</param>
    public KeyStore(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = Path.GetFullPath(folder);
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>
    /// Whether a key can be called so: 1 to 64 of a–z, 0–9, '-', '_' and '.', beginning with a letter or digit, and no name that
    /// Windows keeps for devices. Such names are the same file on every system.
    /// </summary>
    public static bool IsName(string? name) =>
        name is { Length: >= 1 and <= MaxNameLength }
        && (char.IsAsciiLetterLower(name[0]) || char.IsAsciiDigit(name[0]))
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
        && !name.EndsWith('.')
        && !s_devices.Contains(name.Split('.')[0]);

    /// <summary>Returns where a key's file is or would be.</summary>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a name.</exception>
    public string PathOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsName(name) ? Path.Combine(Folder, name + Extension) : throw new ArgumentException("That is no name of a key.", nameof(name));
    }

    /// <summary>Lists the keys by name, those with faulty files too. Files that are called otherwise are not looked at.</summary>
    /// <exception cref="IOException">The folder or a file cannot be read.</exception>
    public ImmutableArray<KeyStoreEntry> List()
    {
        if (!Directory.Exists(Folder)) return [];
        return
        [
            .. Directory.EnumerateFiles(Folder, "*" + Extension)
                .Select(path => Path.GetFileNameWithoutExtension(path))
                .Where(IsName)
                .Order(StringComparer.Ordinal)
                .Select(name => new KeyStoreEntry(name, Load(name, out KeyFile? file), file)),
        ];
    }

    /// <summary>Reads a key's file without opening it.</summary>
    /// <param name="name">The key's name.</param>
    /// <param name="file">The file, or <c>null</c> when there is a fault.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public KeyFileOutcome Load(string name, out KeyFile? file)
    {
        ArgumentNullException.ThrowIfNull(name);
        return KeyFile.Load(PathOf(name), out file);
    }

    /// <summary>Saves a key under a name, as <see cref="KeyFile.TrySave"/> does. A folder that is made is its owner's alone.</summary>
    /// <param name="name">The key's name.</param>
    /// <param name="file">The key under its password.</param>
    /// <param name="replace">Whether a key that has this name already is replaced; it is lost then.</param>
    /// <returns>Whether it was saved; false when the name is taken.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a name.</exception>
    /// <exception cref="IOException">The folder cannot be made, or the disk is full.</exception>
    public bool TrySave(string name, KeyFile file, bool replace = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(file);
        string path = PathOf(name);
        DurableFile.MakeFolder(Folder, isPrivate: true);
        return file.TrySave(path, replace);
    }
}
