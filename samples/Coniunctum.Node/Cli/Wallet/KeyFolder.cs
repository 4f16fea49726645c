using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Node.Data;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>The user's keys, and what can go wrong with their files told in one line.</summary>
internal sealed class KeyFolder(KeyStore store)
{
    private const string NameRule = "1 to 64 of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit";

    /// <summary>The argument that names a key.</summary>
    public static Argument<string> NameArgument(string description) => new("NAME") { Description = description };

    public static KeyFolder Of(ParseResult parsed, KeyOptions options, CommandIo io) => new(new KeyStore(parsed.GetValue(options.Folder) ?? DataFolder.Keys(io.DataFolder)));

    public KeyStore Store => store;

    /// <summary>The folder's path, for messages.</summary>
    public string Shown => PrintableText.Of(store.Folder);

    public string PathOf(string name) => store.PathOf(CheckName(name));

    /// <summary>Refuses what cannot be a name, without repeating it: it may be a secret in the wrong place.</summary>
    public static string CheckName(string name) =>
        KeyStore.IsName(name) ? name : throw new BadInputException($"That cannot be a key's name; expected {NameRule}, and no name that Windows keeps for devices.");

    /// <summary>Refuses a name that is taken, before anybody types a password.</summary>
    public void CheckFree(string name)
    {
        if (File.Exists(PathOf(name))) throw Taken(name);
    }

    public KeyFile Load(string name)
    {
        string path = PathOf(name);
        return PathInput.Trying($"The key '{name}' cannot be read", path, () =>
        {
            KeyFileOutcome outcome = store.Load(name, out KeyFile? file);
            return outcome.Fault switch
            {
                KeyFileFault.None => file!,
                KeyFileFault.NotFound => throw new BadInputException($"There is no key '{name}' in {Shown}. 'coniunctum keys list' shows what is there."),
                _ => throw new BadInputException($"The key '{name}' in {PrintableText.Of(path)} cannot be used: {outcome.Message}"),
            };
        });
    }

    /// <summary>Saves a key under its password, and reads it back.</summary>
    public string Save(string name, KeyFile file)
    {
        string path = PathOf(name);
        return PathInput.Trying($"The key '{name}' cannot be written", path, () =>
        {
            if (!store.TrySave(name, file)) throw Taken(name);
            if (!store.Load(name, out KeyFile? read).IsValid || !read!.ToJson().AsSpan().SequenceEqual(file.ToJson()))
                throw new BadInputException($"What was written to {PrintableText.Of(path)} cannot be read back; do not rely on it.");
            return path;
        });
    }

    /// <summary>Opens a file with a password, showing progress.</summary>
    public static PrivateKey Open(CommandIo io, KeyFile file, SecretText password, bool withoutAddress, CancellationToken cancellation)
    {
        PrivateKey? key = null;
        KeyFileOutcome outcome = Stretch(io, progress => file.Decrypt(password.Bytes, out key, withoutAddress, progress, cancellation));
        return outcome.IsValid && key is not null ? key : throw new BadInputException(outcome.Fault == KeyFileFault.NoAddress
            ? $"{outcome.Message} Expected --without-address, and then compare the address that is shown with the one that you know."
            : outcome.Message);
    }

    /// <summary>Puts a key under a password, showing progress.</summary>
    public static KeyFile Encrypt(CommandIo io, PrivateKey key, SecretText password, ScryptCost cost, CancellationToken cancellation) =>
        Stretch(io, progress => KeyFile.Encrypt(key, password.Bytes, SystemEntropy.Instance, cost, progress, cancellation));

    private static T Stretch<T>(CommandIo io, Func<IProgress<double>, T> work)
    {
        try
        {
            return work(io.Progress);
        }
        catch (OutOfMemoryException)
        {
            throw new BadInputException("This machine does not have the memory that the keystore's password takes, 256 MiB by default.");
        }
        finally
        {
            io.Progress.Clear();
        }
    }

    private BadInputException Taken(string name) => new($"There is a key '{name}' already in {Shown}; a key is never overwritten. Choose another name.");
}
