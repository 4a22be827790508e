using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace Jobs.Local.Host;

/// <summary>
/// Fires the timer functions, in UTC, once the host accepts requests. A timer never overlaps itself; occurrences that pass while it runs, or
/// while the machine sleeps, are not made up for one by one.
/// </summary>
internal sealed partial class TimerService : IHostedLifecycleService
{
    /// <summary>The longest single wait: timers cannot wait for months, and a clock that was set is noticed by then.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly List<(LocalFunction Function, CrontabSchedule Schedule)> _timers;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _time;
    private readonly ILogger<TimerService> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public TimerService(IEnumerable<LocalFunction> functions, IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        _timers = [.. functions.Where(f => f.Trigger is TimerTriggerAttribute).Select(f => (f, Schedule(f, configuration)))];
        _scopes = services.GetRequiredService<IServiceScopeFactory>();
        // The real worker registers no TimeProvider either: an app that wants one brings it.
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _logger = services.GetRequiredService<ILogger<TimerService>>();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(_timers.Select(t => RunAsync(t.Function, t.Schedule)));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private DateTime UtcNow => _time.GetUtcNow().UtcDateTime;

    private async Task RunAsync(LocalFunction function, CrontabSchedule schedule)
    {
        try
        {
            var last = DateTime.MinValue;
            for (var due = schedule.GetNextOccurrence(UtcNow); ; due = schedule.GetNextOccurrence(Later(due, UtcNow)))
            {
                await WaitUntilAsync(due);
                var now = UtcNow;
                var info = new TimerInfo
                {
                    IsPastDue = schedule.GetNextOccurrence(due) <= now,
                    ScheduleStatus = new ScheduleStatus { Last = last, Next = schedule.GetNextOccurrence(Later(due, now)), LastUpdated = now },
                };
                await InvokeAsync(function, info);
                last = due;
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task InvokeAsync(LocalFunction function, TimerInfo info)
    {
        await using var scope = _scopes.CreateAsyncScope();
        try
        {
            await function.InvokeAsync(new Invocation(scope.ServiceProvider, info, _stopping.Token));
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            FunctionFailed(function.Name, exception);
        }
    }

    private async Task WaitUntilAsync(DateTime due)
    {
        for (var wait = due - UtcNow; wait > TimeSpan.Zero; wait = due - UtcNow)
        {
            // Rounded up: Task.Delay drops what is less than a millisecond, and would not wait at all for the rest.
            var milliseconds = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
            await Task.Delay(milliseconds < LongestWait ? milliseconds : LongestWait, _time, _stopping.Token);
        }
    }

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;

    private static CrontabSchedule Schedule(LocalFunction function, IConfiguration configuration)
    {
        var expression = ((TimerTriggerAttribute)function.Trigger).Schedule;
        if (expression is ['%', .. var name, '%'])
        {
            expression = configuration[name] ?? throw function.Refused($"its schedule is in the setting '{name}', which does not exist");
        }

        return CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = true })
            ?? throw function.Refused($"its schedule '{expression}' is not an NCRONTAB expression of six fields");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Timer function '{Function}' failed.")]
    private partial void FunctionFailed(string function, Exception exception);
}
