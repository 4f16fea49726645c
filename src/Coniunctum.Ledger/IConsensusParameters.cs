using Coniunctum.Crypto;

namespace Coniunctum.Ledger;

/// <summary>What a ledger knows of its consensus rule: a name and parameters to which genesis commits, nothing more.</summary>
public interface IConsensusParameters
{
    /// <summary>The rule's name, such as <c>proof-of-work</c>.</summary>
    string RuleName { get; }

    /// <summary>The name of the rule that a block is under, where it changes at a height; otherwise <see cref="RuleName"/>.</summary>
    /// <param name="height">The block's height.</param>
    string RuleNameAt(ulong height) => RuleName;

    /// <summary>The target that genesis carries and that the first block builds on.</summary>
    Hash256 GenesisTarget { get; }

    /// <summary>Every parameter of the rule, in an order that never changes.</summary>
    IEnumerable<Parameter> Parameters { get; }
}
