using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Local.Tests.Host;

public sealed class TimerTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 3, TimeSpan.Zero);

    private readonly ManualTimeProvider _time = new(Start);
    private readonly Occurrences _occurrences = new();

    [Fact]
    public async Task Timer_fires_at_each_occurrence_and_not_a_moment_before()
    {
        await using var host = await StartAsync("*/10 * * * * *");

        await MoveToAsync(9.999);
        await MoveToAsync(10);
        var first = await _occurrences.NextAsync();
        await MoveToAsync(20);
        var second = await _occurrences.NextAsync();

        Assert.Equal((10, null, 20, false), Describe(first));
        Assert.Equal((20, 10, 30, false), Describe(second));
    }

    [Fact]
    public async Task Occurrences_that_pass_while_the_machine_sleeps_make_one_that_is_past_due()
    {
        await using var host = await StartAsync("*/10 * * * * *");

        await MoveToAsync(57);
        var late = await _occurrences.NextAsync();
        await MoveToAsync(60);
        var next = await _occurrences.NextAsync();

        Assert.Equal((57, null, 60, true), Describe(late));
        Assert.Equal((60, 10, 70, false), Describe(next));
    }

    [Fact]
    public async Task Timer_does_not_overlap_itself_and_drops_what_passed_while_it_ran()
    {
        var running = new TaskCompletionSource();
        _occurrences.Body = _ => running.Task;
        await using var host = await StartAsync("*/10 * * * * *");

        await MoveToAsync(10);
        await _occurrences.NextAsync();
        _time.JumpTo(Start.AddSeconds(-3 + 45));
        Assert.False(_occurrences.Any);
        running.SetResult();
        await MoveToAsync(50);
        var next = await _occurrences.NextAsync();

        Assert.Equal((50, 10, 60, false), Describe(next));
        Assert.False(_occurrences.Any);
    }

    [Fact]
    public async Task Timer_goes_on_after_a_failure()
    {
        _occurrences.Body = _ => throw new InvalidOperationException("once");
        await using var host = await StartAsync("*/10 * * * * *");

        await MoveToAsync(10);
        await _occurrences.NextAsync();
        await MoveToAsync(20);

        Assert.Equal(20, Describe(await _occurrences.NextAsync()).Now);
    }

    [Fact]
    public async Task Wait_that_ends_between_two_milliseconds_is_not_spent_spinning()
    {
        _time.JumpTo(Start.AddMilliseconds(0.5));
        await using var host = await StartAsync("*/10 * * * * *");

        await MoveToAsync(9.9996);
        // Moves only when somebody waits on the clock.
        await MoveToAsync(10.001);

        Assert.Equal(10.001, Describe(await _occurrences.NextAsync()).Now, precision: 6);
    }

    [Fact]
    public async Task Occurrence_months_away_is_waited_for()
    {
        await using var host = await StartAsync("0 0 0 1 7 *");
        var due = new DateTimeOffset(2030, 7, 1, 0, 0, 0, TimeSpan.Zero);

        for (var now = Start; now < due; now += TimeSpan.FromDays(30))
        {
            await _time.WaitForWaiterAsync();
            _time.JumpTo(now);
            Assert.False(_occurrences.Any);
        }

        await _time.WaitForWaiterAsync();
        _time.JumpTo(due);

        Assert.Equal(due.UtcDateTime, (await _occurrences.NextAsync()).ScheduleStatus!.LastUpdated);
    }

    [Fact]
    public async Task Stop_cancels_a_timer_that_runs()
    {
        var cancelled = false;
        _occurrences.Body = async cancellation =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            catch (OperationCanceledException)
            {
                cancelled = true;
                throw;
            }
        };
        var host = await StartAsync("*/10 * * * * *");
        await MoveToAsync(10);
        await _occurrences.NextAsync();

        await host.DisposeAsync();

        Assert.True(cancelled);
    }

    private Task<TestHost> StartAsync(string schedule) => TestHost.StartAsync(
        typeof(Timers),
        builder => builder.Services.AddSingleton<TimeProvider>(_time).AddSingleton(_occurrences),
        null,
        "--Timers:Schedule",
        schedule);

    private async Task MoveToAsync(double secondsAfterMidnight)
    {
        await _time.WaitForWaiterAsync();
        Assert.False(_occurrences.Any);
        _time.JumpTo(Start.AddSeconds(-3 + secondsAfterMidnight));
    }

    private static (double Now, double? Last, double Next, bool IsPastDue) Describe(TimerInfo info)
    {
        var status = info.ScheduleStatus!;
        return (Seconds(status.LastUpdated), status.Last == DateTime.MinValue ? null : Seconds(status.Last), Seconds(status.Next), info.IsPastDue);

        static double Seconds(DateTime time) => (time - Start.UtcDateTime.Date).TotalSeconds;
    }

    public sealed class Occurrences
    {
        private readonly Channel<TimerInfo> _seen = Channel.CreateUnbounded<TimerInfo>();

        public Func<CancellationToken, Task> Body { get; set; } = _ => Task.CompletedTask;

        public bool Any => _seen.Reader.Count > 0;

        public async Task<TimerInfo> NextAsync() => await _seen.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(100));

        public void Add(TimerInfo info) => _seen.Writer.TryWrite(info);
    }

    public sealed class Timers(Occurrences occurrences)
    {
        [Function("Timer")]
        public async Task Run([TimerTrigger("%Timers:Schedule%")] TimerInfo timer, CancellationToken cancellation)
        {
            occurrences.Add(timer);
            await occurrences.Body(cancellation);
        }
    }
}
