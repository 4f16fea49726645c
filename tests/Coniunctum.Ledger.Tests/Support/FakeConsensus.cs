using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Tests.Support;

/// <summary>Parameters of a rule that does not exist.</summary>
internal sealed class FakeConsensus : IConsensusParameters
{
    public string RuleName => "fake";

    public Hash256 GenesisTarget { get; } = Plain.Fill(0xff);

    public IEnumerable<Parameter> Parameters => [new("fake.number", 7)];
}
