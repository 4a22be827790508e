using System.Text.Json.Serialization;

namespace Jobs.Functions.JobTypes.AiPreview;

/// <summary>What a prompt gives.</summary>
/// <param name="Output">What the model answered; without a model the prompt itself, with its variables filled in.</param>
/// <param name="Method"><c>template</c> where no model is configured, so that nobody takes the prompt for an answer; absent otherwise.</param>
/// <param name="Truncated">True where the answer ends because it may have no more tokens or characters; absent otherwise.</param>
public sealed record AiPreviewResult(
    string Output,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Method = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Truncated = false);
