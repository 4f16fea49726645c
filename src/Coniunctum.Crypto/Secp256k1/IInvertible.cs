namespace Coniunctum.Crypto.Secp256k1;

/// <summary>An element of a prime field.</summary>
internal interface IInvertible<T>
    where T : unmanaged, IInvertible<T>
{
    /// <summary>The product.</summary>
    static abstract void Multiply(in T a, in T b, out T result);

    /// <summary>The inverse of an element other than zero.</summary>
    static abstract void Invert(in T a, out T result);

    /// <summary>Replaces all elements, of which none may be zero, by their inverses at the price of one inversion.</summary>
    /// <param name="values">One element or more.</param>
    /// <param name="prefixes">Room for as many elements, overwritten.</param>
    static void InvertAll(Span<T> values, Span<T> prefixes)
    {
        prefixes[0] = values[0];
        for (int i = 1; i < values.Length; i++)
            T.Multiply(prefixes[i - 1], values[i], out prefixes[i]);

        T.Invert(prefixes[values.Length - 1], out T inverse);
        for (int i = values.Length - 1; i > 0; i--)
        {
            T value = values[i];
            T.Multiply(inverse, prefixes[i - 1], out values[i]);
            T.Multiply(inverse, value, out inverse);
        }

        values[0] = inverse;
    }
}
