using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coniunctum.AspNetCore;

/// <summary>What the owner of the server is told and whoever asks is not. The ids of the events stay.</summary>
internal static partial class ApiLog
{
    /// <summary>Logs what a store could not do, with the exception.</summary>
    public static void StoreFault(HttpContext context, Exception exception)
    {
        if (context.RequestServices.GetService<ILoggerFactory>()?.CreateLogger("Coniunctum.AspNetCore") is { } logger) LogStoreFault(logger, exception);
    }

    /// <summary>Whether an exception is a store's.</summary>
    public static bool IsStoreFault(Exception exception) => exception is (IOException and not BadHttpRequestException) or InvalidDataException;

    [LoggerMessage(EventId = 1, EventName = "StoreFault", Level = LogLevel.Error, Message = "The ledger's store cannot be read.")]
    private static partial void LogStoreFault(ILogger logger, Exception exception);
}
