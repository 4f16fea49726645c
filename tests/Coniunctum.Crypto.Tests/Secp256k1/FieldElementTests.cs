using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

public sealed class FieldElementTests
{
    private static readonly BigInteger P = CurveOracle.Secp256k1.P;

    [Test]
    public void TryRead_NumberNotBelowP_IsRefused([Values(0, 1, 976, 977)] int above)
    {
        BigInteger number = P + above;
        if (above == 977) number = BigInteger.Pow(2, 256) - 1;

        Assert.That(FieldElement.TryRead(CurveOracle.ToBytes(number), out _), Is.False);
        Assert.That(FieldElement.TryRead(CurveOracle.ToBytes(P - 1 - above), out _), Is.True);
    }

    [Test]
    public void Write_AfterRead_GivesTheSameBytes()
    {
        foreach (BigInteger a in Numbers.Below(P, 500, seed: 11))
            Assert.That(Numbers.Value(Numbers.Field(a)), Is.EqualTo(a));
    }

    [Test]
    public void Multiply_AllPairsOfMagnitudesUpToEight_EqualsTheOracle([Values(1, 2, 5, 8)] int magnitudeA, [Values(1, 3, 8)] int magnitudeB)
    {
        List<BigInteger> numbers = Numbers.Below(P, 40, seed: 12 + magnitudeA + (100 * magnitudeB));
        foreach (BigInteger a in numbers)
        {
            FieldElement left = WithMagnitude(a, magnitudeA);
            foreach (BigInteger b in numbers)
            {
                FieldElement.Multiply(left, WithMagnitude(b, magnitudeB), out FieldElement product);
                if (Numbers.Value(product) != a * b % P) Assert.Fail(Invariant($"{a} * {b}"));
            }
        }
    }

    [Test]
    public void Square_AllMagnitudesUpToEight_EqualsTheOracle([Range(1, 8)] int magnitude)
    {
        foreach (BigInteger a in Numbers.Below(P, 500, seed: 13))
        {
            FieldElement.Square(WithMagnitude(a, magnitude), out FieldElement square);
            Assert.That(Numbers.Value(square), Is.EqualTo(a * a % P));
        }
    }

    [Test]
    public void Multiply_FullestLimbsOfMagnitudeEight_EqualsTheOracle()
    {
        // −0 in the form 18p has the fullest limbs that a negative of magnitude 8 can have.
        FieldElement.Negate(new FieldElement(0), 7, out FieldElement full);
        FieldElement.Negate(new FieldElement(5), 7, out FieldElement nearlyFull);
        FieldElement.Multiply(full, full, out FieldElement zero);
        FieldElement.Multiply(nearlyFull, nearlyFull, out FieldElement product);
        FieldElement.Square(nearlyFull, out FieldElement square);

        Assert.That(Numbers.Value(zero), Is.EqualTo(BigInteger.Zero));
        Assert.That(Numbers.Value(product), Is.EqualTo((BigInteger)25));
        Assert.That(Numbers.Value(square), Is.EqualTo((BigInteger)25));
    }

    [Test]
    public void AddSubtractNegateHalfMultiplySmall_EqualTheOracle()
    {
        List<BigInteger> numbers = Numbers.Below(P, 60, seed: 14);
        foreach (BigInteger a in numbers)
        {
            FieldElement left = Numbers.Field(a);
            FieldElement.Negate(left, 1, out FieldElement negative);
            FieldElement.Half(left, out FieldElement half);
            FieldElement.Half(WithMagnitude(a, 7), out FieldElement halfOfLarge);
            FieldElement.MultiplySmall(left, 21, out FieldElement multiple);
            Assert.That(Numbers.Value(negative), Is.EqualTo(CurveOracle.Mod(-a, P)));
            Assert.That(Numbers.Value(half) * 2 % P, Is.EqualTo(a));
            Assert.That(Numbers.Value(halfOfLarge) * 2 % P, Is.EqualTo(a));
            Assert.That(Numbers.Value(multiple), Is.EqualTo(a * 21 % P));
            foreach (BigInteger b in numbers)
            {
                FieldElement.Add(left, Numbers.Field(b), out FieldElement sum);
                FieldElement.Subtract(left, WithMagnitude(b, 3), 3, out FieldElement difference);
                if (Numbers.Value(sum) != (a + b) % P || Numbers.Value(difference) != CurveOracle.Mod(a - b, P))
                    Assert.Fail(Invariant($"{a}, {b}"));
            }
        }
    }

    [Test]
    public void Normalize_EveryFormOfANumber_GivesTheSame()
    {
        foreach (BigInteger a in Numbers.Below(P, 100, seed: 15))
        {
            for (int magnitude = 1; magnitude <= 31; magnitude++)
            {
                FieldElement element = WithMagnitude(a, magnitude);
                element.NormalizeWeakly();
                Assert.That(Numbers.Value(element), Is.EqualTo(a));
                Assert.That(Numbers.Value(WithMagnitude(a, magnitude)), Is.EqualTo(a));
            }
        }
    }

    [Test]
    public void IsZeroModulo_MultiplesOfP_AreZeroAndNeighboursAreNot()
    {
        for (int magnitude = 1; magnitude < 8; magnitude++)
        {
            FieldElement.Negate(new FieldElement(0), magnitude, out FieldElement zero);
            FieldElement.Negate(new FieldElement(1), magnitude, out FieldElement minusOne);
            FieldElement.Add(zero, new FieldElement(1), out FieldElement one);
            Assert.That(zero.IsZeroModulo(), Is.True);
            Assert.That(minusOne.IsZeroModulo(), Is.False);
            Assert.That(one.IsZeroModulo(), Is.False);
        }
    }

    [Test]
    public void Invert_EqualsTheOracle()
    {
        foreach (BigInteger a in Numbers.Below(P, 300, seed: 16))
        {
            FieldElement.Invert(WithMagnitude(a, 2), out FieldElement inverse);
            Assert.That(Numbers.Value(inverse), Is.EqualTo(CurveOracle.Inverse(a, P)));
        }
    }

    [Test]
    public void TrySquareRoot_SquaresAndOthers_AreToldApart()
    {
        foreach (BigInteger a in Numbers.Below(P, 200, seed: 17))
        {
            bool isSquare = a.IsZero || BigInteger.ModPow(a, (P - 1) / 2, P).IsOne; // Euler's criterion
            Assert.That(FieldElement.TrySquareRoot(Numbers.Field(a), out FieldElement root), Is.EqualTo(isSquare));
            if (isSquare) Assert.That(BigInteger.ModPow(Numbers.Value(root), 2, P), Is.EqualTo(a));
        }
    }

    [Test]
    public void InvertAll_EqualsSingleInversions([Values(1, 2, 33)] int count)
    {
        List<BigInteger> numbers = Numbers.Below(P, count, seed: 18)[^count..];
        FieldElement[] elements = numbers.ConvertAll(Numbers.Field).ToArray();
        IInvertible<FieldElement>.InvertAll(elements, new FieldElement[count]);

        for (int i = 0; i < count; i++)
            Assert.That(Numbers.Value(elements[i]), Is.EqualTo(CurveOracle.Inverse(numbers[i], P)));
    }

    /// <summary>The number in another form: negated twice, the second time with room for this magnitude.</summary>
    private static FieldElement WithMagnitude(BigInteger value, int magnitude)
    {
        FieldElement element = Numbers.Field(CurveOracle.Mod(-value, P));
        if (magnitude == 1) return Numbers.Field(value);
        FieldElement.Negate(element, magnitude - 1, out element);
        return element;
    }
}
