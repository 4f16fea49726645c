using System.Text;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests.Files;

/// <summary>The note is a file that anybody may write.</summary>
public sealed class OwnerNoteTests
{
    private const string Unknown = "another program, perhaps a SQLite tool";

    private TestFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [TestCase("7 elsewhere dotnet", "process 7 (dotnet) on elsewhere")]
    [TestCase("\uFEFF7 elsewhere dotnet", "process 7 (dotnet) on elsewhere")]
    [TestCase("7 else\u001B[31mwhere dot\nnet", "process 7 (dot\\u000anet) on else\\u001b[31mwhere")]
    [TestCase("7 elsewhere", Unknown)]
    [TestCase("seven elsewhere dotnet", Unknown)]
    [TestCase("7 elsewhere dotnet\0", Unknown)]
    [TestCase("", Unknown)]
    public async Task Describe_AnyNote_IsOneLine(string note, string expected)
    {
        await File.WriteAllTextAsync(OwnerNote.PathOf(_folder.Ledger), note);
        Assert.That(OwnerNote.Describe(_folder.Ledger), Is.EqualTo(expected));
    }

    [Test]
    public async Task Describe_BytesThatAreNoText_IsUnknown()
    {
        await File.WriteAllBytesAsync(OwnerNote.PathOf(_folder.Ledger), Encoding.Unicode.GetBytes("7 elsewhere dotnet"));
        Assert.That(OwnerNote.Describe(_folder.Ledger), Is.EqualTo(Unknown));
        await File.WriteAllBytesAsync(OwnerNote.PathOf(_folder.Ledger), [.. "7 elsewhere "u8, 0xFF]);
        Assert.That(OwnerNote.Describe(_folder.Ledger), Is.EqualTo(Unknown));
    }

    [Test]
    public async Task Describe_ALongNote_IsNotReadToItsEnd()
    {
        await using (FileStream file = File.Create(OwnerNote.PathOf(_folder.Ledger)))
        {
            file.Write("7 elsewhere dotnet"u8);
            file.SetLength(1 << 20);
        }

        Assert.That(OwnerNote.Describe(_folder.Ledger), Is.EqualTo(Unknown));
    }
}
