using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Ai.ToolUse;

/// <summary>Tools as they are declared, and the calls that models make of them.</summary>
internal static class ToolCalls
{
    private static readonly JsonSerializerOptions Shallow = new(AIJsonUtilities.DefaultOptions) { MaxDepth = ToolUseLimits.MaxArgumentDepth };

    /// <summary>The tools that an embedded file declares.</summary>
    public static IReadOnlyList<AIFunctionDeclaration> Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Ai/{name}")!;
        return
        [
            .. JsonSerializer.Deserialize<JsonElement>(stream).EnumerateArray().Select(tool => AIFunctionFactory.CreateDeclaration(
                tool.GetProperty("name").GetString()!, tool.GetProperty("description").GetString()!, tool.GetProperty("parameters"))),
        ];
    }

    /// <summary>
    /// The calls of an answer in a form that every provider takes back: each with an id of its own, a name of the letters that names have, and arguments that can be read. A model is not held
    /// to any of these.
    /// </summary>
    public static List<AnswerCall> Sayable(int answer, IEnumerable<FunctionCallContent> calls)
    {
        var sayable = new List<AnswerCall>();
        var ids = new HashSet<string>();
        foreach (var call in calls)
        {
            // Nine letters and digits are the strictest form of an id that an endpoint asks for.
            var id = !string.IsNullOrWhiteSpace(call.CallId) && ids.Add(call.CallId) ? call.CallId : $"c{answer:D3}{sayable.Count:D5}";
            var name = string.Concat(call.Name.Take(64).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_'));
            var arguments = Read(call);
            sayable.Add(new AnswerCall(
                call.Name, arguments, new FunctionCallContent(id, name.Length > 0 ? name : "unnamed", arguments is null ? new Dictionary<string, object?>() : call.Arguments)));
        }

        return sayable;
    }

    /// <summary>What a call lacks of what its tool requires; null when it has all, with the right types.</summary>
    public static string? FaultOf(AIFunctionDeclaration tool, JsonElement arguments)
    {
        foreach (var name in tool.JsonSchema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(item => item.GetString()!) : [])
        {
            if (!arguments.TryGetProperty(name, out _))
            {
                return $"The argument \"{name}\" is missing.";
            }
        }

        foreach (var property in tool.JsonSchema.GetProperty("properties").EnumerateObject())
        {
            if (arguments.TryGetProperty(property.Name, out var value) && property.Value.TryGetProperty("type", out var type) && !IsOfType(value, type.GetString()!))
            {
                return $"The argument \"{property.Name}\" must be a {(type.GetString() switch { "array" => "list of texts", "integer" => "whole number", _ => "text" })}.";
            }
        }

        return null;
    }

    /// <summary>A result as long as a model gets it.</summary>
    public static string Cut(string text) => text.Length <= ToolUseLimits.MaxResultLength
        ? text
        : $"{text[..ToolUseLimits.MaxResultLength]}\n[cut: {text.Length - ToolUseLimits.MaxResultLength} more characters]";

    /// <summary>The arguments of a call; null where they are no JSON object, nested more deeply than <see cref="ToolUseLimits.MaxArgumentDepth"/>, or have a text that is none: half of a surrogate pair, which JSON allows.</summary>
    private static JsonElement? Read(FunctionCallContent call)
    {
        if (call.Exception is not null || call.Arguments is null)
        {
            return null;
        }

        try
        {
            var arguments = JsonSerializer.SerializeToElement(call.Arguments, Shallow);
            ReadTexts(arguments);
            return arguments;
        }
        catch (Exception error) when (error is InvalidOperationException or JsonException)
        {
            return null;
        }
    }

    private static void ReadTexts(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                json.GetString();
                break;

            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    ReadTexts(item);
                }

                break;

            case JsonValueKind.Object:
                foreach (var property in json.EnumerateObject())
                {
                    _ = property.Name;
                    ReadTexts(property.Value);
                }

                break;
        }
    }

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "string" => value.ValueKind is JsonValueKind.String,
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out _),
        "array" => value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String),
        _ => true,
    };
}

/// <summary>A call of an answer.</summary>
/// <param name="Name">The tool, as the model names it.</param>
/// <param name="Arguments">A JSON object in which every text can be read; null where the model gave none.</param>
/// <param name="Said">The call as it is said back to the model.</param>
internal sealed record AnswerCall(string Name, JsonElement? Arguments, FunctionCallContent Said)
{
    private static readonly JsonElement NoArguments = JsonElement.Parse("{}");

    /// <summary>The call's id.</summary>
    public string Id => Said.CallId;

    /// <summary>The arguments, or none.</summary>
    public JsonElement ReadArguments => Arguments ?? NoArguments;
}
