using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Node.Cli;
using Microsoft.Extensions.Primitives;

namespace Coniunctum.Node.Api;

/// <summary>
/// A secret that is drawn at each start and lies in a file that only its owner may read, until the program ends: whoever shows it at
/// the program's port is that owner, or whom they told.
/// </summary>
internal sealed class ApiCookie : IDisposable
{
    private const string FileName = "cookie";
    private const int SecretBytes = 32;

    private readonly RunFolder _folder;
    private readonly byte[] _secret;

    private ApiCookie(RunFolder folder, byte[] secret) => (_folder, _secret) = (folder, secret);

    /// <summary>The file that holds it: 64 hexadecimal digits and nothing else.</summary>
    public string Path => System.IO.Path.Combine(_folder.Path, FileName);

    /// <summary>Draws a secret, and writes it into a folder in the place of the last one.</summary>
    /// <exception cref="BadInputException">It cannot be written, or others could read it.</exception>
    public static ApiCookie Create(RunFolder folder, IEntropySource entropy)
    {
        folder.Make();
        Span<byte> drawn = stackalloc byte[SecretBytes];
        entropy.Fill(drawn);
        byte[] secret = new byte[2 * SecretBytes];
        Convert.TryToHexStringLower(drawn, secret, out _);
        CryptographicOperations.ZeroMemory(drawn);
        var cookie = new ApiCookie(folder, secret);
        PathInput.Trying($"{Quoted.Of(cookie.Path)} cannot be written", cookie.Path, () => DurableFile.TryWrite(cookie.Path, secret, replace: true));
        return cookie;
    }

    /// <summary>Whether a request's <c>Authorization</c> shows it: as the token of a bearer, or as the password of anyone (RFC 6750, RFC 7617).</summary>
    public bool IsShownBy(StringValues authorization)
    {
        if (authorization is not [{ } only] || !AuthenticationHeaderValue.TryParse(only, out AuthenticationHeaderValue? header) || header.Parameter is not { } given) return false;
        byte[] shown = header.Scheme.ToUpperInvariant() switch
        {
            "BEARER" => Encoding.UTF8.GetBytes(given),
            "BASIC" => PasswordOf(given),
            _ => [],
        };
        bool isIt = CryptographicOperations.FixedTimeEquals(shown, _secret);
        CryptographicOperations.ZeroMemory(shown);
        return isIt;
    }

    public void Dispose()
    {
        _folder.Remove(Path);
        CryptographicOperations.ZeroMemory(_secret);
    }

    private static byte[] PasswordOf(string credentials)
    {
        byte[] decoded = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, decoded, out int length)) return [];
        int colon = decoded.AsSpan(0, length).IndexOf((byte)':');
        return colon < 0 ? [] : decoded[(colon + 1)..length];
    }
}
