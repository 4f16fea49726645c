using System.Globalization;

namespace Coniunctum.Consensus;

/// <summary>An option whose value is outside of its range.</summary>
/// <param name="Option">The option's name, with those of the options that it is part of: <c>Pool.MaxBytes</c>.</param>
/// <param name="Found">Its value.</param>
/// <param name="Expected">Which values it may have.</param>
public sealed record OptionFault(string Option, string Found, string Expected)
{
    /// <summary>Returns a fault where a value is outside of a range, or <c>null</c>.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest value; where it is the type's own, only the least is named.</param>
    /// <typeparam name="T">A number or a span of time.</typeparam>
    public static OptionFault? OfRange<T>(string option, T value, T min, T max)
        where T : struct, IComparable<T>, IFormattable
    {
        ArgumentNullException.ThrowIfNull(option);
        if (value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0) return null;
        return new OptionFault(option, Show(value), $"{Show(min)} to {Show(max)}");
    }

    /// <summary>Returns the faults that there are, with the name of the option that holds theirs.</summary>
    /// <param name="holder">The name before the point; empty for none.</param>
    /// <param name="faults">Faults, and <c>null</c> for options that are right.</param>
    public static IReadOnlyList<OptionFault> Collect(string holder, params IEnumerable<OptionFault?> faults)
    {
        ArgumentNullException.ThrowIfNull(holder);
        ArgumentNullException.ThrowIfNull(faults);
        return [.. faults.OfType<OptionFault>().Select(fault => holder.Length == 0 ? fault : fault with { Option = $"{holder}.{fault.Option}" })];
    }

    /// <summary>Throws when there are faults.</summary>
    /// <param name="faults">The faults.</param>
    /// <param name="parameter">The name of the parameter that holds the options.</param>
    /// <exception cref="ArgumentException">There are: the message names each option, what was found and what was expected.</exception>
    public static void ThrowIfAny(IReadOnlyList<OptionFault> faults, string parameter)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (faults.Count > 0) throw new ArgumentException(string.Join(" ", faults), parameter);
    }

    /// <summary>Returns a sentence for people.</summary>
    public override string ToString() => $"{Option} is {Found}; expected {Expected}.";

    private static string Show<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
