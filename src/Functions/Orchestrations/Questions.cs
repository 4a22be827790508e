using System.Globalization;
using Jobs.Functions.Activities;
using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>How an orchestration waits for an answer: durably, with no process kept alive and nothing polled.</summary>
internal static class Questions
{
    /// <summary>So that the activity that looks after the timer finds the question expired, whichever clock is ahead.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    /// <summary>The event that says that question <paramref name="number"/> was answered or withdrawn. Each has its own, so that a late event closes no later question.</summary>
    public static string ClosedEvent(int number) => string.Create(CultureInfo.InvariantCulture, $"QuestionClosed{number}");

    /// <summary>Returns once the question was closed or has expired; what became of it stands in the job.</summary>
    public static async Task WaitUntilClosedAsync(TaskOrchestrationContext context, OpenQuestion question)
    {
        using var stop = new CancellationTokenSource();
        var expired = context.CreateTimer((question.ExpiresAt + Margin).UtcDateTime, stop.Token);
        await Task.WhenAny(context.WaitForExternalEvent<bool>(ClosedEvent(question.Number)), expired);
        stop.Cancel();
    }
}
