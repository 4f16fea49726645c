using System.Text;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Cli.Wallet;

namespace Coniunctum.Node.Tests;

/// <summary>A person who answers the questions at a terminal one after the other; who has no answer left interrupts.</summary>
internal sealed class Typist(params string[] answers) : IPrompt
{
    public List<string> Questions { get; } = [];

    /// <summary>What the terminal sends.</summary>
    public Encoding Encoding { get; init; } = Encoding.UTF8;

    public Task<SecretText?> AskAsync(string question, CancellationToken cancellation)
    {
        Questions.Add(question);
        if (Questions.Count > answers.Length) throw new InterruptedException();
        var text = new SecretText(SecretText.MaxLineBytes);
        foreach (byte value in Encoding.GetBytes(answers[Questions.Count - 1])) text.TryAdd(value);
        return Task.FromResult<SecretText?>(text);
    }
}
