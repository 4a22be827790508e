using Jobs.Execution.Compilation;
using Jobs.Execution.Isolation;
using Jobs.Execution.Sandbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Tests.Health;

/// <summary>The whole app on a machine that offers more or less isolation, with a demand for it.</summary>
public sealed class RequiredIsolationTests
{
    private static readonly string[] Demand = [$"--{IsolationOptions.Setting}", IsolationLevel.Namespaces.WordOf()];

    [Fact]
    public async Task App_does_not_start_where_the_machine_offers_less_and_says_which_setting_demands_more()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(AllowNone, real: true, arguments: Demand));

        Assert.Contains("The setting Jobs:RequireIsolation is 'namespaces', which this machine does not offer for everything.", error.Message);
        Assert.Contains("compilers: ", error.Message);
        Assert.Contains("agents: ", error.Message);
    }

    [Fact]
    public async Task App_starts_where_the_machine_offers_enough_and_has_tried_everything()
    {
        await using var app = await TestApp.StartAsync(real: true, arguments: Demand);

        using var response = await app.Anonymous.GetAsync("health/ready");

        var isolation = (await response.ReadJsonAsync()).GetProperty("isolation").EnumerateObject().ToDictionary(jail => jail.Name, jail => jail.Value.GetString());
        Assert.Equal(["compilers", "agents", "documents", "checks"], isolation.Keys);
        Assert.All(isolation.Values, level => Assert.True(IsolationWords.LevelOf(level!) >= IsolationLevel.Namespaces, level));
    }

    [Fact]
    public async Task Weak_isolation_is_told_where_nothing_is_demanded()
    {
        await using var app = await TestApp.StartAsync(AllowNone, real: true);

        for (var deadline = DateTime.UtcNow.AddSeconds(90); ; await Task.Delay(100))
        {
            using var response = await app.Anonymous.GetAsync("health/ready");
            var isolation = (await response.ReadJsonAsync()).GetProperty("isolation");
            if ((isolation.GetProperty("compilers").GetString(), isolation.GetProperty("agents").GetString()) is ("none", "none"))
            {
                return;
            }

            Assert.True(DateTime.UtcNow < deadline, $"{isolation}");
        }
    }

    [Fact]
    public async Task Word_that_is_no_isolation_is_refused_at_start()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(arguments: [$"--{IsolationOptions.Setting}", "strict"]));

        Assert.Equal("The setting Jobs:RequireIsolation must be one of none, root-directory, namespaces, full.", error.Message);
    }

    /// <summary>As a machine that allows neither a root directory nor a namespace.</summary>
    private static void AllowNone(IServiceCollection services) => services
        .AddSingleton(new CompilerOptions { Isolation = ProcessIsolation.None })
        .AddSingleton(new SandboxOptions { Isolation = ProcessIsolation.None });
}
