using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>
/// The terminal of this process, showing nothing of what is typed until it is disposed. The framework's console switches the echo
/// off only while it reads a key, so that of a pasted password a part is shown.
/// </summary>
internal abstract class QuietTerminal : IDisposable
{
    /// <summary>Opens it; <c>null</c> where there is none.</summary>
    public static QuietTerminal? TryOpen()
    {
        if (OperatingSystem.IsWindows()) return Console.IsInputRedirected ? null : new WindowsTerminal();
        return UnixTerminal.TryOpenUnix();
    }

    /// <summary>Waits for the next byte; <c>null</c> at the end.</summary>
    public abstract byte? ReadByte();

    public abstract void Dispose();

    private sealed class WindowsTerminal : QuietTerminal
    {
        private readonly Queue<byte> _pending = [];

        public override byte? ReadByte()
        {
            Span<byte> bytes = stackalloc byte[8];
            Span<char> character = stackalloc char[2];
            int units = 0;
            while (_pending.Count == 0)
            {
                char key = Console.ReadKey(intercept: true).KeyChar;
                if (key == '\0') continue;

                // A character beyond U+FFFF comes as two keys, which are nothing on their own.
                character[units++] = key;
                if (units == 1 && char.IsHighSurrogate(key)) continue;
                int count = Encoding.UTF8.GetBytes(character[..units], bytes);
                foreach (byte value in bytes[..count]) _pending.Enqueue(value);
            }

            return _pending.Dequeue();
        }

        public override void Dispose()
        {
        }
    }

    private sealed unsafe class UnixTerminal : QuietTerminal
    {
        // struct termios has 60 bytes on Linux and 72 on macOS.
        private const int StateBytes = 256;

        private const int Now = 0; // TCSANOW

        private readonly FileStream _stream;
        private readonly byte[] _before = new byte[StateBytes];

        private UnixTerminal(FileStream stream) => _stream = stream;

        public static UnixTerminal? TryOpenUnix()
        {
            FileStream? stream = null;
            try
            {
                stream = new FileStream("/dev/tty", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
                var terminal = new UnixTerminal(stream);
                if (terminal.TryHush()) return terminal;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
            {
                // No terminal, or a system whose terminals are not known here: the password comes from elsewhere.
            }

            stream?.Dispose();
            return null;
        }

        public override byte? ReadByte()
        {
            byte value = 0;
            return _stream.Read(new Span<byte>(ref value)) == 1 ? value : null;
        }

        public override void Dispose()
        {
            fixed (byte* before = _before) _ = SetState(_stream.SafeFileHandle, Now, before);
            _stream.Dispose();
        }

        /// <summary>Raw: no echo, no lines, no signals from keys.</summary>
        private bool TryHush()
        {
            byte* state = stackalloc byte[StateBytes];
            fixed (byte* before = _before)
            {
                if (GetState(_stream.SafeFileHandle, before) != 0) return false;
                _before.CopyTo(new Span<byte>(state, StateBytes));
            }

            MakeRaw(state);
            return SetState(_stream.SafeFileHandle, Now, state) == 0;
        }

        [DllImport("libc", EntryPoint = "tcgetattr")]
        private static extern int GetState(SafeFileHandle terminal, byte* state);

        [DllImport("libc", EntryPoint = "tcsetattr")]
        private static extern int SetState(SafeFileHandle terminal, int when, byte* state);

        [DllImport("libc", EntryPoint = "cfmakeraw")]
        private static extern void MakeRaw(byte* state);
    }
}
