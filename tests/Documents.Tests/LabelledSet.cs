using System.Text.Json;
using Jobs.Documents.Analysis;
using Jobs.Documents.Chunking;
using Jobs.Documents.Tests.Retrieval;

namespace Jobs.Documents.Tests;

/// <summary>The labelled documents under Fixtures/retrieval. What is tuned was tuned on the half that says so, and never on the other.</summary>
internal sealed record LabelledSet(IReadOnlyList<LabelledSet.Document> Documents, IReadOnlyList<LabelledSet.Question> Queries)
{
    public static LabelledSet Read() => Read<LabelledSet>("gaps.json");

    public static IReadOnlyList<RiskSentence> ReadRisks() => Read<RiskFile>("risks.json").Sentences;

    /// <summary>The sentences of all documents, and which of them each query and each requirement with evidence should find.</summary>
    public (IReadOnlyList<string> Texts, IReadOnlyList<LabelledQuery> Queries) Retrieval() =>
        Labels([.. Documents.SelectMany(document => DocumentSentences.Of(document.Parsed(), default).Select(span => DocumentSentences.TextOf(document.Parsed(), span)))]);

    /// <summary>The chunks of all documents, and which of them each query and each requirement with evidence should find.</summary>
    public (IReadOnlyList<string> Texts, IReadOnlyList<LabelledQuery> Queries) ChunkRetrieval()
    {
        var chunker = new Chunker(new ChunkingOptions());
        return Labels([.. Documents.SelectMany(document => chunker.Chunk(document.Parsed(), document.Id, default)).Select(chunk => chunk.Text)]);
    }

    private (IReadOnlyList<string> Texts, IReadOnlyList<LabelledQuery> Queries) Labels(string[] texts)
    {
        var questions = Queries.Select(query => (query.Query, query.Evidence))
            .Concat(Documents.SelectMany(document => document.Requirements).Where(requirement => requirement.Evidence is not null).Select(requirement => (requirement.Text, (IReadOnlyList<string>)[requirement.Evidence!])));
        return (texts, [.. questions.Select(question => new LabelledQuery(
            question.Item1, [.. Enumerable.Range(0, texts.Length).Where(i => question.Item2.Any(evidence => texts[i].Contains(evidence, StringComparison.Ordinal)))]))]);
    }

    private static T Read<T>(string name) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(Jobs.Testing.Repository.Root, "tests", "Documents.Tests", "Fixtures", "retrieval", name)), JsonSerializerOptions.Web)!;

    internal sealed record Document(string Id, string Half, string Title, IReadOnlyList<Section> Sections, IReadOnlyList<Labelled> Requirements)
    {
        public ParsedDocument Parsed() => TestDocument.Of([.. Sections.Select(section => (section.Heading, section.Level, section.Text))]);
    }

    internal sealed record Section(string Heading, int Level, string Text);

    internal sealed record Labelled(string Id, string Text, string Status, string? Evidence);

    internal sealed record Question(string Query, IReadOnlyList<string> Evidence);

    internal sealed record RiskFile(IReadOnlyList<RiskSentence> Sentences);

    internal sealed record RiskSentence(string Half, string Text, string? Category);
}
