using Jobs.Documents.Analysis;
using Jobs.Documents.Embedding;
using Jobs.Functions.JobTypes.Analysis;
using Jobs.Functions.JobTypes.ParseDocument;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Microsoft.Extensions.Options;
using GapMethod = Jobs.Documents.Analysis.GapDetection;

namespace Jobs.Functions.JobTypes.GapDetection;

/// <summary>A document and what it is compared with.</summary>
public sealed record GapSubject(SourceDocument Document, IReadOnlyList<Requirement> Requirements);

/// <summary>Compares a document with requirements: which it covers, wholly or in part, and by which words.</summary>
public sealed class GapDetectionHandler(DocumentSources sources, IEmbedder embedder, IOptions<AiOptions> ai)
    : AnalysisHandler<GapDetectionInput, GapSubject>(embedder, ai, new GapModelMethod())
{
    /// <summary>The type's name.</summary>
    public const string TypeName = "GAP_DETECTION";

    /// <summary>The most characters of a requirement's id.</summary>
    public const int MaxIdLength = 100;

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(GapDetectionInput input)
    {
        var document = input.Document?.Check("input.document", mayBeJob: true) ?? [new InputError("input.document", "is required")];
        return document.Concat(input.Requirements is { Count: > 0 and <= AnalysisLimits.MaxRequirements } requirements
            ? CheckRequirements(requirements)
            : [new InputError("input.requirements", $"must have 1 to {AnalysisLimits.MaxRequirements} requirements")]);
    }

    /// <inheritdoc/>
    protected override async Task<GapSubject> ReadSubjectAsync(WorkContext work, GapDetectionInput input, CancellationToken cancellationToken) =>
        new((await sources.ReadAllAsync(work, [input.Document!], cancellationToken))[0], [.. input.Requirements!.Select((requirement, index) => new Requirement(IdOf(requirement!, index), requirement!.Text!))]);

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TextsOf(GapSubject subject, CancellationToken cancellationToken) => GapMethod.TextsOf(subject.Document, subject.Requirements, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<object> ConcludeAsync(GapSubject subject, IEmbedder embedder, CancellationToken cancellationToken) =>
        GapDetectionResult.Of(await new GapMethod(embedder).DetectAsync(subject.Document, subject.Requirements, cancellationToken), subject.Document);

    private static IEnumerable<InputError> CheckRequirements(IReadOnlyList<RequirementInput?> requirements)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, requirement) in requirements.Index())
        {
            var field = $"input.requirements[{index}]";
            if (requirement is null || string.IsNullOrWhiteSpace(requirement.Text) || requirement.Text.Length > AnalysisLimits.MaxRequirementLength)
            {
                yield return new InputError(field, $"must be a text of 1 to {AnalysisLimits.MaxRequirementLength} characters, or an object with such a 'text'");
            }
            else if (requirement.Id is { } id && (string.IsNullOrWhiteSpace(id) || id.Length > MaxIdLength))
            {
                yield return new InputError($"{field}.id", $"must have 1 to {MaxIdLength} characters");
            }
            else if (!ids.Add(IdOf(requirement, index)))
            {
                yield return new InputError($"{field}.id", "must be an id that no other requirement has");
            }
        }
    }

    private static string IdOf(RequirementInput requirement, int index) => requirement.Id ?? FormattableString.Invariant($"R{index + 1}");
}
