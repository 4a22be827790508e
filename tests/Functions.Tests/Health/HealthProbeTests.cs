using Jobs.Functions.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Jobs.Functions.Tests.Health;

public sealed class HealthProbeTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Limit_leaves_room_in_the_two_seconds_that_are_promised() => Assert.InRange(HealthProbe.Limit, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5));

    [Fact]
    public async Task Thing_that_hangs_is_unhealthy_when_the_limit_is_over_and_not_before()
    {
        var probe = new HealthProbe(_ => new TaskCompletionSource().Task, _time);

        var answer = AskAsync(probe);
        _time.Advance(HealthProbe.Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(answer.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(HealthStatus.Unhealthy, (await answer).Status);
    }

    [Fact]
    public async Task Thing_that_hangs_is_begun_once_and_what_it_finds_at_last_counts()
    {
        var begun = 0;
        var gate = new TaskCompletionSource();
        var probe = new HealthProbe(
            _ =>
            {
                Interlocked.Increment(ref begun);
                return gate.Task;
            },
            _time);

        for (var i = 0; i < 3; i++)
        {
            var hanging = AskAsync(probe);
            _time.Advance(HealthProbe.Limit);
            Assert.Equal(HealthStatus.Unhealthy, (await hanging).Status);
        }

        var last = AskAsync(probe);
        gate.SetResult();

        Assert.Equal(HealthStatus.Healthy, (await last).Status);
        Assert.Equal(1, begun);
        Assert.Equal(HealthStatus.Healthy, (await AskAsync(probe)).Status);
        Assert.Equal(2, begun);
    }

    [Fact]
    public async Task What_a_thing_throws_is_for_the_log()
    {
        var error = new IOException("The disk is gone.");

        var answer = await AskAsync(new HealthProbe(_ => throw error, _time));

        Assert.Equal((HealthStatus.Unhealthy, error), (answer.Status, answer.Exception));
    }

    private static Task<HealthCheckResult> AskAsync(HealthProbe probe) => probe.CheckHealthAsync(new HealthCheckContext(), CancellationToken.None);
}
