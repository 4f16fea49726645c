using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.Files;

[TestFixtureSource(typeof(Samples), nameof(Samples.Formats))]
internal sealed class StateFileTests(IBlockFormat format)
{
    private const int Seed = 0x57a7ef;

    [Test]
    public async Task Write_EveryHeight_IsWhatTheNaiveLedgerSays([Values] bool hasCheckpoint)
    {
        Plain.RequireSha3();
        await TestContext.Out.WriteLineAsync($"seed {Seed}");
        StoredWorld world = World(30, hasCheckpoint ? 14 : null, 30);
        for (ulong height = 0; height <= world.Height; height++)
        {
            using var file = new MemoryStream();
            StoredTip written = await WriteAsync(world, file, height);
            Assert.That(written, Is.EqualTo(new StoredTip(world.IdAt(height), height)));
            Content content = await ReadAsync(file);
            Assert.That(content.Head with { Note = default }, Is.EqualTo(new StateFileHead(world.IdAt(0), height, world.IdAt(height), default, new Timestamp(7), default)));
            Assert.That(content.Heads, Is.EqualTo(HeadsOf(world, height)));
            Assert.That(content.Block, Is.EqualTo(world.Store.ReadBlock(world.IdAt(height))!.Value.ToArray()));
            Assert.That(world.WrongOf(StateOf(world, content, height), height), Is.Null, $"height {height}");
        }
    }

    [Test]
    public async Task Write_CheckpointOfABranchThatLost_StartsFromItNevertheless()
    {
        StoredWorld world = World(12, 12, 12).Undo(5).Grow(9);
        Assert.That(world.Store.IdAt(12), Is.Not.EqualTo(world.Store.Checkpoint!.Value.Id));
        foreach (ulong height in new ulong[] { 16, 12, 7, 3 })
        {
            using var file = new MemoryStream();
            await WriteAsync(world, file, height);
            Assert.That(world.WrongOf(StateOf(world, await ReadAsync(file), height), height), Is.Null, $"height {height}");
        }
    }

    [Test]
    public async Task Write_FileThatEndsAnywhere_ContinuesIt()
    {
        StoredWorld world = World(2, 1, 2);
        byte[] whole = await BytesOfAsync(world);
        for (int length = StateFile.HeadBytes + StateFile.ChecksumBytes; length < whole.Length; length++)
        {
            using var file = new MemoryStream();
            file.Write(whole.AsSpan(0, length));
            await WriteAsync(world, file);
            if (!file.ToArray().AsSpan().SequenceEqual(whole)) Assert.Fail(Invariant($"cut off at {length}"));
        }
    }

    [Test]
    public async Task Write_Cancelled_KeepsHeadersAndHeightForTheNextCall()
    {
        StoredWorld world = World(600, null, 600);
        using var file = new MemoryStream();
        using var cancellation = new CancellationTokenSource();
        Assert.That(
            async () => await StateFileWriter.WriteAsync(world.Store, world.Profile, new Watched(file, 60_000, cancellation), cancellation: cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        long begun = file.Length;
        Assert.That(begun, Is.GreaterThan(30_000));
        Assert.That(async () => await ReadAsync(file), Throws.TypeOf<InvalidDataException>().With.Message.Contains("cut off"));

        world.Grow(5);
        StoredTip written = await WriteAsync(world, file);
        Assert.That(written.Height, Is.EqualTo(600), "the height with which it was begun");
        Assert.That(world.WrongOf(StateOf(world, await ReadAsync(file), 600), 600), Is.Null);
        Assert.That((await WriteAsync(world, file)).Height, Is.EqualTo(605), "a whole file is begun again");
        Assert.That(world.WrongOf(StateOf(world, await ReadAsync(file), 605), 605), Is.Null);
    }

    [Test]
    public async Task Write_UnfinishedFileOfABranchThatLost_BeginsAgain()
    {
        StoredWorld world = World(8, null, 8);
        byte[] old = await BytesOfAsync(world);
        world.Undo(3).Grow(4);
        using var file = new MemoryStream();
        file.Write(old.AsSpan(0, old.Length - 20));
        Assert.That((await WriteAsync(world, file)).Height, Is.EqualTo(9));
        Assert.That(world.WrongOf(StateOf(world, await ReadAsync(file), 9), 9), Is.Null);
    }

    [Test]
    public async Task Write_TellsHowFarTheHeadersReach()
    {
        StoredWorld world = World(300, null, 300);
        var told = new List<FileProgress>();
        using var file = new MemoryStream();
        await StateFileWriter.WriteAsync(world.Store, world.Profile, file, progress: new Synchronous(told.Add));
        Assert.That(told, Is.EqualTo(new FileProgress[] { new(300, 300) }));
    }

    [Test]
    public void Write_StoreThatLacksWhatIsAsked_SaysWhat()
    {
        using var empty = new MemoryChainStore();
        StoredWorld world = World(10, 8, 10);
        Assert.That(async () => await StateFileWriter.WriteAsync(empty, world.Profile, new MemoryStream()), Refused("empty"));
        Assert.That(async () => await WriteAsync(world, new MemoryStream(), 11), Refused("no block at height 11: the chain ends at height 10"));
        world.Store.Commit(new StoreBatch { PruneUndoBelow = 7 });
        Assert.That(async () => await WriteAsync(world, new MemoryStream(), 5), Refused("state at height 5 cannot be had: what undoes the block at height 6 was pruned"));
        Assert.That(async () => await WriteAsync(world, new MemoryStream(), 6), Throws.Nothing);
        world.Store.Commit(new StoreBatch { PruneBodiesBelow = 8 });
        Assert.That(async () => await WriteAsync(world, new MemoryStream(), 6), Refused("no body of the block at height 6"));
        Assert.That(async () => await StateFileWriter.WriteAsync(world.Store, world.Profile, new MemoryStream(), note: new byte[StateFile.MaxNoteBytes + 1]), Throws.ArgumentException);
    }

    [Test]
    public async Task Write_OtherFile_IsRefusedAndUntouched()
    {
        StoredWorld world = World(4, null, 4);
        StoredWorld other = World(2, null, 2, seed: 1);
        byte[] whole = await BytesOfAsync(world);
        using var file = new MemoryStream([.. whole]);
        var changed = other.Profile with { Subsidy = new SubsidySchedule.Constant(51) };
        using var store = new MemoryChainStore();
        HashedBlock genesis = GenesisBlock.Create(changed).Block;
        store.Commit(new StoreBatch { Connected = [new StoredBlock(HeadCodec.Write(genesis, format, default, Work.Zero), genesis.Encoded, default)] });
        Assert.That(async () => await StateFileWriter.WriteAsync(store, changed, file), Refused("belongs to chain"));
        Assert.That(file.ToArray(), Is.EqualTo(whole));
        using var letter = new MemoryStream(new byte[300]);
        Assert.That(async () => await WriteAsync(world, letter), Refused("no file of a state"));
    }

    [Test]
    public async Task Read_AnyByteChanged_IsRefused()
    {
        byte[] whole = await BytesOfAsync(World(2, null, 2));
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= (byte)(1 << (i % 8));
            using var file = new MemoryStream(damaged);
            Assert.That(async () => await ReadAsync(file), Throws.TypeOf<InvalidDataException>(), $"byte {i}");
        }
    }

    [Test]
    public async Task Read_CutOffAnywhere_SaysWhere()
    {
        byte[] whole = await BytesOfAsync(World(2, null, 2));
        for (int length = 0; length < whole.Length; length++)
        {
            using var file = new MemoryStream(whole[..length]);
            Assert.That(async () => await ReadAsync(file), Refused("cut off"), $"at {length}");
        }
    }

    [Test]
    public async Task Read_RecordsInAnotherOrderOrOfAnotherFile_AreRefused()
    {
        StoredWorld world = World(600, null, 600);
        byte[] whole = await BytesOfAsync(world);
        using var file = new MemoryStream(whole);
        StateFileReader reader = await StateFileReader.OpenAsync(file);
        var ends = new List<int> { (int)reader.Position };
        while (await reader.ReadAsync() is not null) ends.Add((int)reader.Position);
        byte[] first = whole[ends[0]..ends[1]];
        byte[] second = whole[ends[1]..ends[2]];
        await AssertDamagedAsync([.. whole[..ends[0]], .. second, .. first, .. whole[ends[2]..]]);
        await AssertDamagedAsync([.. whole[..ends[0]], .. whole[ends[1]..]]);
        await AssertDamagedAsync([.. whole[..ends[0]], .. first, .. first, .. whole[ends[1]..]]);
        await AssertDamagedAsync([.. whole[..ends[^2]], .. whole[ends[^1]..]]);

        static async Task AssertDamagedAsync(byte[] bytes)
        {
            using var damaged = new MemoryStream(bytes);
            Assert.That(async () => await ReadAsync(damaged), Refused("damaged at byte"));
            await Task.CompletedTask;
        }
    }

    [Test]
    public async Task Open_LaterVersionOrHugeLength_IsRefusedBeforeAnythingIsAllocated()
    {
        byte[] whole = await BytesOfAsync(World(1, null, 1));
        byte[] later = [.. whole];
        later[9] = 3;
        Assert.That(async () => await ReadAsync(new MemoryStream(later)), Refused("version 3; this program reads version 2."));
        later[9] = 1;
        Assert.That(async () => await ReadAsync(new MemoryStream(later)), Refused("export the state again"));
        byte[] huge = [.. whole];
        huge[StateFile.HeadBytes + StateFile.ChecksumBytes + 1] = 0x7f;
        Assert.That(async () => await ReadAsync(new MemoryStream(huge)), Refused("more than"));
        byte[] note = [.. whole];
        note[StateFile.HeadBytes - 4] = 0x7f;
        Assert.That(async () => await ReadAsync(new MemoryStream(note)), Refused("a note of"));
    }

    [Test]
    public async Task Write_Note_IsFoundByReaders()
    {
        StoredWorld world = World(2, null, 2);
        using var file = new MemoryStream();
        await StateFileWriter.WriteAsync(world.Store, world.Profile, file, note: new byte[] { 1, 2, 3 });
        Assert.That((await ReadAsync(file)).Head.Note.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Refused(string why) => Throws.TypeOf<InvalidDataException>().With.Message.Contains(why);

    private static async Task<StoredTip> WriteAsync(StoredWorld world, MemoryStream file, ulong? height = null) =>
        await StateFileWriter.WriteAsync(world.Store, world.Profile, file, height);

    private static async Task<byte[]> BytesOfAsync(StoredWorld world)
    {
        using var file = new MemoryStream();
        await WriteAsync(world, file);
        return file.ToArray();
    }

    private static async Task<Content> ReadAsync(MemoryStream file)
    {
        file.Position = 0;
        StateFileReader reader = await StateFileReader.OpenAsync(file);
        var content = new Content(reader.Head, [], []);
        while (await reader.ReadAsync() is { } record)
        {
            if (record is StateRecord.Heads heads) content.Heads.AddRange(heads.Items.Select(Describe));
            if (record is StateRecord.Block block) content.Block = block.Encoded.ToArray();
            if (record is StateRecord.Slice slice) content.Slices.Add(slice.Content);
        }

        Assert.That((reader.IsEnded, reader.Position), Is.EqualTo((true, file.Length)));
        return content;
    }

    private static string Describe(StateRecord.Head head) =>
        $"{Convert.ToHexString(head.Header.Span)} {Convert.ToHexString(head.RuleState.Span)} {head.ChainWeight}";

    private static IEnumerable<string> HeadsOf(StoredWorld world, ulong height) => Enumerable.Range(0, (int)height + 1)
        .Select(at => world.Store.FindHead(world.IdAt((ulong)at))!).Select(head => Describe(new StateRecord.Head(head.Header, head.RuleState, head.ChainWeight)));

    private LedgerState StateOf(StoredWorld world, Content content, ulong height)
    {
        StoredHead head = world.Store.FindHead(world.IdAt(height))!;
        BlockHeader header = HeadCodec.Read(head, format, world.Profile.Limits).Header;
        Assert.That(StateCheckpoint.Read(content.Slices, format.Traits, header.StateRoot, out LedgerState? state).IsValid, Is.True);
        return state!;
    }

    private StoredWorld World(int blocks, int? checkpoint, int height, int seed = Seed)
    {
        var world = new StoredWorld(format, seed);
        world.Grow(checkpoint ?? blocks);
        if (checkpoint is not null) world.Save();
        return world.Grow(height - (int)world.Height);
    }

    private sealed record Content(StateFileHead Head, List<string> Heads, List<ReadOnlyMemory<byte>> Slices)
    {
        public byte[] Block { get; set; } = [];
    }

    private sealed class Synchronous(Action<FileProgress> report) : IProgress<FileProgress>
    {
        public void Report(FileProgress value) => report(value);
    }

    /// <summary>A file whose writer is cancelled when it has become so long.</summary>
    private sealed class Watched(MemoryStream inner, long most, CancellationTokenSource cancellation) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => inner.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count)
        {
            inner.Write(buffer, offset, count);
            if (inner.Length > most) cancellation.Cancel();
        }
    }
}
