namespace Coniunctum.Applications.Tests.Support;

/// <summary>Does nothing with a call but ask another application whether it admits it.</summary>
internal sealed class AdmittingApplication(ILedgerApplication inner) : ILedgerApplication
{
    public AppId Id => inner.Id;

    public string Name => inner.Name;

    public CallOutcome Execute(Call call, ApplicationContext state) => inner.Admit(call, state);
}
