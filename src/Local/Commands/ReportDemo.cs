using System.Diagnostics;
using System.Text.Json;

namespace Jobs.Local.Commands;

/// <summary>Reads the sample documents, compares one with requirements, looks for risks and reports on all of it, as a client of the documented HTTP API, contract 003.</summary>
internal sealed class ReportDemo(DemoApi api)
{
    /// <summary>The user of the demo, for whom the development issuer gives a token.</summary>
    private const string User = "demo";

    private const string Agreement = "hosting-agreement.md";
    private const string Notes = "migration-notes.html";
    private const string Requirements = "requirements.json";

    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "SampleDocuments");

    /// <summary>
    /// Returns once the report is written, as a page, as Markdown and with its charts, into a folder of its own under <paramref name="folder"/>. Throws <see cref="DemoFailedException"/>
    /// otherwise.
    /// </summary>
    public async Task<ReportDemoResult> RunAsync(string folder, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await api.SignInAsync(User, cancellationToken);
        var agreement = await ParseAsync(Agreement, cancellationToken);
        var notes = await ParseAsync(Notes, cancellationToken);
        var requirements = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(Samples, Requirements), cancellationToken));
        var gaps = await api.AnalyseAsync("GAP_DETECTION", new { document = new { jobId = agreement }, requirements }, cancellationToken);
        var risks = await api.AnalyseAsync("RISK_ANALYSIS", new { documents = new[] { new { jobId = agreement }, new { jobId = notes } } }, cancellationToken);
        var report = await api.AnalyseAsync(
            "REPORT_GENERATION", new { title = "The move to Northwater", jobs = new[] { agreement, notes, gaps.JobId, risks.JobId } }, cancellationToken);
        return new ReportDemoResult(gaps.Result, risks.Result, report.Result, await SaveAsync(report.Result, Path.Combine(folder, "report"), cancellationToken), watch.Elapsed);
    }

    /// <summary>Sends a file and has it read; the job that did.</summary>
    private async Task<string> ParseAsync(string file, CancellationToken cancellationToken)
    {
        var documentId = await api.SendDocumentAsync(Path.Combine(Samples, file), cancellationToken);
        return (await api.AnalyseAsync("PARSE_DOCUMENT", new { documentId, format = Path.GetExtension(file)[1..] }, cancellationToken)).JobId;
    }

    private static async Task<IReadOnlyList<string>> SaveAsync(JsonElement report, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var saved = new List<string>();
        await SaveOneAsync("report.html", DemoApi.Text(report, "html"));
        await SaveOneAsync("report.md", DemoApi.Text(report, "markdown"));
        foreach (var (number, chart) in report.GetProperty("charts").EnumerateArray().Index())
        {
            await SaveOneAsync($"chart-{number + 1}.svg", DemoApi.Text(chart, "svg"));
        }

        return saved;

        async Task SaveOneAsync(string name, string text)
        {
            var path = Path.GetFullPath(Path.Combine(folder, name));
            await File.WriteAllTextAsync(path, text, cancellationToken);
            saved.Add(path);
        }
    }
}
