using System.CommandLine;
using System.Globalization;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli.Wallet;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Net;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Client;

/// <summary>
/// What people call accounts: a development chain's by their numbers, a node's own by the word own, one's own keys by their names,
/// all others by their addresses. Keys are used in this process; a node is given what is signed.
/// </summary>
internal sealed class Accounts(CommandIo io, StatusModel status, ChainProfile profile, KeyFolder keys)
{
    /// <summary>What the node's own account is called.</summary>
    public const string Own = "own";

    /// <summary>What an argument for an account says of itself.</summary>
    public const string Help = "an address, the name of a key of yours, 'own' for the node's account, or a development chain's account from 1 to 10";

    /// <summary>The account that is meant where none is named.</summary>
    public string Default => IsDevelopment ? "1" : Own;

    private bool IsDevelopment => status.Seed is not null;

    /// <summary>The accounts that are shown where none is named, with what they are called.</summary>
    public IEnumerable<(string Name, Address Address)> All() => IsDevelopment
        ? Enumerable.Range(1, DevAccount.Count).Select(number => number.ToString(CultureInfo.InvariantCulture)).Select(name => (name, AddressOf(name)))
        : [(Own, AddressOf(Own))];

    /// <summary>Returns the address of an account.</summary>
    /// <exception cref="BadInputException">There is no such account.</exception>
    public Address AddressOf(string name)
    {
        if (name.StartsWith($"{profile.AddressPrefix}1", StringComparison.OrdinalIgnoreCase)) return Inputs.Address(name, profile.AddressPrefix);
        if (NumberOf(name) is { } number)
        {
            using PrivateKey key = DevKey(number);
            return profile.Signatures.AddressOf(key.PublicKey);
        }

        if (name is Own && status.Account is { } own) return Inputs.Address(own, profile.AddressPrefix);
        KeyFile file = KeyOf(name);
        return file.PublicKey is { } known
            ? profile.Signatures.AddressOf(known)
            : throw new BadInputException($"The file of the key '{name}' does not say its address: 'coniunctum keys show {name} --check' does.");
    }

    /// <summary>Opens the key of an account, which may take a password.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public async Task<PrivateKey> OpenAsync(string name, ParseResult parsed, Passwords passwords, CancellationToken cancellation)
    {
        if (NumberOf(name) is { } number) return DevKey(number);
        if (name is Own)
        {
            if (IsDevelopment) return DevKey(1);
            return new NodeFolder(status.Data ?? throw new BadInputException("The node keeps no account.")).OpenAccount();
        }

        if (name.StartsWith($"{profile.AddressPrefix}1", StringComparison.OrdinalIgnoreCase))
            throw new BadInputException("An address alone cannot pay: its key signs. Expected the name of a key of yours, own, or a development chain's account from 1 to 10.");
        KeyFile file = KeyOf(name);
        using SecretText password = await passwords.GetAsync(parsed, cancellation);
        return KeyFolder.Open(io, file, password, withoutAddress: false, cancellation);
    }

    private KeyFile KeyOf(string name) => KeyStore.IsName(name)
        ? keys.Load(name)
        : throw new BadInputException($"{Quoted.Of(name)} is no account; expected {Help.Replace("an address", $"an address that starts with {profile.AddressPrefix}1", StringComparison.Ordinal)}.");

    private static int? NumberOf(string name) => name.Length is > 0 and < 4 && name.All(char.IsAsciiDigit) ? int.Parse(name, CultureInfo.InvariantCulture) : null;

    private PrivateKey DevKey(int number)
    {
        if (status.Seed is not { } seed) throw new BadInputException("Accounts have numbers on a development chain only; expected an address, the name of a key of yours, or own.");
        if (number is < 1 or > DevAccount.Count) throw new BadInputException(Invariant($"A development chain has the accounts 1 to {DevAccount.Count}, and no account {number}."));
        DevAccount[] accounts = DevAccount.Derive(ulong.Parse(seed, CultureInfo.InvariantCulture), profile.Signatures);
        foreach (DevAccount other in accounts.Where(account => account.Number != number)) other.Dispose();
        return accounts[number - 1].Key;
    }
}
