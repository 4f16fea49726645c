using System.Globalization;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.Applications;

/// <summary>Does what its callers write, one command a line: what an application can do, right and wrong.</summary>
internal sealed class ScriptApplication(uint number, string name = "script/1") : ILedgerApplication
{
    public AppId Id => new(number);

    public string Name => name;

    /// <summary>The script that runs at the beginning of every block.</summary>
    public string AtBeginning { get; init; } = "";

    /// <summary>The script that runs at the end of every block.</summary>
    public string AtEnd { get; init; } = "";

    /// <summary>A context that a call has kept, as none should.</summary>
    public ApplicationContext? Kept { get; private set; }

    public CallOutcome Admit(Call call, ApplicationView state)
    {
        string[] words = System.Text.Encoding.UTF8.GetString(call.Data.Span).Split(' ');
        switch (words[0])
        {
            case "nonsense":
                return CallOutcome.Refused("nonsense");
            case "absent" when !state.Get(Bytes(words[1])).IsEmpty:
                return CallOutcome.Refused($"there is {words[1]}");
            case "ponder":
                while (true) state.Charge(1);
            default:
                return CallOutcome.Done;
        }
    }

    public CallOutcome Execute(Call call, ApplicationContext state) => Run(System.Text.Encoding.UTF8.GetString(call.Data.Span), state);

    public void BeginBlock(ApplicationContext state) => Run(AtBeginning, state);

    public void EndBlock(ApplicationContext state) => Run(AtEnd, state);

    private CallOutcome Run(string script, ApplicationContext state)
    {
        foreach (string[] words in script.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')))
        {
            switch (words[0])
            {
                case "set":
                    state.Set(Bytes(words[1]), Bytes(words[2]));
                    break;
                case "delete":
                    state.Delete(Bytes(words[1]));
                    break;
                case "copy":
                    state.Set(Bytes(words[2]), state.Get(Bytes(words[1])).Span);
                    break;
                case "count":
                    state.Set("count"u8, [(byte)(state.Get("count"u8) is { IsEmpty: false } count ? count.Span[0] + 1 : 1)]);
                    break;
                case "height":
                    state.Set("height"u8, Plain.Be(state.Height));
                    break;
                case "history":
                    state.Set(Bytes(words[1]), state.HistoryRoot.AsSpan());
                    break;
                case "pay":
                    if (!state.TryPay(new Address(Plain.Fill(Convert.ToByte(words[1], 16))), ulong.Parse(words[2]))) return CallOutcome.Refused($"cannot pay {words[2]}");
                    break;
                case "refuse":
                    return CallOutcome.Refused("as asked");
                case "nothing":
                    return default;
                case "throw":
                    throw new NotSupportedException("a fault of the application");
                case "hush":
                    throw new MuteException();
                case "fault":
                    throw (Exception)RuntimeHelpers.GetUninitializedObject(Type.GetType(words[1])!);
                case "keep":
                    Kept = state;
                    break;
                case "kept":
                    Kept!.Set("a"u8, [2]);
                    break;
                case "loop":
                    while (true) state.Charge(1);
                case "read":
                    while (true) state.Get("any"u8);
                case "write":
                    while (true) state.Set("any"u8, [1]);
                case "charge":
                    state.Charge(uint.Parse(words[1]));
                    break;
                case "stubborn":
                    Stubborn(state, words[1]);
                    break;
                default:
                    return CallOutcome.Refused($"unknown command {words[0]}");
            }
        }

        return CallOutcome.Done;
    }

    /// <summary>Catches what should have ended it, and goes on.</summary>
    private static void Stubborn(ApplicationContext state, string what)
    {
        for (int i = 0; i < 5; i++)
        {
            try
            {
                if (what == "loop")
                {
                    while (true) state.Charge(1_000);
                }

                if (what == "read")
                    state.Get("a"u8);
                else
                    state.Set(new byte[1_000], [1]);
            }
            catch (Exception ended)
            {
                // On purpose; it even tells itself apart from others.
                if (ended is NotSupportedException) throw;
            }
        }
    }

    private static byte[] Bytes(string word) => word.StartsWith('*') ? new byte[int.Parse(word[1..], CultureInfo.InvariantCulture)] : System.Text.Encoding.UTF8.GetBytes(word);

    /// <summary>An exception that says nothing about itself, and throws when it is asked.</summary>
    private sealed class MuteException : Exception
    {
        public override string Message => throw new MuteException();

        public override System.Collections.IDictionary Data => throw new MuteException();

        public override string? StackTrace => throw new MuteException();

        public override string ToString() => throw new MuteException();
    }
}
