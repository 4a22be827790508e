using System.Text.Json;

namespace Jobs.Documents.Analysis;

/// <summary>What risks are known by: risk-cues.json and risk-categories.json, which are part of the assembly.</summary>
internal sealed record RiskKnowledge(
    IReadOnlyList<RiskCue> Cues, IReadOnlyDictionary<string, int> Likelihood, IReadOnlyDictionary<string, int> Impact, IReadOnlyList<string> Averted,
    IReadOnlyList<RiskCategory> Categories, IReadOnlyList<string> Harmless)
{
    private static readonly Lazy<RiskKnowledge> Loaded = new(Load);

    public static RiskKnowledge Built => Loaded.Value;

    private static RiskKnowledge Load()
    {
        var cues = Read<CueFile>("Analysis/risk-cues.json");
        var categories = Read<CategoryFile>("Analysis/risk-categories.json");
        return new(
            [.. cues.Cues.SelectMany(group => group.Phrases.Select(phrase => new RiskCue(phrase.Split(' '), group.Weight, group.Category))).OrderByDescending(cue => cue.Words.Length)],
            cues.Likelihood, cues.Impact, cues.Averted, categories.Categories, categories.Harmless);
    }

    private static T Read<T>(string name)
    {
        using var stream = typeof(RiskKnowledge).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The assembly has no {name}.");
        return JsonSerializer.Deserialize<T>(stream, JsonSerializerOptions.Web) ?? throw new InvalidOperationException($"{name} is empty.");
    }

    private sealed record CueFile(IReadOnlyList<CueGroup> Cues, Dictionary<string, int> Likelihood, Dictionary<string, int> Impact, IReadOnlyList<string> Averted);

    private sealed record CueGroup(string? Category, int Weight, IReadOnlyList<string> Phrases);

    private sealed record CategoryFile(IReadOnlyList<RiskCategory> Categories, IReadOnlyList<string> Harmless);
}

/// <summary>Words that tell of a risk.</summary>
/// <param name="Words">The words in lower case; one that ends with * stands for all that begin with it.</param>
/// <param name="Weight">1 when they alone prove little, 2 when they do.</param>
/// <param name="Category">The category that they speak for; null when for none.</param>
internal sealed record RiskCue(string[] Words, int Weight, string? Category);

/// <summary>A sort of risk.</summary>
/// <param name="Id">Its name in results.</param>
/// <param name="Impact">The impact of such a risk of which nothing else is said.</param>
/// <param name="Sentences">Sentences that tell of such risks.</param>
internal sealed record RiskCategory(string Id, int Impact, IReadOnlyList<string> Sentences);
