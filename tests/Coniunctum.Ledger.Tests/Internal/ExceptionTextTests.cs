using Coniunctum.Ledger.Internal;

namespace Coniunctum.Ledger.Tests.Internal;

public sealed class ExceptionTextTests
{
    [Test]
    public void MessageOf_AnyException_IsALineAndNeverThrows()
    {
        Assert.That(ExceptionText.MessageOf(new IOException("the disk is full")), Is.EqualTo("the disk is full"));
        Assert.That(ExceptionText.MessageOf(new IOException("no\nsuch\u001B[31m file")), Is.EqualTo("no\\u000asuch\\u001b[31m file"));
        Assert.That(ExceptionText.MessageOf(new Speaking(() => null!)), Is.EqualTo("Speaking"));
        Assert.That(ExceptionText.MessageOf(new Speaking(() => "")), Is.EqualTo("Speaking"));
        Assert.That(ExceptionText.MessageOf(new Speaking(() => new string('x', 5_000))), Has.Length.EqualTo(1_000));
        Assert.That(ExceptionText.MessageOf(new Speaking(() => throw new IOException("no"))), Is.EqualTo("Speaking, whose message cannot be read"));
        Assert.That(ExceptionText.MessageOf(new Speaking(() => throw new NotSupportedException())), Is.EqualTo("Speaking, whose message cannot be read"));
        // One that holds it says what it holds.
        Assert.That(
            ExceptionText.MessageOf(new AggregateException(new Speaking(() => throw new IOException("no")))),
            Is.EqualTo("AggregateException, whose message cannot be read"));
        Assert.That(() => ExceptionText.MessageOf(null!), Throws.ArgumentNullException);
    }

    private sealed class Speaking(Func<string> speak) : Exception
    {
        public override string Message => speak();
    }
}
