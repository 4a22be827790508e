using Microsoft.DurableTask.Client;

namespace Jobs.Local.Tests.Durable;

public class SuspensionTests
{
    [Fact]
    public async Task Suspended_instance_takes_events_but_goes_on_only_when_resumed()
    {
        await using var test = await Waiter().StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        await test.Client.SuspendInstanceAsync(id, "a reason");
        await test.IdleAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await test.GetAsync(id)).RuntimeStatus);

        await test.Client.RaiseEventAsync(id, "go", "while suspended");
        await test.IdleAsync();
        await test.RestartAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await test.GetAsync(id)).RuntimeStatus);

        await test.Client.ResumeInstanceAsync(id);
        Assert.Equal("while suspended", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Suspended_instance_can_be_terminated()
    {
        await using var test = await Waiter().StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        await test.Client.SuspendInstanceAsync(id);
        await test.IdleAsync();
        await test.Client.TerminateInstanceAsync(id, new TerminateInstanceOptions("enough"));
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await test.WaitAsync(id)).RuntimeStatus);
    }

    [Fact]
    public async Task Only_a_running_instance_is_suspended_and_only_a_suspended_one_resumed()
    {
        await using var test = await Waiter().StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Client.ResumeInstanceAsync(id));
        await test.Client.SuspendInstanceAsync(id);
        await test.IdleAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Client.SuspendInstanceAsync(id));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Client.SuspendInstanceAsync("nobody"));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Client.ResumeInstanceAsync("nobody"));
    }

    private static TestHub Waiter() => new TestHub().Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"));
}
