using System.Buffers;
using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>Where entries stand in the state tree.</summary>
internal static class StateKeys
{
    private const int AccountMessageBytes = 1 + Hash256.Size;
    private const int Batch = 64;

    /// <summary>The key of an account: H(0x00‖address).</summary>
    public static Hash256 OfAccount(Address address)
    {
        Span<byte> bytes = stackalloc byte[AccountMessageBytes];
        bytes[0] = 0x00;
        address.Value.CopyTo(bytes[1..]);
        return Sha3_256.Hash(bytes);
    }

    /// <summary>The keys of many accounts, hashed many at once.</summary>
    public static void OfAccounts(ReadOnlySpan<Address> addresses, Span<Hash256> keys)
    {
        Span<byte> messages = stackalloc byte[Batch * AccountMessageBytes];
        for (int done = 0; done < addresses.Length; done += Batch)
        {
            int count = Math.Min(Batch, addresses.Length - done);
            for (int i = 0; i < count; i++)
            {
                messages[i * AccountMessageBytes] = 0x00;
                addresses[done + i].Value.CopyTo(messages[((i * AccountMessageBytes) + 1)..]);
            }

            Sha3_256.HashMany(messages[..(count * AccountMessageBytes)], AccountMessageBytes, keys.Slice(done, count));
        }
    }

    /// <summary>The key of an application's entry: H(0x01‖be4(application)‖key).</summary>
    public static Hash256 OfApplication(uint application, ReadOnlySpan<byte> key)
    {
        const int headBytes = 1 + sizeof(uint);
        byte[]? rented = key.Length > 256 ? ArrayPool<byte>.Shared.Rent(headBytes + key.Length) : null;
        Span<byte> bytes = rented is null ? stackalloc byte[headBytes + 256] : rented;
        bytes[0] = 0x01;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], application);
        key.CopyTo(bytes[headBytes..]);
        Hash256 hash = Sha3_256.Hash(bytes[..(headBytes + key.Length)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }
}
