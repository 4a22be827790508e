using System.Text.Json;

namespace Jobs.Domain.Schemas;

/// <summary>The types of JSON values; an integer is a number without a fraction, also when it is written <c>1.0</c>.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Number = 8,
    String = 16,
    Array = 32,
    Object = 64,
}

/// <summary>One schema within a schema. A keyword that is absent is null or its default.</summary>
internal sealed class SchemaNode
{
    /// <summary>The schemas <c>true</c> and <c>false</c>.</summary>
    public bool? Always { get; set; }

    /// <summary>Where it stands, for errors: a JSON Pointer into the schema.</summary>
    public required string Path { get; init; }

    public JsonTypes Types { get; set; }

    /// <summary>The values of <c>enum</c>, or the one of <c>const</c>.</summary>
    public List<JsonElement[]> OneOfValues { get; } = [];

    public JsonElement? Minimum { get; set; }

    public JsonElement? Maximum { get; set; }

    public JsonElement? ExclusiveMinimum { get; set; }

    public JsonElement? ExclusiveMaximum { get; set; }

    public JsonElement? MultipleOf { get; set; }

    public int? MinLength { get; set; }

    public int? MaxLength { get; set; }

    public SchemaPattern? Pattern { get; set; }

    public SchemaNode[] PrefixItems { get; set; } = [];

    public SchemaNode? Items { get; set; }

    public SchemaNode? Contains { get; set; }

    public int MinContains { get; set; } = 1;

    public int? MaxContains { get; set; }

    public int? MinItems { get; set; }

    public int? MaxItems { get; set; }

    public bool UniqueItems { get; set; }

    public Dictionary<string, SchemaNode> Properties { get; set; } = [];

    public List<(SchemaPattern Pattern, SchemaNode Schema)> PatternProperties { get; } = [];

    public SchemaNode? AdditionalProperties { get; set; }

    public SchemaNode? PropertyNames { get; set; }

    public string[] Required { get; set; } = [];

    public Dictionary<string, string[]> DependentRequired { get; } = [];

    public int? MinProperties { get; set; }

    public int? MaxProperties { get; set; }

    public SchemaNode[] AllOf { get; set; } = [];

    public SchemaNode[] AnyOf { get; set; } = [];

    public SchemaNode[] OneOf { get; set; } = [];

    public SchemaNode? Not { get; set; }

    public SchemaNode? If { get; set; }

    public SchemaNode? Then { get; set; }

    public SchemaNode? Else { get; set; }

    /// <summary>The pointer of <c>$ref</c>, until all schemas are read and <see cref="Ref"/> is set.</summary>
    public string? RefPointer { get; set; }

    public SchemaNode? Ref { get; set; }

    /// <summary>The schemas that hold for the same value as this one.</summary>
    public IEnumerable<SchemaNode> SameValue => new[] { Ref, Not, If, Then, Else }.OfType<SchemaNode>().Concat(AllOf).Concat(AnyOf).Concat(OneOf);
}
