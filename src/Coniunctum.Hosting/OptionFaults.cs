using Coniunctum.Consensus;
using Microsoft.Extensions.Options;

namespace Coniunctum.Hosting;

/// <summary>Checks the options of one name, and names what is wrong as the configuration has it.</summary>
/// <param name="name">Whose options.</param>
/// <param name="section">The section that they are bound to.</param>
/// <param name="validate">Finds what is wrong.</param>
internal sealed class OptionFaults<T>(string name, string section, Func<T, IReadOnlyList<OptionFault>> validate) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? optionsName, T options)
    {
        if (!string.Equals(optionsName, name, StringComparison.Ordinal)) return ValidateOptionsResult.Skip;
        IReadOnlyList<OptionFault> faults = validate(options);
        return faults.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(faults.Select(fault => $"{section}:{fault.Option.Replace('.', ':')} is {fault.Found}; expected {fault.Expected}."));
    }
}
