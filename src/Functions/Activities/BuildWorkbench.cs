using System.Diagnostics;
using System.Text.Json;
using Jobs.Domain.Agents;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Sandbox;
using Jobs.Domain.Widgets;
using Jobs.Functions.Capacity;
using Jobs.Functions.Runs;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Activities;

/// <summary>The compilers and the sandbox, for the generator of one build: a trial takes a place among its organisation's compiles or runs, as any other does.</summary>
internal sealed class BuildWorkbench(
    Job job,
    IWidgetCompiler widgetCompiler,
    IAgentCompiler agentCompiler,
    IAgentSandbox sandbox,
    WorkTurns turns,
    TimeProvider time,
    DurableTaskClient client) : IWorkbench
{
    /// <inheritdoc/>
    public Task<string?> CheckAsync(SourceFiles files, CancellationToken cancellationToken) => InTurnAsync(
        turns.Compiles,
        async () => job.Kind switch
        {
            JobKind.WidgetBuild => (await widgetCompiler.CompileAsync(files, _ => Task.CompletedTask, cancellationToken) as CompileResult.Failed)?.Details,
            JobKind.AgentBuild => AgentManifestReader.TryRead(files, out _, out var error)
                ? (await agentCompiler.CompileAsync(files, cancellationToken) as AgentCompileResult.Failed)?.Details
                : error,
            JobKind.Work or JobKind.Repository => throw new UnreachableException("Work builds nothing."),
        });

    /// <inheritdoc/>
    public async Task<Trial> TryAsync(SourceFiles files, string input, CancellationToken cancellationToken)
    {
        if (!AgentManifestReader.TryRead(files, out var manifest, out var error))
        {
            return new Trial(null, error, "");
        }

        var compiled = await InTurnAsync(turns.Compiles, () => agentCompiler.CompileAsync(files, cancellationToken));
        if (compiled is not AgentCompileResult.Succeeded { Code: var code })
        {
            return new Trial(null, ((AgentCompileResult.Failed)compiled).Details, "");
        }

        // A run would be refused as well: what the function makes of such an input is nobody's concern.
        if (ProgramStore.Validate(new AgentProgram(manifest, code), JsonElement.Parse(input)) is [var violation, ..])
        {
            return new Trial(null, $"The input does not fit the input schema: {(violation.Path.Length > 0 ? violation.Path : "the input")} {violation.Message}", "");
        }

        var context = new SandboxContext(job.ResourceId, job.Id, "manual", time.GetUtcNow());
        var result = await InTurnAsync(
            turns.Runs, () => sandbox.RunAsync(new SandboxRequest(code, input, context, new Dictionary<string, string>(), Network: null), cancellationToken));
        return new Trial(result.Output, result.Error?.Message, result.Logs);
    }

    private async Task<T> InTurnAsync<T>(WorkSlots slots, Func<Task<T>> work)
    {
        var (isDone, result) = await turns.RunAsync<(bool, T?)>(slots, job.Tenant, job.Id, async () => (true, await work()), (false, default), client);
        return isDone ? result! : throw new WorkbenchBusyException();
    }
}
