using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <content>One sum after the other, with one inversion for all. What the vectors compute has to equal this.</content>
internal static partial class LiftedSums
{
    [SkipLocalsInit]
    internal static void ComputeScalar_Vartime(Span<LiftedSum> sums)
    {
        Span<JacobianPoint> points = stackalloc JacobianPoint[sums.Length];
        Span<FieldElement> inversesOfZ = stackalloc FieldElement[sums.Length];
        Span<FieldElement> scratch = stackalloc FieldElement[sums.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            ref LiftedSum sum = ref sums[i];
            inversesOfZ[i] = new FieldElement(1);
            if (!AffinePoint.TryLift_Vartime(sum.Lifted.X, sum.IsOdd, out sum.Lifted))
            {
                sum.Outcome = LiftedSumOutcome.NoSuchPoint;
                continue;
            }

            DoubleMultiplication.Compute_Vartime(sum.A, sum.B, sum.Lifted, out points[i]);
            sum.Outcome = points[i].IsInfinity ? LiftedSumOutcome.Infinity : LiftedSumOutcome.Found;
            if (!points[i].IsInfinity) inversesOfZ[i] = points[i].Z;
        }

        IInvertible<FieldElement>.InvertAll(inversesOfZ, scratch);
        for (int i = 0; i < sums.Length; i++)
        {
            if (sums[i].Outcome == LiftedSumOutcome.Found)
                points[i].ToAffine(inversesOfZ[i], out sums[i].Sum);
        }
    }
}
