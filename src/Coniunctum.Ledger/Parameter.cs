namespace Coniunctum.Ledger;

/// <summary>One named parameter of a chain's rules: what a profile shows and what its genesis commits to.</summary>
/// <param name="Name">The name, in lower case with dots, such as <c>subsidy.initial</c>.</param>
/// <param name="Value">The value.</param>
public readonly record struct Parameter(string Name, RuleValue Value);
