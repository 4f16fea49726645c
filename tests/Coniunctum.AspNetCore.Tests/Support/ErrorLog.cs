using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Coniunctum.AspNetCore.Tests.Support;

/// <summary>Keeps the errors that are logged.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(string? Name, Exception? Exception)> Errors { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Errors.Enqueue((eventId.Name, exception));
    }

    public void Dispose()
    {
    }
}
