using Coniunctum.Crypto;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Tests.Files;

[TestFixture]
internal sealed class BlockFileTests
{
    private static readonly LedgerLimits s_limits = new();

    [Test]
    public async Task Write_ThenRead_GivesTheChainBackAndTellsProgress()
    {
        using MemoryChainStore store = Chain(600);
        using var file = new MemoryStream();
        var told = new List<FileProgress>();
        ulong height = await BlockFileWriter.WriteAsync(store, file, s_limits, progress: new Synchronous(told.Add));
        Assert.That(height, Is.EqualTo(600));
        Assert.That(told, Is.EqualTo(new FileProgress[] { new(256, 600), new(512, 600), new(600, 600) }));
        Assert.That(await ReadAsync(file), Is.EqualTo(Blocks(store)));
    }

    [Test]
    public async Task Write_FileThatEndsAnywhere_ContinuesIt()
    {
        using MemoryChainStore store = Chain(4);
        byte[] whole = await WriteAsync(store);
        for (int length = BlockFile.HeadBytes + BlockFile.ChecksumBytes; length < whole.Length; length++)
        {
            using var file = new MemoryStream();
            file.Write(whole.AsSpan(0, length));
            await BlockFileWriter.WriteAsync(store, file, s_limits);
            Assert.That(file.ToArray(), Is.EqualTo(whole), $"cut off at {length}");
        }
    }

    [Test]
    public async Task Write_FileOfABranchThatLost_ReplacesWhatIsNotPartOfTheChain()
    {
        using MemoryChainStore store = Chain(6);
        using var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        store.Commit(new StoreBatch { Connected = [Block(4, salt: 9), Block(5, salt: 9)] });
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        Assert.That(await ReadAsync(file), Is.EqualTo(Blocks(store)));
        Assert.That(file.ToArray(), Is.EqualTo(await WriteAsync(store)));
    }

    [Test]
    public async Task Write_Cancelled_LeavesWhatTheNextCallContinues()
    {
        using MemoryChainStore store = Chain(600);
        using var file = new MemoryStream();
        using var cancellation = new CancellationTokenSource();
        Assert.That(
            async () => await BlockFileWriter.WriteAsync(store, file, s_limits, progress: new Synchronous(_ => cancellation.Cancel()), cancellation: cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await ReadAsync(file), Throws.TypeOf<InvalidDataException>().With.Message.Contains("cut off"));
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        Assert.That(await ReadAsync(file), Is.EqualTo(Blocks(store)));
    }

    [Test]
    public void Write_StoreThatLacksWhatIsAsked_SaysSo()
    {
        using var empty = new MemoryChainStore();
        using var file = new MemoryStream();
        Assert.That(async () => await BlockFileWriter.WriteAsync(empty, file, s_limits), Throws.TypeOf<InvalidDataException>().With.Message.Contains("empty"));
        using MemoryChainStore pruned = Chain(5);
        pruned.Commit(new StoreBatch { Slice = new CheckpointSlice(pruned.IdAt(4)!.Value, 4, 0, default, true) }, new StoreBatch { PruneBodiesBelow = 3 });
        Assert.That(async () => await BlockFileWriter.WriteAsync(pruned, file, s_limits), Throws.TypeOf<InvalidDataException>().With.Message.Contains("height 1"));
    }

    [Test]
    public async Task Read_AnyByteChanged_IsRefused()
    {
        using MemoryChainStore store = Chain(3);
        byte[] whole = await WriteAsync(store);
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
        using MemoryChainStore store = Chain(3);
        byte[] whole = await WriteAsync(store);
        for (int length = 0; length < whole.Length; length++)
        {
            using var file = new MemoryStream(whole[..length]);
            Assert.That(async () => await ReadAsync(file), Throws.TypeOf<InvalidDataException>().With.Message.Contains("cut off"));
        }
    }

    [Test]
    public async Task Open_AnotherChainOrALaterVersionOrAnotherFile_SaysWhich()
    {
        using MemoryChainStore store = Chain(1);
        byte[] whole = await WriteAsync(store);
        using var file = new MemoryStream(whole);
        using var other = new MemoryChainStore();
        other.Commit(new StoreBatch { Connected = [Block(0, salt: 1)] });
        Assert.That(
            async () => await BlockFileWriter.WriteAsync(other, file, s_limits),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("belongs to chain"));
        whole[9] = 2;
        using var later = new MemoryStream(whole);
        Assert.That(
            async () => await BlockFileReader.OpenAsync(later, s_limits),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("version 2"));
        using var letter = new MemoryStream(new byte[100]);
        Assert.That(
            async () => await BlockFileReader.OpenAsync(letter, s_limits),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("no file of blocks"));
    }

    [Test]
    public async Task Write_Note_IsFoundByReadersAndHasALimit()
    {
        using MemoryChainStore store = Chain(2);
        using var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, s_limits, new byte[] { 1, 2, 3 });
        await BlockFileWriter.WriteAsync(store, file, s_limits, new byte[] { 9 });
        file.Position = 0;
        BlockFileReader reader = await BlockFileReader.OpenAsync(file, s_limits);
        Assert.That((reader.Note.ToArray(), reader.Chain), Is.EqualTo((new byte[] { 1, 2, 3 }, Id(0, 0))), "what is continued keeps its own");
        Assert.That(
            async () => await BlockFileWriter.WriteAsync(store, new MemoryStream(), s_limits, new byte[BlockFile.MaxNoteBytes + 1]),
            Throws.ArgumentException);
    }

    [Test]
    public async Task Read_LengthBeyondTheLimits_IsRefusedBeforeItIsAllocated()
    {
        using MemoryChainStore store = Chain(1);
        byte[] whole = await WriteAsync(store);
        whole[BlockFile.HeadBytes + BlockFile.ChecksumBytes] = 0x7F;
        using var file = new MemoryStream(whole);
        Assert.That(async () => await ReadAsync(file), Throws.TypeOf<InvalidDataException>().With.Message.Contains("more than"));
    }

    private static BlockId Id(ulong height, byte salt) => new(Sha3_256.Hash([(byte)height, (byte)(height >> 8), salt]));

    private static StoredBlock Block(ulong height, byte salt = 0)
    {
        byte[] encoded = new byte[1 + (height % 7)];
        Array.Fill(encoded, (byte)(height + salt));
        return new StoredBlock(new StoredHead(Id(height, salt), height, default, default, Work.From(height)), encoded, default);
    }

    private static MemoryChainStore Chain(ulong tip)
    {
        var store = new MemoryChainStore();
        for (ulong height = 0; height <= tip; height++) store.Commit(new StoreBatch { Connected = [Block(height)] });
        return store;
    }

    private static List<string> Blocks(MemoryChainStore store)
    {
        var blocks = new List<string>();
        for (ulong height = 1; store.IdAt(height) is { } id; height++) blocks.Add($"{id} {Convert.ToHexString(store.ReadBlock(id)!.Value.Span)}");
        return blocks;
    }

    private static async Task<byte[]> WriteAsync(MemoryChainStore store)
    {
        using var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        return file.ToArray();
    }

    private static async Task<List<string>> ReadAsync(MemoryStream file)
    {
        file.Position = 0;
        BlockFileReader reader = await BlockFileReader.OpenAsync(file, s_limits);
        var blocks = new List<string>();
        while (await reader.ReadAsync() is { } record) blocks.Add($"{record.Id} {Convert.ToHexString(record.Encoded.Span)}");
        return blocks;
    }

    private sealed class Synchronous(Action<FileProgress> report) : IProgress<FileProgress>
    {
        public void Report(FileProgress value) => report(value);
    }
}
