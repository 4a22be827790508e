using Jobs.Execution.Compilation;
using Jobs.Functions.Activities;
using Jobs.Functions.Capacity;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Tests;

/// <summary>The values of host.json on which the app's promises in Azure rest. docs/operations.md has where each was read.</summary>
public sealed class HostJsonTests
{
    /// <summary>DurableTask.Core renews the lock of an activity's message 30 seconds after the last time, and looks every 5 seconds whether that has come.</summary>
    private static readonly TimeSpan LatestRenewal = TimeSpan.FromSeconds(35);

    private static readonly IConfiguration HostJson = new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, "host.json")).Build();

    [Theory]
    [InlineData("controlQueueVisibilityTimeout")]
    [InlineData("workItemQueueVisibilityTimeout")]
    public void Message_of_a_dead_host_comes_back_within_a_minute_and_that_of_a_live_one_is_renewed_before(string option)
    {
        var timeout = Span($"extensions:durableTask:storageProvider:{option}");

        Assert.Equal(TimeSpan.FromMinutes(1), timeout);
        Assert.True(timeout > LatestRenewal);
    }

    [Fact]
    public void Timers_of_a_dead_host_go_on_within_half_a_minute()
    {
        // Both have 15 seconds for their least.
        Assert.Equal(TimeSpan.FromSeconds(15), Span("singleton:listenerLockPeriod"));
        Assert.Equal(TimeSpan.FromSeconds(15), Span("singleton:listenerLockRecoveryPollingInterval"));
    }

    [Fact]
    public void Activity_ends_before_the_host_would_end_the_worker_for_it()
    {
        var functionTimeout = Span("functionTimeout");

        Assert.True(CompilerLimits.Time < functionTimeout);
        Assert.True(BuildActivities.GenerationTimeLimit < functionTimeout);
        Assert.True(WorkLimits.StepTimeLimit + AiOptions.HighestTurnTimeLimit < functionTimeout);
    }

    [Fact]
    public void Calls_of_models_leave_room_for_other_activities()
    {
        const int ProcessorsOfAHost = 2;

        // Runs and compiles hold an activity only while they have a place, and there is one for each processor.
        Assert.True(HostJson.GetValue<int>("extensions:durableTask:maxConcurrentActivityFunctions") >= WorkTurns.MaxModelCalls + (4 * ProcessorsOfAHost));
    }

    [Theory]
    [InlineData("Azure.Core", LogLevel.Warning)] // each request to storage: 539 MB a day from an idle host
    [InlineData("Azure.Identity", LogLevel.Warning)]
    [InlineData("Function.GetJob", LogLevel.Warning)] // "Executing" and "Executed" of each poll; failures are errors
    [InlineData("Function.GetJob.User", LogLevel.Information)] // what the app says
    [InlineData("Host.Triggers.DurableTask", LogLevel.Warning)]
    [InlineData("DurableTask.AzureStorage", LogLevel.Warning)]
    [InlineData("Host.Startup", LogLevel.Information)]
    public void Log_has_what_is_worth_reading(string category, LogLevel least)
    {
        // As the host does it: the section is its logging configuration.
        using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddConfiguration(HostJson.GetSection("logging")).AddProvider(new Everything()))
            .BuildServiceProvider();

        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

        Assert.True(logger.IsEnabled(least));
        Assert.False(logger.IsEnabled(least - 1));
    }

    [Fact]
    public void Durable_traces_in_the_way_that_its_start_does_not_warn_of()
    {
        Assert.True(HostJson.GetValue<bool>("extensions:durableTask:tracing:distributedTracingEnabled"));
        Assert.Equal("V2", HostJson["extensions:durableTask:tracing:version"]);
    }

    private static TimeSpan Span(string option) => HostJson.GetValue<TimeSpan?>(option) ?? throw new InvalidOperationException($"host.json has no {option}.");

    private sealed class Everything : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
