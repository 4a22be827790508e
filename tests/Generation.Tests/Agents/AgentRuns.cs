using System.Text;
using System.Text.Json.Nodes;
using Jobs.Domain.Compilation;
using Jobs.Domain.Sandbox;
using Jobs.Domain.Widgets;
using Jobs.Execution.Compilation;
using Jobs.Execution.Sandbox;
using Jobs.Execution.Tests.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Generation.Tests.Agents;

/// <summary>Compiles generated agents with the real compiler, many in one program, and runs them.</summary>
internal static class AgentRuns
{
    /// <summary>A program has room for 200 files.</summary>
    private const int AgentsPerProgram = 60;

    /// <summary>Programs of all agents; a run's input names the agent by its number in the program and holds its own input.</summary>
    public static Task<IReadOnlyList<string>> CompileAsync(IReadOnlyList<GeneratedAgent> agents) => CompileAsync([.. agents.Select(agent => agent.Modules)]);

    /// <inheritdoc cref="CompileAsync(IReadOnlyList{GeneratedAgent})"/>
    public static async Task<IReadOnlyList<string>> CompileAsync(IReadOnlyList<IReadOnlyDictionary<string, string>> agents)
    {
        var temp = Directory.CreateTempSubdirectory("jobs-agents-");
        using var compiler = new SourceCompiler(new() { TempFolder = temp.FullName }, TimeProvider.System, NullLogger<SourceCompiler>.Instance);
        var programs = new List<string>();
        foreach (var some in agents.Chunk(AgentsPerProgram))
        {
            var numbers = Enumerable.Range(0, some.Length).ToList();
            var files = numbers.SelectMany(i => some[i].Select(module => KeyValuePair.Create($"agent{i}/{module.Key}", module.Value))).Append(new(
                "functions/main.ts",
                $$"""
                {{string.Concat(numbers.Select(i => $"import agent{i} from \"../agent{i}/functions/main\";\n"))}}
                const agents: readonly ((input: any, context: AgentContext) => unknown)[] = [{{string.Join(", ", numbers.Select(i => $"agent{i}"))}}];
                export default (input: { agent: number; input: unknown }, context: AgentContext) => agents[input.agent]!(input.input, context);
                """));
            Assert.True(SourceFiles.TryCreate(files, out var sources, out var error), error);
            var result = await new AgentCompiler(compiler).CompileAsync(sources, CancellationToken.None);
            Assert.True(result is AgentCompileResult.Succeeded, (result as AgentCompileResult.Failed)?.Details);
            programs.Add(((AgentCompileResult.Succeeded)result).Code);
        }

        compiler.Dispose();
        temp.Delete(recursive: true);
        return programs;
    }

    /// <summary>Runs each agent once, in the sandbox, with a value for every secret that it needs and the answers that its requests get.</summary>
    public static async Task<IReadOnlyList<AgentRun>> RunAsync(IReadOnlyList<(GeneratedAgent Agent, JsonNode Input, IReadOnlyList<FakeAnswer> Answers)> runs)
    {
        var programs = await CompileAsync([.. runs.Select(run => run.Agent)]);
        var temp = Directory.CreateTempSubdirectory("jobs-agents-");
        using var sandbox = new DenoSandbox(new() { TempFolder = temp.FullName }, TimeProvider.System, NullLogger<DenoSandbox>.Instance);
        var results = await Task.WhenAll(runs.Select(async (run, i) =>
        {
            var calls = 0;
            var network = new SandboxNetworkFake(request => Interlocked.Increment(ref calls) <= run.Answers.Count
                ? run.Answers[calls - 1].ToResponse(request.Url)
                : throw new SandboxNetworkException($"no answer for {request.Url}"));
            var result = await sandbox.RunAsync(
                new SandboxRequest(
                    programs[i / AgentsPerProgram],
                    new JsonObject { ["agent"] = i % AgentsPerProgram, ["input"] = run.Input.DeepClone() }.ToJsonString(),
                    new SandboxContext("a", "r", "manual", GeneratedAgent.Now),
                    run.Agent.Manifest.Secrets.ToDictionary(name => name, name => $"value of {name}"),
                    network),
                CancellationToken.None);
            return new AgentRun(result.Output, result.Error?.Message.Split('\n')[0].Replace("Error: ", "", StringComparison.Ordinal), [.. network.Requests.Select(SentRequest.Of)]);
        }));
        sandbox.Dispose();
        temp.Delete(recursive: true);
        return results;
    }
}

/// <summary>What a run gave.</summary>
internal sealed record AgentRun(string? Output, string? Error, IReadOnlyList<SentRequest> Requests);

/// <summary>A request that the code sent.</summary>
internal sealed record SentRequest(string Method, string Url, Dictionary<string, string> Headers, string Body)
{
    public static SentRequest Of(SandboxHttpRequest request) => new(
        request.Method,
        request.Url,
        request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase),
        Encoding.UTF8.GetString(request.Body.Span));
}

/// <summary>What a request gets, in the order of the requests.</summary>
internal sealed record FakeAnswer(string Body, int Status = 200, string Type = "application/json")
{
    public SandboxHttpResponse ToResponse(string url) => new(Status, url, [new("content-type", Type)], Encoding.UTF8.GetBytes(Body));
}
