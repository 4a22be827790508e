using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Jobs.Domain.Schemas;

/// <summary>One rule that an input breaks.</summary>
/// <param name="Path">Where, as a JSON Pointer (RFC 6901); empty for the whole input.</param>
/// <param name="Message">What the rule asks for; it does not repeat the value.</param>
public sealed record SchemaViolation(string Path, string Message);

/// <summary>
/// A JSON Schema of draft 2020-12, of the subset that docs/contracts.md describes. A schema that uses anything else is refused when it is read, so none of its rules is ever passed
/// over. Nothing outside of the schema is ever read, and what reading and checking may cost is bounded by <see cref="SchemaLimits"/>.
/// </summary>
public sealed class InputSchema
{
    private readonly SchemaNode _root;

    private InputSchema(SchemaNode root) => _root = root;

    /// <summary>Reads a schema; <paramref name="error"/> says where it is wrong and how.</summary>
    public static bool TryRead(JsonElement schema, [NotNullWhen(true)] out InputSchema? result, [NotNullWhen(false)] out string? error)
    {
        try
        {
            result = new InputSchema(SchemaReader.Read(schema));
            error = null;
            return true;
        }
        catch (SchemaException refused)
        {
            result = null;
            error = refused.Message;
            return false;
        }
    }

    /// <summary>The rules that an input breaks, at most <see cref="SchemaLimits.MaxViolations"/>; none when it is valid.</summary>
    /// <param name="input">The input.</param>
    /// <param name="time">The clock of <see cref="SchemaLimits.MaxTime"/>; the system's if null.</param>
    public IReadOnlyList<SchemaViolation> Validate(JsonElement input, TimeProvider? time = null) => SchemaCheck.Run(_root, input, time ?? TimeProvider.System);
}

/// <summary>A schema is not one that we can check inputs against.</summary>
internal sealed class SchemaException(string path, string message) : Exception($"{(path.Length == 0 ? "the schema" : path)} {message}");
