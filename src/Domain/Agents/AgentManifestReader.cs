using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Jobs.Domain.Schemas;
using Jobs.Domain.Secrets;
using Jobs.Domain.Widgets;

namespace Jobs.Domain.Agents;

/// <summary>Reads what an agent says of itself, its file <c>agent.json</c>, which a generator wrote.</summary>
public static class AgentManifestReader
{
    /// <summary>The file.</summary>
    public const string FileName = "agent.json";

    /// <summary>The most bytes of the file: two schemas of the largest size, and what stands around them.</summary>
    public const int MaxBytes = (2 * SchemaLimits.MaxSchemaBytes) + (32 * 1024);

    /// <summary>The most characters of <c>name</c>.</summary>
    public const int MaxNameLength = 200;

    /// <summary>The most characters of <c>description</c>.</summary>
    public const int MaxDescriptionLength = 2_000;

    private static readonly string[] Fields = ["name", "description", "input", "output", "secrets"];

    /// <summary>Reads and checks the file; <paramref name="error"/> names the field that is wrong.</summary>
    public static bool TryRead(SourceFiles files, [NotNullWhen(true)] out AgentManifest? manifest, [NotNullWhen(false)] out string? error)
    {
        (manifest, error) = files.Files.TryGetValue(FileName, out var text) ? Read(text) : (null, "is missing");
        error = error is null ? null : $"{FileName}: {error}";
        return manifest is not null;
    }

    private static (AgentManifest? Manifest, string? Error) Read(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return (null, $"has more than {MaxBytes} bytes");
        }

        JsonElement json;
        try
        {
            json = JsonElement.Parse(text);
        }
        catch (JsonException notJson)
        {
            return (null, $"is not valid JSON (line {notJson.LineNumber + 1}, byte {notJson.BytePositionInLine + 1})");
        }

        if (json.ValueKind is not JsonValueKind.Object)
        {
            return (null, "must be a JSON object");
        }

        if (JsonText.FindFault(json, int.MaxValue) is { } fault)
        {
            return (null, $"{fault.Path} {fault.Message}");
        }

        // A field that nobody reads is a mistake: "secret" for "secrets" would be found only when the agent runs.
        foreach (var field in json.EnumerateObject())
        {
            if (!Fields.Contains(field.Name))
            {
                return (null, $"\"{field.Name}\" is not one of its fields: {string.Join(", ", Fields)}");
            }
        }

        var error = TextError(json, "name", 1, MaxNameLength)
            ?? TextError(json, "description", 0, MaxDescriptionLength)
            ?? SchemaError(json, "input")
            ?? SchemaError(json, "output")
            ?? SecretsError(json);
        return error is not null ? (null, error) : (
            new AgentManifest(
                json.GetProperty("name").GetString()!,
                json.GetProperty("description").GetString()!,
                json.GetProperty("input"),
                json.GetProperty("output"),
                json.TryGetProperty("secrets", out var secrets) ? [.. secrets.EnumerateArray().Select(secret => secret.GetString()!)] : []),
            null);
    }

    private static string? TextError(JsonElement json, string field, int minLength, int maxLength)
    {
        if (!json.TryGetProperty(field, out var value) || value.ValueKind is not JsonValueKind.String)
        {
            return $"\"{field}\" must be a string";
        }

        var text = value.GetString()!;
        var length = text.EnumerateRunes().Count();
        return length < minLength || length > maxLength || (minLength > 0 && string.IsNullOrWhiteSpace(text))
            ? $"\"{field}\" must have {minLength} to {maxLength} characters{(minLength > 0 ? " and not be blank" : "")}"
            : null;
    }

    private static string? SchemaError(JsonElement json, string field) =>
        !json.TryGetProperty(field, out var schema) ? $"\"{field}\" is missing: the JSON Schema of the agent's {field}"
        : InputSchema.TryRead(schema, out _, out var error) ? null
        : $"\"{field}\" is not a JSON Schema that can be used: {error}";

    private static string? SecretsError(JsonElement json)
    {
        if (!json.TryGetProperty("secrets", out var secrets))
        {
            return null;
        }

        if (secrets.ValueKind is not JsonValueKind.Array || secrets.GetArrayLength() > SecretLimits.MaxSecrets)
        {
            return $"\"secrets\" must be an array of at most {SecretLimits.MaxSecrets} names";
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, secret) in secrets.EnumerateArray().Index())
        {
            if (secret.ValueKind is not JsonValueKind.String || !SecretName.IsValid(secret.GetString()!))
            {
                return $"\"secrets\", item {index + 1}: a secret's name {SecretName.Rule}";
            }

            if (!names.Add(secret.GetString()!))
            {
                return $"\"secrets\" names {secret.GetString()} twice";
            }
        }

        return null;
    }
}
