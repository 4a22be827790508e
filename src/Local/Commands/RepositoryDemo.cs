using System.Diagnostics;
using System.Text.Json;

namespace Jobs.Local.Commands;

/// <summary>Changes a repository as a client of the documented HTTP API, contract 002.</summary>
internal sealed class RepositoryDemo(DemoApi api)
{
    /// <summary>What the demo's repository is called.</summary>
    public const string Name = "demo";

    /// <summary>Registers the repository in a folder and has it changed. Returns once the job has ended well, merged or with nothing to change; throws <see cref="DemoFailedException"/> otherwise.</summary>
    public async Task<RepositoryDemoResult> RunAsync(string instruction, string location, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        api.ShowKey();
        await api.SendAsync(HttpMethod.Post, "/api/repositories", new { name = Name, kind = "local", location, autoMerge = true }, cancellationToken);
        var created = await api.SendAsync(HttpMethod.Post, "/api/create-job", new { job = instruction, repository = Name }, cancellationToken);
        var jobId = DemoApi.Text(created, "job_id");
        var job = await api.ChangeAsync(jobId, cancellationToken);
        var pullRequest = await api.SendAsync(HttpMethod.Get, $"/api/jobs/{jobId}/pull-request", null, cancellationToken);
        return new RepositoryDemoResult(
            DemoApi.Text(job, "status"), DemoApi.Text(job, "branch"), job.GetProperty("log").GetString() ?? "", [.. DiffOf(pullRequest.GetProperty("diff"))], watch.Elapsed);
    }

    /// <summary>The diff as Git shows it, file by file.</summary>
    private static IEnumerable<string> DiffOf(JsonElement diff)
    {
        foreach (var file in diff.ValueKind is JsonValueKind.Object ? diff.GetProperty("files").EnumerateArray() : default)
        {
            var path = DemoApi.Text(file, "path");
            var oldPath = file.GetProperty("old_path").GetString() ?? path;
            var change = DemoApi.Text(file, "change");
            yield return $"--- {(change == "added" ? "/dev/null" : $"a/{oldPath}")}";
            yield return $"+++ {(change == "deleted" ? "/dev/null" : $"b/{path}")}";
            yield return file.GetProperty("patch").GetString()?.TrimEnd('\n') ?? "(not shown: a binary file, or one with too many lines)";
        }
    }
}
