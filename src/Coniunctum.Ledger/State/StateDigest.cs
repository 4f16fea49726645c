using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The digest of a state: SHA3-256 of the words coniunctum state 1, be8(height), be8(supply), then in rising order of keys 0x00‖address‖be8(balance)
/// for each account and 0x01‖be4(application)‖be4(length)‖key‖be4(length)‖value for each entry, and in rising order of heights
/// 0x02‖be8(height)‖address‖be8(amount) for each reward that is not mature.
/// </summary>
internal static class StateDigest
{
    private const int LeavesALook = 4096;

    public static Hash256 Of(StateSnapshot state, CancellationToken cancellation)
    {
        var hasher = KeccakHasher.Sha3_256();
        hasher.Append("coniunctum state 1"u8);
        Append(ref hasher, state.Height);
        Append(ref hasher, state.Supply);
        var cursor = new TreeCursor(state.Tree);
        for (int left = LeavesALook; cursor.MoveNext(); left--)
        {
            if (left == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                left = LeavesALook;
            }

            if (cursor.Entry is { } entry) Append(ref hasher, entry);
            else Append(ref hasher, 0x00, cursor.Account.Owner, cursor.Account.Balance);
        }

        foreach ((ulong height, PendingReward reward) in state.Rewards.ByHeight)
        {
            hasher.Append([0x02]);
            Append(ref hasher, height);
            hasher.Append(reward.Receiver.Value.AsSpan());
            Append(ref hasher, reward.Amount);
        }

        Span<byte> digest = stackalloc byte[Hash256.Size];
        hasher.Finish(digest);
        return new Hash256(digest);
    }

    private static void Append(ref KeccakHasher hasher, byte kind, Address owner, ulong amount)
    {
        hasher.Append([kind]);
        hasher.Append(owner.Value.AsSpan());
        Append(ref hasher, amount);
    }

    private static void Append(ref KeccakHasher hasher, ApplicationLeaf entry)
    {
        hasher.Append([0x01]);
        Append(ref hasher, entry.App);
        Append(ref hasher, (uint)entry.Name.Length);
        hasher.Append(entry.Name.Span);
        Append(ref hasher, (uint)entry.Value.Length);
        hasher.Append(entry.Value.Span);
    }

    private static void Append(ref KeccakHasher hasher, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        hasher.Append(bytes);
    }

    private static void Append(ref KeccakHasher hasher, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        hasher.Append(bytes);
    }
}
