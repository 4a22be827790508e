using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>What a form field takes.</summary>
public enum FormFieldType
{
    /// <summary>One line of text.</summary>
    Text,

    /// <summary>An email address.</summary>
    Email,

    /// <summary>A telephone number.</summary>
    Tel,

    /// <summary>A web address.</summary>
    Url,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A date.</summary>
    Date,

    /// <summary>Several lines of text.</summary>
    Multiline,

    /// <summary>A box to tick.</summary>
    Checkbox,
}

/// <summary>A field of a form.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Type">What it takes.</param>
/// <param name="Required">Whether it may stay empty.</param>
public sealed record FormField(string Label, FormFieldType Type, bool Required);

/// <summary>Settings of a form.</summary>
/// <param name="Fields">Its fields in order; at least one.</param>
public sealed record ContactFormSettings(IReadOnlyList<FormField> Fields) : WidgetSettings(WidgetKind.ContactForm)
{
    /// <inheritdoc/>
    public override bool IsValid() => Fields.Count > 0 && Fields.All(entry => entry is not null) && Fit([.. Fields.Select(entry => entry.Label)]);
}

/// <summary>A form that validates; it has nowhere to send to, says so, and lets the visitor copy what was entered.</summary>
public sealed class ContactFormTemplate : WidgetTemplate<ContactFormSettings>
{
    private static readonly PromptPattern Lead = new(
        @"\b(?:with|having|has|including|containing|asking for|asks for|collect(?:s|ing)?|for)\s+(?:the |these |following |a |an )*(?:(?:input )?fields?(?: for)?\s*:?)?\s+|\bfields?(?: are| for)?\s*:?\s+");

    private static readonly PromptPattern ReplaceLead = new(@"\bfields?(?: are| should be)?\s*:\s*");
    private static readonly PromptPattern Optional = new(@"\s*\(?\boptional\b\)?\s*");
    private static readonly PromptPattern Required = new(@"\s*\(?\b(?:required|mandatory)\b\)?\s*");
    private static readonly PromptPattern FieldTail = new(@"\s+(?:input |text )?(?:fields?|inputs?|box|area)$|\s+please$");
    private static readonly PromptPattern NotAField = new(@"\b(?:validation|form|poll|quiz|countdown|timer|counter|chart|list|calculator|page|customers?|clients?|visitors?|company|business|bakery|shop|wedding|event)\b");

    private static readonly (PromptPattern Pattern, FormFieldType Type)[] Types =
    [
        (new PromptPattern(@"e-?mail"), FormFieldType.Email),
        (new PromptPattern(@"\b(?:phone|telephone|mobile|tel)\b"), FormFieldType.Tel),
        (new PromptPattern(@"\b(?:website|url|homepage|link)\b"), FormFieldType.Url),
        (new PromptPattern(@"\b(?:date|birthday|day)\b"), FormFieldType.Date),
        (new PromptPattern(@"\b(?:age|number of|quantity|amount|guests|people|how many)\b"), FormFieldType.Number),
        (new PromptPattern(@"\b(?:message|comments?|feedback|notes?|description|question|details|suggestions?|address|bio|text)\b"), FormFieldType.Multiline),
        (new PromptPattern(@"\b(?:agree|consent|terms|checkbox|newsletter|subscribe)\b"), FormFieldType.Checkbox),
    ];

    private static readonly IReadOnlyList<FormField> DefaultFields =
    [
        new("Name", FormFieldType.Text, true),
        new("Email", FormFieldType.Email, true),
        new("Message", FormFieldType.Multiline, true),
    ];

    private static readonly PromptPattern Newsletter = new(@"\b(?:newsletter|mailing list)\b");

    /// <summary>Whoever wants news has no message.</summary>
    private static readonly IReadOnlyList<FormField> NewsletterFields = [new("Email", FormFieldType.Email, true)];

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.ContactForm;

    /// <inheritdoc/>
    public override string Noun => "a contact form";

    /// <inheritdoc/>
    public override string Folder => "contact-form";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:contact|feedback|sign-?up|registration|application|order|booking|reservation|rsvp|newsletter|enquiry|inquiry|lead|support|request)[ -](?:form|sign-?up)s?|contact (?:us|me)", 5),
        ("forms?|rsvp|newsletter|sign-?up", 3),
        ("contact|feedback|fields", 1));

    /// <inheritdoc/>
    protected override ContactFormSettings Read(PromptReader prompt, ContactFormSettings? current, DateTimeOffset now)
    {
        if (current is not null)
        {
            var edited = prompt.Edit(current.Fields, ReplaceLead, ParseField, field => field.Label);
            return new(edited.Count > 0 ? edited : current.Fields);
        }

        var fields = prompt.List(Lead).Select(ParseField).OfType<FormField>().DistinctBy(field => field.Label, StringComparer.OrdinalIgnoreCase).ToList();
        return new(fields.Count > 0 ? fields : prompt.Mentions(Newsletter) ? NewsletterFields : DefaultFields);
    }

    /// <inheritdoc/>
    protected override string Describe(ContactFormSettings settings) =>
        $"a form with {Count(settings.Fields.Count, "field")} that checks what is entered and sends nothing";

    private static FormField? ParseField(string text)
    {
        var label = FieldTail.Replace(Required.Replace(Optional.Replace(text, " "), " ").Trim(), "").Trim();
        if (label.Length is 0 or > 60 || NotAField.IsMatch(label))
        {
            return null;
        }

        var type = Types.FirstOrDefault(candidate => candidate.Pattern.IsMatch(label)).Type;
        var isOptional = Optional.IsMatch(text) || (type is FormFieldType.Checkbox or FormFieldType.Tel or FormFieldType.Url && !Required.IsMatch(text));
        return new(PromptReader.Capitalise(label), type, !isOptional);
    }
}
