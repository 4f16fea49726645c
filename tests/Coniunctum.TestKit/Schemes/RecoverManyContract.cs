namespace Coniunctum.TestKit.Schemes;

/// <summary>Batches against one signature after the other.</summary>
public abstract class RecoverManyContract(ISignatureScheme scheme)
{
    [Test]
    public void RecoverMany_EverySizeAThirdBroken_EqualsRecover()
    {
        const int Seed = 71;
        TestContext.Out.WriteLine($"seed {Seed}");
        var batch = new SignatureBatch(scheme, Seed);
        var outcomes = new HashSet<SignatureOutcome>();
        foreach (int count in Enumerable.Range(0, 41).Append(63).Append(64).Append(65).Append(512))
            outcomes.UnionWith(Check(batch, count));

        SignatureOutcome[] expected = scheme.SignatureSize == 96 // Schnorr, with the key in front
            ? [SignatureOutcome.Valid, SignatureOutcome.ROutOfRange, SignatureOutcome.SOutOfRange, SignatureOutcome.NoSuchPoint, SignatureOutcome.Mismatch]
            : [.. Enum.GetValues<SignatureOutcome>().Except([SignatureOutcome.Unchecked, SignatureOutcome.WrongLength, SignatureOutcome.Mismatch])];
        Assert.That(outcomes, Is.EquivalentTo(expected));
    }

    [Test]
    public void RecoverMany_OneBadAmongGoodOnes_IsTheOnlyOneRefused([Range(0, 16)] int place)
    {
        const int Count = 17;
        var digests = new Hash256[Count];
        byte[] signatures = new byte[Count * scheme.SignatureSize];
        for (int i = 0; i < Count; i++) Sign(i, digests, signatures);
        signatures.AsSpan(place * scheme.SignatureSize, scheme.SignatureSize).Fill(0xFF);

        (SignatureOutcome[] outcomes, Address[] signers) = Recover(digests, signatures);

        for (int i = 0; i < Count; i++)
        {
            Assert.That(outcomes[i] == SignatureOutcome.Valid, Is.EqualTo(i != place), $"{i}");
            Assert.That(signers[i], Is.EqualTo(i == place ? default : AddressOf(i)), $"{i}");
        }
    }

    [Test]
    public void RecoverMany_LengthsThatDoNotFit_Throws()
    {
        int size = scheme.SignatureSize;
        Assert.That(() => scheme.RecoverMany(new Hash256[2], new byte[(2 * size) - 1], new Address[2], new SignatureOutcome[2]), Throws.ArgumentException);
        Assert.That(() => scheme.RecoverMany(new Hash256[2], new byte[2 * size], new Address[1], new SignatureOutcome[2]), Throws.ArgumentException);
        Assert.That(() => scheme.RecoverMany(new Hash256[2], new byte[2 * size], new Address[2], new SignatureOutcome[3]), Throws.ArgumentException);
    }

    private IEnumerable<SignatureOutcome> Check(SignatureBatch batch, int count)
    {
        int size = scheme.SignatureSize;
        var digests = new Hash256[count];
        byte[] signatures = new byte[count * size];
        batch.Next(digests, signatures);
        (SignatureOutcome[] outcomes, Address[] signers) = Recover(digests, signatures);
        for (int i = 0; i < count; i++)
        {
            SignatureOutcome outcome = scheme.Recover(digests[i], signatures.AsSpan(i * size, size), out Address signer);
            Assert.That((outcomes[i], signers[i]), Is.EqualTo((outcome, signer)), $"{i} of {count}");
        }

        return outcomes;
    }

    private (SignatureOutcome[] Outcomes, Address[] Signers) Recover(Hash256[] digests, byte[] signatures)
    {
        var signers = new Address[digests.Length];
        var outcomes = new SignatureOutcome[digests.Length];
        Array.Fill(signers, new Address(Sha3_256.Hash("not overwritten"u8)));
        scheme.RecoverMany(digests, signatures, signers, outcomes);
        return (outcomes, signers);
    }

    private void Sign(int i, Hash256[] digests, byte[] signatures)
    {
        digests[i] = Sha3_256.Hash(BitConverter.GetBytes(i));
        using PrivateKey key = Key(1000 + i);
        scheme.Sign(key, digests[i], signatures.AsSpan(i * scheme.SignatureSize, scheme.SignatureSize));
    }

    private Address AddressOf(int i)
    {
        using PrivateKey key = Key(1000 + i);
        return scheme.AddressOf(key.PublicKey);
    }

    /// <summary>The key that is a number.</summary>
    protected static PrivateKey Key(int number)
    {
        Assert.That(PrivateKey.Read(CurveOracle.ToBytes(number), out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
        return key ?? throw new InvalidOperationException();
    }
}
