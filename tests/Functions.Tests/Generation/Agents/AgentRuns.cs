using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jobs.Domain.Compilation;
using Jobs.Domain.Widgets;
using Jobs.Functions.Compilation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Functions.Tests.Generation.Agents;

/// <summary>Compiles generated agents with the real compiler, many in one program, and runs them.</summary>
internal static class AgentRuns
{
    private const int AgentsPerProgram = 150;

    /// <summary>Programs of all agents; a run's input names the agent by its number and holds its own input.</summary>
    public static async Task<IReadOnlyList<string>> CompileAsync(IReadOnlyList<GeneratedAgent> agents)
    {
        var temp = Directory.CreateTempSubdirectory("jobs-agents-");
        using var compiler = new SourceCompiler(new() { TempFolder = temp.FullName }, TimeProvider.System, NullLogger<SourceCompiler>.Instance);
        var programs = new List<string>();
        foreach (var some in agents.Chunk(AgentsPerProgram))
        {
            var numbers = Enumerable.Range(0, some.Length).ToList();
            var files = numbers.Select(i => KeyValuePair.Create($"functions/agent{i}.ts", some[i].Code)).Append(new(
                "functions/main.ts",
                $$"""
                {{string.Concat(numbers.Select(i => $"import agent{i} from \"./agent{i}\";\n"))}}
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

    public static async Task<IReadOnlyList<AgentRun>> RunAsync(IReadOnlyList<(GeneratedAgent Agent, JsonNode Input, IReadOnlyList<FakeAnswer> Answers)> runs)
    {
        Assert.InRange(runs.Count, 1, AgentsPerProgram);
        var program = Assert.Single(await CompileAsync([.. runs.Select(run => run.Agent)]));
        var folder = Directory.CreateTempSubdirectory("jobs-agents-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "program.mjs"), program);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "runs.json"), JsonSerializer.Serialize(runs.Select((run, i) => new
        {
            input = new { agent = i, input = run.Input },
            secrets = run.Agent.Manifest.Secrets.ToDictionary(name => name, name => $"value of {name}"),
            answers = run.Answers,
        }), JsonSerializerOptions.Web));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "run.mjs"), $$"""
            import { readFileSync } from "node:fs";
            import main from "./program.mjs";
            console.log = () => {};
            const results = [];
            for (const { input, secrets, answers } of JSON.parse(readFileSync("runs.json", "utf8"))) {
              const requests = [];
              globalThis.fetch = async (target, init = {}) => {
                requests.push({ method: init.method ?? "GET", url: String(target), headers: init.headers ?? {}, body: init.body ?? "" });
                const answer = answers[requests.length - 1];
                if (!answer) throw new Error("no answer for " + target);
                return new Response(answer.body, { status: answer.status, headers: { "Content-Type": answer.type } });
              };
              try {
                const output = await main(input, { agentId: "a", runId: "r", trigger: "manual", now: "{{GeneratedAgent.Now:yyyy-MM-ddTHH:mm:ss.fffZ}}", secrets });
                results.push({ output: JSON.stringify(output), error: null, requests });
              } catch (error) {
                results.push({ output: null, error: String(error.message), requests });
              }
            }
            process.stdout.write(JSON.stringify(results));
            """);
        using var process = Process.Start(new ProcessStartInfo("node", "run.mjs") { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        Assert.True(output.Length > 0, await errors);
        folder.Delete(recursive: true);
        return JsonSerializer.Deserialize<List<AgentRun>>(output, JsonSerializerOptions.Web)!;
    }
}

/// <summary>What a run gave.</summary>
internal sealed record AgentRun(string? Output, string? Error, IReadOnlyList<SentRequest> Requests);

/// <summary>A request that the code sent.</summary>
internal sealed record SentRequest(string Method, string Url, Dictionary<string, string> Headers, string Body);

/// <summary>What a request gets, in the order of the requests.</summary>
internal sealed record FakeAnswer(string Body, int Status = 200, string Type = "application/json");
