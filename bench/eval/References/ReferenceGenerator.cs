using System.Reflection;
using Jobs.Domain.Generation;
using Jobs.Eval.Cases;

namespace Jobs.Eval.References;

/// <summary>
/// Answers the cases that have a solution written by hand in this folder, the ones that the offline generators cannot build. A check that its own reference
/// does not pass says nothing of a generator.
/// </summary>
internal sealed class ReferenceGenerator : IWidgetGenerator, IAgentGenerator
{
    private const string Manifest = """{"name":"Reference","description":"A solution written by hand.","input":{"type":"object"},"output":{"type":"object"},"secrets":[]}""";

    private static readonly HashSet<string> Files = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()];

    /// <summary>The cases that have a solution.</summary>
    public static IReadOnlyList<EvalCase> Cases { get; } = [.. EvalCases.All.Where(one => Files.Contains(FileOf(one)))];

    /// <inheritdoc/>
    public string Name => "the references";

    /// <inheritdoc/>
    public Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var wanted = Cases.First(one => one.Prompt == request.Prompt);
        var code = Embedded.Read(FileOf(wanted));
        return Task.FromResult<GenerationResult>(new GenerationResult.Files(
            wanted is WidgetCase
                ? new Dictionary<string, string> { ["src/App.tsx"] = code }
                : new Dictionary<string, string> { ["functions/main.ts"] = code, ["agent.json"] = Manifest, ["README.md"] = "# Reference" },
            "Written by hand."));
    }

    private static string FileOf(EvalCase one) => $"References/{one.Name}.{(one is WidgetCase ? "tsx" : "ts")}";
}
