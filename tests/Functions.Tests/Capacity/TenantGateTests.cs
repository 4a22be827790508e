using Jobs.Functions.Capacity;

namespace Jobs.Functions.Tests.Capacity;

public sealed class TenantGateTests
{
    [Fact]
    public async Task Organisation_that_has_as_many_as_it_may_waits_and_others_do_not()
    {
        var gate = new TenantGate(2);
        var first = await gate.EnterAsync("acme", CancellationToken.None);
        using var second = await gate.EnterAsync("acme", CancellationToken.None);

        var third = gate.EnterAsync("acme", CancellationToken.None);
        Assert.False(third.IsCompleted);
        using var other = await gate.EnterAsync("other", CancellationToken.None);
        Assert.False(third.IsCompleted);

        first.Dispose();
        first.Dispose();
        using var entered = await third;
        Assert.False(gate.EnterAsync("acme", CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_place()
    {
        var gate = new TenantGate(1);
        var first = await gate.EnterAsync("acme", CancellationToken.None);
        using var impatience = new CancellationTokenSource();
        var given = gate.EnterAsync("acme", impatience.Token);

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        first.Dispose();

        using var second = await gate.EnterAsync("acme", CancellationToken.None);
    }
}
