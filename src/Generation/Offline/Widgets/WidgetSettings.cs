using System.Text.Json.Serialization;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>What only one kind of widget has. Strings and lists are bounded as <see cref="PromptReader"/> bounds them.</summary>
/// <param name="Kind">The kind that these settings belong to.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = Discriminator)]
[JsonDerivedType(typeof(CardSettings), "card")]
[JsonDerivedType(typeof(CounterSettings), "counter")]
[JsonDerivedType(typeof(TodoListSettings), "todoList")]
[JsonDerivedType(typeof(ContactFormSettings), "contactForm")]
[JsonDerivedType(typeof(CountdownSettings), "countdown")]
[JsonDerivedType(typeof(CalculatorSettings), "calculator")]
[JsonDerivedType(typeof(PollSettings), "poll")]
[JsonDerivedType(typeof(QuizSettings), "quiz")]
[JsonDerivedType(typeof(PriceTableSettings), "priceTable")]
[JsonDerivedType(typeof(UnitConverterSettings), "unitConverter")]
[JsonDerivedType(typeof(BarChartSettings), "barChart")]
public abstract record WidgetSettings([property: JsonIgnore] WidgetKind Kind)
{
    private const string Discriminator = "kind";

    /// <summary>False when a value is out of its range, which only settings read from a file can be.</summary>
    public abstract bool IsValid();

    /// <summary>True when there are not too many texts and none is too long.</summary>
    protected static bool Fit(IReadOnlyList<string> texts) =>
        texts.Count <= PromptReader.MaxItems && texts.All(text => text is { Length: <= PromptReader.MaxTextLength });
}
