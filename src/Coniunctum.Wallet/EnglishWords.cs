using System.Collections.Immutable;

namespace Coniunctum.Wallet;

/// <summary>The 2048 English words of BIP-39, in alphabetical order; the first four letters tell them apart.</summary>
internal static partial class EnglishWords
{
    /// <summary>How many words there are: each stands for 11 bits.</summary>
    public const int Count = 2048;

    /// <summary>The length of the longest word in characters.</summary>
    public const int MaxLength = 8;

    private static readonly string[] s_words = Text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Returns a word.</summary>
    public static string At(int index) => s_words[index];

    /// <summary>Returns a word's index, or −1. Letters may be of either case, and as wide as ideographs.</summary>
    public static int IndexOf_Vartime(ReadOnlySpan<char> word)
    {
        if (word.Length > MaxLength) return -1;
        Span<char> folded = stackalloc char[MaxLength];
        folded = folded[..word.Length];
        for (int i = 0; i < word.Length; i++) folded[i] = Fold(word[i]);
        int low = 0;
        int high = Count - 1;
        int found = -1;
        while (low <= high && found < 0)
        {
            int middle = (low + high) / 2;
            int order = s_words[middle].AsSpan().SequenceCompareTo(folded);
            if (order == 0)
                found = middle;
            else if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        folded.Clear();
        return found;
    }

    /// <summary>Returns up to four words that a mistyped or shortened one may have been, the nearest first.</summary>
    public static ImmutableArray<string> Near(ReadOnlySpan<char> word)
    {
        const int most = 4;
        const int maxTyped = 2 * MaxLength;
        if (word.Length is 0 or > maxTyped) return [];
        var found = new List<(int Distance, string Word)>();
        foreach (string candidate in s_words)
        {
            int distance = IsBeginning(word, candidate) ? 0 : Distance(word, candidate);
            if (distance <= 2 && distance < word.Length) found.Add((distance, candidate));
        }

        return [.. found.OrderBy(pair => pair.Distance).ThenBy(pair => pair.Word, StringComparer.Ordinal).Take(most).Select(pair => pair.Word)];
    }

    /// <summary>Lower case, and of the wide letters that stand beside ideographs (U+FF21 …) those of ASCII, as NFKD has it.</summary>
    private static char Fold(char letter)
    {
        const char firstWide = '\uFF01';
        const char lastWide = '\uFF5E';
        return char.ToLowerInvariant(letter is >= firstWide and <= lastWide ? (char)(letter - firstWide + '!') : letter);
    }

    /// <summary>Whether a word was shortened: four letters tell all words apart, and some people keep no more of each.</summary>
    private static bool IsBeginning(ReadOnlySpan<char> typed, string word)
    {
        const int fewest = 3;
        if (typed.Length < fewest || typed.Length >= word.Length) return false;
        for (int i = 0; i < typed.Length; i++)
        {
            if (Fold(typed[i]) != word[i]) return false;
        }

        return true;
    }

    /// <summary>How many letters must be changed, added, dropped or swapped with their neighbour.</summary>
    private static int Distance(ReadOnlySpan<char> typed, string word)
    {
        Span<int> beforeLast = stackalloc int[MaxLength + 1];
        Span<int> last = stackalloc int[MaxLength + 1];
        Span<int> row = stackalloc int[MaxLength + 1];
        for (int j = 0; j <= word.Length; j++) last[j] = j;
        for (int i = 1; i <= typed.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= word.Length; j++)
            {
                int change = Fold(typed[i - 1]) == word[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                if (i > 1 && j > 1 && Fold(typed[i - 1]) == word[j - 2] && Fold(typed[i - 2]) == word[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }

            Span<int> oldest = beforeLast;
            beforeLast = last;
            last = row;
            row = oldest;
        }

        return last[word.Length];
    }
}
