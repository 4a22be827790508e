using System.Text.Json;

namespace Jobs.Local.Host;

/// <summary>Reads the host's own files, which people write by hand.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>A JSON object, comments skipped. Throws <see cref="LocalHostException"/> naming the file where there is none.</summary>
    public static JsonDocument Read(string path)
    {
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new LocalHostException($"{path} must hold a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new LocalHostException($"{path} is not JSON: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new LocalHostException($"{path} cannot be read: {exception.Message}", exception);
        }
    }
}
