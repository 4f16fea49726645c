using System.Globalization;
using SharedLedger;

switch (args)
{
    case ["create", var folder, .. var addresses] when addresses.Length == Consortium.Members:
        new Consortium(folder).Create(addresses, TimeProvider.System);
        return 0;
    case ["serve", var folder, var text, .. var rest] when int.TryParse(text, CultureInfo.InvariantCulture, out int member) && member is >= 1 and <= Consortium.Members:
        await using (WebApplication app = ItemService.Create(new Consortium(folder), member, rest)) await app.RunAsync();
        return 0;
    case [] or ["demo"]:
        return await DemonstrateAsync(60);
    case ["demo", var text] when int.TryParse(text, CultureInfo.InvariantCulture, out int items) && items is >= 12 and <= 100_000:
        return await DemonstrateAsync(items);
    default:
        await Console.Error.WriteLineAsync("Expected: create FOLDER HOST:PORT HOST:PORT HOST:PORT HOST:PORT, or serve FOLDER MEMBER --urls URL, or demo [12 to 100,000 items]");
        return 2;
}

static async Task<int> DemonstrateAsync(int items)
{
    await using var demonstration = new Demonstration(items, Console.Out);
    return await demonstration.RunAsync() ? 0 : 1;
}
