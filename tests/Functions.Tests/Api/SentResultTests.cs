using System.Reflection;
using System.Text.Json;
using Jobs.Functions.Api.Shared;
using Jobs.Local.Host;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

/// <summary>The worker serialises what an HTTP function returned, after it was sent: nothing of an answer may be in it.</summary>
public sealed class SentResultTests
{
    [Fact]
    public void Sent_result_serialises_to_nothing_whatever_it_sends()
    {
        IResult result = new SentResult(Results.Bytes(new byte[1_000_000], "text/javascript"));

        Assert.Equal("{}", JsonSerializer.Serialize(result, result.GetType()));
    }

    [Fact]
    public async Task Every_HTTP_function_returns_a_sent_result_with_a_key_and_without()
    {
        await using var app = await TestApp.StartAsync();
        var functions = typeof(Program).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetParameters().Any(p => p.IsDefined(typeof(HttpTriggerAttribute))))
            .ToArray();

        Assert.True(functions.Length >= 11);
        foreach (var function in functions)
        {
            Assert.IsType<SentResult>(await CallAsync(app, function, key: null));
            Assert.IsType<SentResult>(await CallAsync(app, function, TestApp.Key));
        }
    }

    private static async Task<IResult> CallAsync(TestApp app, MethodInfo function, string? key)
    {
        var http = new DefaultHttpContext { RequestServices = app.Services };
        http.Request.Headers.Authorization = key is null ? default : $"Bearer {key}";
        var arguments = function.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(HttpRequest) ? http.Request
            : parameter.ParameterType == typeof(DurableTaskClient) ? app.Services.GetRequiredService<DurableService>().Client
            : (object)"Wbk5MPTfzx");
        return await (Task<IResult>)function.Invoke(ActivatorUtilities.CreateInstance(app.Services, function.DeclaringType!), [.. arguments])!;
    }
}
