using System.Text.Json;

namespace Jobs.Functions.JobTypes.AiPreview;

/// <summary>The input of a preview: <c>{prompt, variables?}</c>.</summary>
/// <param name="Prompt">The prompt, in which <c>{{name}}</c> stands for the variable of that name.</param>
/// <param name="Variables">What stands for what: texts, numbers and booleans by their names.</param>
public sealed record AiPreviewInput(string? Prompt, IReadOnlyDictionary<string, JsonElement>? Variables);
