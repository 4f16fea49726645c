using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>What leads from one version of a kind of file to the next, within one transaction.</summary>
/// <param name="Sql">What changes the tables.</param>
/// <param name="Convert">What changes the rows then, where SQL cannot: in steps, between which it may be stopped.</param>
internal sealed record FileStep(string Sql, Action<Database, FileTuning>? Convert = null);
