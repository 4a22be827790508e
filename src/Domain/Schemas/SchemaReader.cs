using System.Runtime.InteropServices;
using System.Text.Json;

namespace Jobs.Domain.Schemas;

/// <summary>Reads a schema whole, and refuses what we do not check: then no keyword is passed over later.</summary>
internal sealed class SchemaReader
{
    private const string Draft = "https://json-schema.org/draft/2020-12/schema";

    private readonly Dictionary<string, SchemaNode> _nodes = new(StringComparer.Ordinal);

    private SchemaReader()
    {
    }

    /// <summary>Throws <see cref="SchemaException"/> for the first thing that is wrong.</summary>
    public static SchemaNode Read(JsonElement schema)
    {
        if (JsonMarshal.GetRawUtf8Value(schema).Length > SchemaLimits.MaxSchemaBytes)
        {
            throw new SchemaException("", $"has more than {SchemaLimits.MaxSchemaBytes} bytes");
        }

        if (JsonText.FindFault(schema, SchemaLimits.MaxSchemaDepth) is { } fault)
        {
            throw new SchemaException(fault.Path, fault.Message);
        }

        var reader = new SchemaReader();
        var root = reader.ReadNode(schema, "");
        foreach (var node in reader._nodes.Values)
        {
            if (node.RefPointer is { } pointer)
            {
                node.Ref = reader._nodes.TryGetValue(pointer, out var target) ? target : throw new SchemaException(node.Path, $"has a $ref to {pointer}, where no schema stands");
            }
        }

        // A reference may lead back to where it came from by way of a property or an item, because an input ends; for one and the same value it would go on for ever.
        var (open, done) = (new HashSet<SchemaNode>(), new HashSet<SchemaNode>());
        foreach (var node in reader._nodes.Values)
        {
            RefuseCycle(node, open, done);
        }

        return root;
    }

    private static void RefuseCycle(SchemaNode node, HashSet<SchemaNode> open, HashSet<SchemaNode> done)
    {
        if (done.Contains(node))
        {
            return;
        }

        if (!open.Add(node))
        {
            throw new SchemaException(node.Path, "refers to itself without going into a property or an item");
        }

        foreach (var next in node.SameValue)
        {
            RefuseCycle(next, open, done);
        }

        open.Remove(node);
        done.Add(node);
    }

    private SchemaNode ReadNode(JsonElement json, string path)
    {
        var node = new SchemaNode { Path = path };
        _nodes.Add(path, node);
        if (_nodes.Count > SchemaLimits.MaxSubschemas)
        {
            throw new SchemaException("", $"has more than {SchemaLimits.MaxSubschemas} schemas in it");
        }

        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            node.Always = json.GetBoolean();
            return node;
        }

        if (json.ValueKind is not JsonValueKind.Object)
        {
            throw new SchemaException(path, "must be an object or a boolean");
        }

        foreach (var keyword in json.EnumerateObject())
        {
            ReadKeyword(node, keyword.Name, keyword.Value, $"{path}/{JsonText.Escape(keyword.Name)}");
        }

        return node;
    }

    private void ReadKeyword(SchemaNode node, string keyword, JsonElement value, string path)
    {
        switch (keyword)
        {
            case "type": node.Types = Types(value, path); break;
            case "enum": node.OneOfValues.Add(Array(value, path)); break;
            case "const": node.OneOfValues.Add([value.Clone()]); break;
            case "minimum": node.Minimum = Number(value, path); break;
            case "maximum": node.Maximum = Number(value, path); break;
            case "exclusiveMinimum": node.ExclusiveMinimum = Number(value, path); break;
            case "exclusiveMaximum": node.ExclusiveMaximum = Number(value, path); break;
            case "multipleOf":
                node.MultipleOf = Number(value, path);
                Demand(value.GetDouble() > 0, path, "must be greater than 0");
                break;
            case "minLength": node.MinLength = Count(value, path); break;
            case "maxLength": node.MaxLength = Count(value, path); break;
            case "pattern": node.Pattern = Pattern(Text(value, path), path); break;
            case "prefixItems": node.PrefixItems = Nodes(value, path); break;
            case "items": node.Items = ReadNode(value, path); break;
            case "contains": node.Contains = ReadNode(value, path); break;
            case "minContains": node.MinContains = Count(value, path); break;
            case "maxContains": node.MaxContains = Count(value, path); break;
            case "minItems": node.MinItems = Count(value, path); break;
            case "maxItems": node.MaxItems = Count(value, path); break;
            case "uniqueItems":
                Demand(value.ValueKind is JsonValueKind.True or JsonValueKind.False, path, "must be a boolean");
                node.UniqueItems = value.GetBoolean();
                break;
            case "properties": node.Properties = Map(value, path); break;
            case "patternProperties":
                foreach (var (pattern, schema) in Map(value, path))
                {
                    node.PatternProperties.Add((Pattern(pattern, schema.Path), schema));
                }

                break;
            case "additionalProperties": node.AdditionalProperties = ReadNode(value, path); break;
            case "propertyNames": node.PropertyNames = ReadNode(value, path); break;
            case "required": node.Required = Texts(value, path); break;
            case "dependentRequired":
                Demand(value.ValueKind is JsonValueKind.Object, path, "must be an object");
                foreach (var property in value.EnumerateObject())
                {
                    node.DependentRequired[property.Name] = Texts(property.Value, $"{path}/{JsonText.Escape(property.Name)}");
                }

                break;
            case "minProperties": node.MinProperties = Count(value, path); break;
            case "maxProperties": node.MaxProperties = Count(value, path); break;
            case "allOf": node.AllOf = Alternatives(value, path); break;
            case "anyOf": node.AnyOf = Alternatives(value, path); break;
            case "oneOf": node.OneOf = Alternatives(value, path); break;
            case "not": node.Not = ReadNode(value, path); break;
            case "if": node.If = ReadNode(value, path); break;
            case "then": node.Then = ReadNode(value, path); break;
            case "else": node.Else = ReadNode(value, path); break;
            case "$ref": node.RefPointer = Reference(Text(value, path), path); break;
            case "$defs": Map(value, path); break;
            case "$schema":
                Demand(node.Path.Length == 0 && Text(value, path).TrimEnd('#') == Draft, path, $"must be {Draft}, at the top");
                break;

            // They say something, and ask for nothing.
            case "title" or "description" or "default" or "examples" or "deprecated" or "readOnly" or "writeOnly" or "$comment" or "format":
                break;

            default:
                throw new SchemaException(path, "is a keyword that is not supported");
        }
    }

    private static JsonTypes Types(JsonElement value, string path) => value.ValueKind is JsonValueKind.Array
        ? Texts(value, path).Aggregate(JsonTypes.None, (types, name) => types | TypeOf(name, path)) is not JsonTypes.None and var all ? all
            : throw new SchemaException(path, "must name at least one type")
        : TypeOf(Text(value, path), path);

    private static JsonTypes TypeOf(string name, string path) => name switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number | JsonTypes.Integer,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        _ => throw new SchemaException(path, "must be null, boolean, integer, number, string, array or object, or an array of them"),
    };

    private static string Text(JsonElement value, string path) =>
        value.ValueKind is JsonValueKind.String ? value.GetString()! : throw new SchemaException(path, "must be a string");

    private static JsonElement Number(JsonElement value, string path) =>
        value.ValueKind is JsonValueKind.Number ? value.Clone() : throw new SchemaException(path, "must be a number");

    private static int Count(JsonElement value, string path) => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0
        ? count
        : throw new SchemaException(path, "must be a whole number from 0");

    private static JsonElement[] Array(JsonElement value, string path) => value.ValueKind is JsonValueKind.Array
        ? [.. value.EnumerateArray().Select(item => item.Clone())]
        : throw new SchemaException(path, "must be an array");

    private static string[] Texts(JsonElement value, string path) => [.. Array(value, path).Select((item, i) => Text(item, $"{path}/{i}"))];

    private static SchemaPattern Pattern(string pattern, string path)
    {
        try
        {
            return SchemaPattern.Read(pattern);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new SchemaException(path, $"cannot be used as a pattern: {error.Message}");
        }
    }

    /// <summary>The target as a pointer; only places within the same schema can be referred to, so nothing is ever fetched.</summary>
    private static string Reference(string reference, string path)
    {
        Demand(reference == "#" || reference.StartsWith("#/", StringComparison.Ordinal), path, "must be '#' or begin with '#/': only this schema can be referred to");
        return Uri.UnescapeDataString(reference[1..]);
    }

    private static void Demand(bool condition, string path, string message)
    {
        if (!condition)
        {
            throw new SchemaException(path, message);
        }
    }

    private SchemaNode[] Nodes(JsonElement value, string path) => [.. Array(value, path).Select((item, i) => ReadNode(item, $"{path}/{i}"))];

    private SchemaNode[] Alternatives(JsonElement value, string path) =>
        Nodes(value, path) is { Length: > 0 } nodes ? nodes : throw new SchemaException(path, "must have at least one schema");

    private Dictionary<string, SchemaNode> Map(JsonElement value, string path)
    {
        Demand(value.ValueKind is JsonValueKind.Object, path, "must be an object");
        return value.EnumerateObject().ToDictionary(property => property.Name, property => ReadNode(property.Value, $"{path}/{JsonText.Escape(property.Name)}"), StringComparer.Ordinal);
    }
}
