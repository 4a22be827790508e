using System.Text.Json;

namespace Jobs.Functions.Work;

/// <summary>A file that came of a job: an artifact of the job, which can be downloaded once the job has succeeded with a result that lists it in <c>files</c>.</summary>
/// <param name="Name">Its name: lower-case letters, digits, <c>-</c> and one dot.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">The SHA-256 of its content, in hexadecimal digits, which is the artifact's reference.</param>
public sealed record WorkFile(string Name, long Bytes, string Sha256)
{
    /// <summary>The file of a name that a job's result lists; null when it lists none.</summary>
    public static WorkFile? Find(JsonElement? result, string name) =>
        result is { ValueKind: JsonValueKind.Object } parsed
        && parsed.TryGetProperty("files", out var files)
        && files.ValueKind is JsonValueKind.Array
            ? files.EnumerateArray().Select(file => file.Deserialize<WorkFile>(WorkJson.Options)!).FirstOrDefault(file => file.Name == name)
            : null;
}
