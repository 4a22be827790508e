using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>
/// Everything that a generated widget was built from. It is stored among the widget's files (<see cref="FileName"/>), so that the next prompt can
/// refine it.
/// </summary>
/// <param name="Title">The heading.</param>
/// <param name="TitleIsGiven">True when a prompt named the title, false when it was derived and may be derived anew.</param>
/// <param name="Text">The paragraph below the heading; may be empty.</param>
/// <param name="ButtonLabel">What the main button says; empty for the kind's own word.</param>
/// <param name="Accent">The colour of buttons and bars; null for the default.</param>
/// <param name="Surface">The colour of the background; null for white, or near-black in the dark.</param>
/// <param name="Theme">The appearance.</param>
/// <param name="Settings">What only this kind of widget has.</param>
public sealed record WidgetPlan(
    string Title,
    bool TitleIsGiven,
    string Text,
    string ButtonLabel,
    Colour? Accent,
    Colour? Surface,
    WidgetTheme Theme,
    WidgetSettings Settings)
{
    /// <summary>Where the plan is kept.</summary>
    public const string FileName = "widget.json";

    private const int MaxFileLength = 200_000;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = 16,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>The plan as the content of its file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";

    /// <summary>Reads a plan back; null when the text is not exactly what <see cref="ToJson"/> writes for a plan within its limits.</summary>
    public static WidgetPlan? FromJson(string json)
    {
        if (json.Length > MaxFileLength)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<WidgetPlan>(json, Options) is { } plan
                && plan.Title.Length <= PromptReader.MaxTitleLength
                && plan.Text.Length <= PromptReader.MaxTextLength
                && plan.ButtonLabel.Length <= PromptReader.MaxItemLength
                && plan.Settings.IsValid()
                    ? plan
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the widget's code gets to see: title, text, button label and the settings, as one object.</summary>
    public JsonObject ToConfig()
    {
        var config = new JsonObject { ["title"] = Title, ["text"] = Text, ["buttonLabel"] = ButtonLabel };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(Settings, Settings.GetType(), Options)!.AsObject())
        {
            config[name] = value?.DeepClone();
        }

        return config;
    }
}
