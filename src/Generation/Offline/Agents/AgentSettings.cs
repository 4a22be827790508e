using System.Text.Json.Serialization;

namespace Jobs.Generation.Offline.Agents;

/// <summary>What only one kind of agent has. Strings and lists are bounded as <see cref="PromptReader"/> bounds them.</summary>
/// <param name="Kind">The kind that these settings belong to.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = Discriminator)]
[JsonDerivedType(typeof(TextSettings), "text")]
[JsonDerivedType(typeof(SummarySettings), "summary")]
[JsonDerivedType(typeof(ScoreSettings), "score")]
[JsonDerivedType(typeof(ValidationSettings), "validation")]
[JsonDerivedType(typeof(EmailSettings), "email")]
[JsonDerivedType(typeof(CsvSettings), "csv")]
[JsonDerivedType(typeof(DateSettings), "date")]
[JsonDerivedType(typeof(StatisticsSettings), "statistics")]
[JsonDerivedType(typeof(MessageSettings), "message")]
[JsonDerivedType(typeof(RandomSettings), "random")]
[JsonDerivedType(typeof(UnitsSettings), "units")]
[JsonDerivedType(typeof(HttpSettings), "http")]
[JsonDerivedType(typeof(TranslationSettings), "translation")]
public abstract record AgentSettings([property: JsonIgnore] AgentKind Kind)
{
    private const string Discriminator = "kind";

    /// <summary>False when a value is out of its range, which only settings read from a file can be.</summary>
    public abstract bool IsValid();

    /// <summary>True when there are not too many texts and none is too long.</summary>
    protected static bool Fit(params IReadOnlyList<string> texts) =>
        texts.Count <= PromptReader.MaxItems && texts.All(text => text is { Length: <= PromptReader.MaxTextLength });

    /// <summary>True when there are not too many values and each is a member of its enum.</summary>
    protected static bool Fit<T>(IReadOnlyList<T> values)
        where T : struct, Enum => values.Count <= PromptReader.MaxItems && values.All(Enum.IsDefined);
}
