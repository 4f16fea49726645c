namespace Coniunctum.Ledger;

/// <summary>A parameter in which two chains differ.</summary>
/// <param name="Name">Its name, such as <c>authority</c> or <c>subsidy.initial</c>; what genesis holds beside them begins with <c>genesis.</c>.</param>
/// <param name="Stored">What the stored chain has; nothing where it has no such parameter.</param>
/// <param name="Expected">What the profile has; likewise.</param>
public readonly record struct ParameterDifference(string Name, RuleValue Stored, RuleValue Expected)
{
    /// <summary>Says it in a phrase.</summary>
    public override string ToString() => $"{Name} is {Stored} in the store and {Expected} in the profile";
}
