using Jobs.Domain.Generation;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>What a caller sees of errors in generated files, with the real compilers.</summary>
public sealed class CompileFailureTests
{
    [Theory]
    [InlineData("export default function App() {\n  const count: number = \"five\";\n  return <p>{count}</p>;\n}", "src/App.tsx:2:9: error TS2322: Type 'string' is not assignable to type 'number'.")]
    [InlineData("export default function App() {\n  return <p>Hello;\n}", "src/App.tsx:")]
    [InlineData("import \"/etc/passwd\";\nexport default function App() { return <p>Hello</p>; }", "src/App.tsx:1:8")]
    public async Task Error_in_the_files_is_in_failureDetails_with_file_and_line_and_the_widget_cannot_be_published(string source, string details)
    {
        var files = new GenerationResult.Files(new Dictionary<string, string> { ["src/App.tsx"] = source }, "Built");
        await using var app = await TestApp.StartAsync(
            services => services.AddSingleton<IWidgetGenerator>(new FakeGenerator((_, _) => Task.FromResult<GenerationResult>(files))),
            real: true);
        var (widgetId, jobId) = await app.CreateWidgetAsync();

        var job = await app.WaitUntilSettledAsync(jobId);
        using var publish = await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null);

        Assert.Equal("completed", job.GetProperty("status").GetString());
        Assert.Equal("FAILED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        var shown = job.GetProperty("buildStatus").GetProperty("failureDetails").GetString()!;
        Assert.StartsWith(details, shown);
        Assert.DoesNotContain("root:", shown);
        Assert.Equal(409, (int)publish.StatusCode);
    }
}
