using System.Collections.Concurrent;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>
/// Connections of their own for those who read blocks, so that they do not wait for a commit that is under way: each read sees what
/// was committed when it began. One is opened when those that there are all read, up to a few. Safe to use from all threads.
/// </summary>
/// <param name="open">Opens a connection that only reads.</param>
internal sealed class ChainReaders(Func<Database> open) : IDisposable
{
    private static readonly int s_most = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly SemaphoreSlim _free = new(s_most);
    private readonly ConcurrentStack<Reader> _idle = new();

    // Changed while no one reads.
    private bool _isClosed;

    /// <summary>Reads, and sees one moment whatever is committed meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public T Read<T>(Func<ChainRows, T> read)
    {
        _free.Wait();
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteChainStore));
            if (!_idle.TryPop(out Reader? reader)) reader = Reader.Begin(open());
            bool isSound = false;
            try
            {
                T result = reader.Read(read);
                isSound = true;
                return result;
            }
            finally
            {
                // One that has failed may still hold its moment, and would keep the WAL from being emptied.
                if (isSound)
                    _idle.Push(reader);
                else
                    reader.Dispose();
            }
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Does something while no one reads; one thread at a time.</summary>
    public void KeepOut(Action act)
    {
        for (int i = 0; i < s_most; i++) _free.Wait();
        try
        {
            act();
        }
        finally
        {
            _free.Release(s_most);
        }
    }

    /// <summary>Closes the connections, once no one reads. Whoever comes later is told that the store is closed.</summary>
    public void Dispose() => KeepOut(() =>
    {
        _isClosed = true;
        while (_idle.TryPop(out Reader? reader)) reader.Dispose();
    });

    private sealed class Reader(Database database) : IDisposable
    {
        private readonly ChainRows _rows = new(database);

        public static Reader Begin(Database database)
        {
            try
            {
                return new Reader(database);
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }

        public T Read<T>(Func<ChainRows, T> read)
        {
            database.BeginRead();
            try
            {
                return read(_rows);
            }
            finally
            {
                database.Rollback();
            }
        }

        public void Dispose() => database.Dispose();
    }
}
