using Cats;

string? script = null;
string? folder = null;
for (int i = 0; i < args.Length; i += 2)
{
    if (i + 1 == args.Length || args[i] is not ("--script" or "--save")) return Fail($"'{args[i]}': expected --save FOLDER or --script FILE");
    if (args[i] == "--script") script = args[i + 1];
    else folder = args[i + 1];
}

// A script without a folder of its own leaves nothing behind.
string? temporary = script is not null && folder is null ? Directory.CreateTempSubdirectory("cats").FullName : null;
try
{
    using var save = new Save(temporary ?? folder ?? "cats", script is not null);
    await using LedgerHost ledger = await save.OpenAsync();
    using TextReader input = script is null ? Console.In : new StreamReader(script);
    if (script is null) Console.WriteLine(Invariant($"Cats, at block {ledger.Tip.Header.Height}. 'help' shows the commands."));
    var game = new Game(ledger, save, Console.Out);
    while (await input.ReadLineAsync() is { } line && line.Trim() != "quit")
    {
        if (await game.RunAsync(line) is { } fault) Console.WriteLine($"  {fault}");
    }

    return 0;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or LedgerOpenException or OtherChainException)
{
    return Fail(exception.Message);
}
finally
{
    if (temporary is not null) Directory.Delete(temporary, recursive: true);
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
