using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>An app whose model is a scripted server.</summary>
internal static class AiBuilds
{
    /// <summary>An answer that writes the one file of a widget and is done.</summary>
    public static ScriptedAnswer Whole { get; } = OpenAiAnswers.StreamCalls(
        ("1", "write_file", JsonSerializer.Serialize(new { path = "src/App.tsx", content = "export default function App() { return <p>Hello</p>; }" })),
        ("2", "finish", """{"summary":"A greeting."}"""));

    /// <summary>An answer that only reads, so that another must follow. Each number reads another file: a model that repeats itself is stopped.</summary>
    public static ScriptedAnswer Reads(int number) => OpenAiAnswers.StreamCalls(("1", "read_file", $$"""{"path":"src/File{{number}}.tsx"}"""));

    public static Task<TestApp> StartAsync(ScriptedServer server, params string[] arguments) => StartAsync(server, time: null, data: null, arguments);

    public static Task<TestApp> StartAsync(ScriptedServer server, TimeProvider? time, string? data, params string[] arguments) => StartAsync(server, time, data, real: false, arguments);

    public static Task<TestApp> StartAsync(ScriptedServer server, TimeProvider? time, string? data, bool real, params string[] arguments) => TestApp.StartAsync(
        services =>
        {
            if (time is not null)
            {
                services.AddSingleton(time);
            }
        },
        real,
        data,
        arguments: ["--Ai:Endpoint", $"{server.Address}v1", "--Ai:Model", "scripted", "--Ai:Key", "sk-test", "--Ai:MaxOutputTokens", "256", .. arguments]);
}
