namespace Coniunctum;

/// <summary>Answers that someone waits for, perhaps no longer.</summary>
internal static class Answers
{
    public static TaskCompletionSource<T> New<T>()
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Whoever asked may have stopped waiting: a failure then is no one's.
        _ = answer.Task.ContinueWith(
            static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return answer;
    }
}
