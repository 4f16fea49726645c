namespace Coniunctum.Benchmarks.Storage;

/// <summary>
/// The mode <c>storage</c>: what a ledger's file and its index cost on the disk that holds a folder. Each section names its rivals
/// and runs them on the same disk, since an fsync costs 0.1 ms here and 10 ms there.
/// </summary>
internal static class StorageProgram
{
    private static readonly Dictionary<string, Action<StorageBench>> s_sections = new(StringComparer.Ordinal)
    {
        ["commits"] = CommitBench.Run,
        ["checkpoint"] = CheckpointBench.Run,
        ["keys"] = KeyBench.Run,
        ["readers"] = ReaderBench.Run,
        ["open"] = OpenBench.Run,
        ["heads"] = HeadBench.Run,
        ["index"] = IndexBench.Run,
        ["state"] = StateFileBench.Run,
    };

    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        if (args.Length > 3 || (args.Length > 0 && args[0] != "all" && !s_sections.ContainsKey(args[0])))
        {
            errors.WriteLine($"Expected: storage [all|{string.Join('|', s_sections.Keys)}] [FOLDER] [SCALE]");
            return 2;
        }

        string parent = args.Length > 1 ? args[1] : Path.GetTempPath();
        double scale = args.Length > 2 ? double.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 1;
        IEnumerable<string> sections = args.Length > 0 && args[0] != "all" ? [args[0]] : s_sections.Keys;
        foreach (string section in sections)
        {
            string folder = Path.Combine(parent, $"coniunctum-storage-{Guid.NewGuid():N}");
            Directory.CreateDirectory(folder);
            try
            {
                s_sections[section](new StorageBench(folder, scale, output));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return 0;
    }
}
