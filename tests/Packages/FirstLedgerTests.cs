using System.Reflection;

namespace Coniunctum.Packages.Tests;

public sealed class FirstLedgerTests
{
    [Test]
    [CancelAfter(60_000)]
    public void FirstLedger_ConfirmsATransfer_AndPrintsTheBalance()
    {
        TextWriter console = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            MethodInfo main = typeof(FirstLedgerTests).Assembly.EntryPoint!;
            main.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.That(output.ToString().Trim(), Is.EqualTo("5"));
    }
}
