namespace Coniunctum.Ledger.Applications;

/// <summary>The number by which payloads call an application.</summary>
/// <param name="Value">Any number; one application of a chain has it.</param>
public readonly record struct AppId(uint Value)
{
    /// <summary>Returns the number in decimal.</summary>
    public override string ToString() => Value.ToString();
}
