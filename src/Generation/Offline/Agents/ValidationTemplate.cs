using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>One rule for one field.</summary>
public sealed record FieldCheck(string Field, FieldRule Rule, bool IsRequired);

/// <summary>Settings of a validation.</summary>
/// <param name="Checks">What is checked, in order.</param>
public sealed record ValidationSettings(IReadOnlyList<FieldCheck> Checks) : AgentSettings(AgentKind.Validation)
{
    /// <inheritdoc/>
    public override bool IsValid() =>
        Checks.Count is > 0 and <= PromptReader.MaxItems
        && Checks.All(check => check is { Field.Length: > 0 and <= ValidationTemplate.MaxFieldLength } && Enum.IsDefined(check.Rule) && IsName(check.Field));

    /// <summary>Whether a text can be the name of a field: ASCII letters and digits, a letter first.</summary>
    internal static bool IsName(string text) => text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(char.IsAsciiLetterOrDigit);
}

/// <summary>Checks the fields of its input and says what is wrong with each.</summary>
public sealed class ValidationTemplate : AgentTemplate<ValidationSettings>
{
    /// <summary>The most characters of a field's name.</summary>
    internal const int MaxFieldLength = 40;

    private static readonly (FieldRule Rule, string Field, PromptPattern Words, string Does, string Sample)[] Rules =
    [
        Rule(FieldRule.Email, "email", @"e-?mails?(?: address(?:es)?)?", "e-mail address", "ada@example.com"),
        Rule(FieldRule.Url, "url", @"urls?|links?|web ?(?:site )?addresse?s?|websites?", "web address", "https://example.com/a"),
        Rule(FieldRule.Iban, "iban", @"ibans?|bank accounts?(?: numbers?)?", "IBAN", "DE89 3704 0044 0532 0130 00"),
        Rule(FieldRule.Phone, "phone", @"(?:tele)?phones?(?: numbers?)?|mobile(?: numbers?)?", "phone number", "+41 44 668 18 00"),
        Rule(FieldRule.Card, "cardNumber", @"(?:credit |debit |payment )?cards?(?: numbers?)?|luhn", "card number", "4111 1111 1111 1111"),
        Rule(FieldRule.Date, "date", @"dates?|birth ?dates?|birthdays?", "ISO date", "2026-11-23"),
        Rule(FieldRule.Integer, "integer", @"integers?|whole numbers?", "whole number", "42"),
        Rule(FieldRule.Uuid, "uuid", @"uuids?|guids?", "UUID", "123e4567-e89b-12d3-a456-426614174000"),
        Rule(FieldRule.IpAddress, "ip", @"ip(?:v4)?(?: address(?:es)?)?", "IPv4 address", "192.0.2.1"),
        Rule(FieldRule.Hex, "colour", @"hex(?:adecimal)? colou?rs?|colou?r codes?", "colour as #rrggbb", "#1a2b3c"),
        Rule(FieldRule.Password, "password", @"passwords?", "strong password", "Tr0ub4dor&3-horse"),
        Rule(FieldRule.Present, "value", "value", "text", "some text"),
    ];

    private static readonly PromptPattern Required = new(@"\b(?:required|mandatory)(?: fields?)?(?: are| is)?\s*:?\s+([^.;\n]+)|\brequires? (?:the (?:fields?|presence of) )?([^.;\n]+)|\b(?:that|whether|if) ([^.;\n]+?) (?:are|is) (?:all )?(?:present|filled|given|set|there|not empty|required)\b");
    private static readonly PromptPattern NoField = new(@"^(?:the|a|an|and|fields?|valid|value|all|to be|are|is|required|checks?)$");
    private static readonly PromptPattern Tail = new(@"\s(?:are|is|fields?|must|should|and (?:the|check|validate|that))\b.*$");
    private static readonly PromptPattern Removal = new(@"\b(?:remove|drop|don'?t|do not|no longer|without|stop)\b");
    private static readonly PromptPattern Anew = new(@"\binstead\b|\bonly\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Validation;

    /// <inheritdoc/>
    public override string Noun => "a validation agent";

    /// <inheritdoc/>
    public override string Does => "Validate values";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"validat\w+|verif(?:y|ies|ying) (?:that |whether |if )?(?:an? |the |my )?(?:e-?mails?|ibans?|urls?|phones?|(?:credit )?cards?|form)", 8),
        (@"(?:is|are) (?:an? |the )?(?:\w+ ){0,3}valid|valid(?:ity)?|luhn|required fields?|well[ -]formed", 6),
        (@"check(?:s|ing)? (?:that |whether |if |for |the |an? |my |all )*(?:e-?mails?|ibans?|urls?|phones?|(?:credit )?cards?|uuids?|passwords?|form|required)", 6));

    /// <inheritdoc/>
    protected override ValidationSettings Read(AgentPrompt prompt, ValidationSettings? current)
    {
        var text = prompt.Reader.Unquoted;
        var named = RequiredFields(prompt.Reader);
        // "Bank account numbers" are no numbers, and a "web address" no other address: rules that stand first take their words.
        var found = Rules.Where(rule => rule.Rule != FieldRule.Present && rule.Words.IsMatch(text)).ToList();
        if (found.Any(rule => rule.Rule == FieldRule.Hex))
        {
            found.RemoveAll(rule => rule.Rule == FieldRule.Integer);
        }

        var checks = found.Select(rule => new FieldCheck(rule.Field, rule.Rule, IsRequired: named.Remove(rule.Field))).ToList();
        checks.AddRange(named.Select(field => new FieldCheck(field, FieldRule.Present, IsRequired: true)));
        if (current is not null)
        {
            if (checks.Count == 0)
            {
                return current;
            }

            if (prompt.Mentions(Removal))
            {
                var rest = current.Checks.Where(check => checks.All(gone => gone.Field != check.Field)).ToList();
                return rest.Count > 0 ? new(rest) : current;
            }

            if (!prompt.Mentions(Anew))
            {
                checks = [.. current.Checks.Where(check => checks.All(other => other.Field != check.Field)), .. checks];
            }
        }

        if (checks.Count == 0)
        {
            var answer = prompt.Ask("What should it validate?", ["E-mail addresses", "Web addresses", "Phone numbers", "IBANs", "Card numbers"], "E-mail addresses") ?? "";
            var rules = Rules.Where(rule => rule.Words.IsMatch(answer)).ToList();
            checks = [.. (rules.Count > 0 ? rules : [Rules[0]]).Select(rule => new FieldCheck(rule.Field, rule.Rule, IsRequired: false))];
        }

        // What is checked alone must be there.
        return new(checks.Count == 1 ? [checks[0] with { IsRequired = true }] : [.. checks.Take(PromptReader.MaxItems)]);
    }

    /// <inheritdoc/>
    protected override AgentParts Write(ValidationSettings settings)
    {
        (FieldRule Rule, string Field, PromptPattern Words, string Does, string Sample) Of(FieldRule rule) => Rules.First(known => known.Rule == rule);

        return new(
            $"validates {Enumerate([.. settings.Checks.Select(check => check.Rule == FieldRule.Present ? $"that {check.Field} is there" : $"{Of(check.Rule).Does}s")])}".Replace("addresss", "addresses"),
            ConfigOf(settings),
            Schema.Object([.. settings.Checks.DistinctBy(check => check.Field).Select(check => (check.Field + "?", Schema.Text($"The {Of(check.Rule).Does} to check{(check.IsRequired ? "; the check fails without it" : "")}.")))]),
            Constant("output"),
            new JsonObject(settings.Checks.DistinctBy(check => check.Field).Select(check => KeyValuePair.Create(check.Field, (JsonNode?)Of(check.Rule).Sample))));
    }

    private static List<string> RequiredFields(PromptReader prompt)
    {
        if (Required.Match(prompt.Text) is not { Success: true } match)
        {
            return [];
        }

        var list = Tail.Replace(" " + match.Groups.Values.Skip(1).First(group => group.Success).Value, "");
        return [.. PromptReader.SplitItems(list).Select(FieldName).Where(field => field.Length <= MaxFieldLength && ValidationSettings.IsName(field) && !NoField.IsMatch(field)).Distinct()];
    }

    /// <summary>"First name" becomes "firstName", and what a rule knows by several names its own name for it.</summary>
    private static string FieldName(string text)
    {
        if (Rules.FirstOrDefault(rule => rule.Words.Match(text) is { Success: true } match && match.Length == text.Length) is { Words: not null } known)
        {
            return known.Field;
        }

        var words = text.Split([' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries).Take(4).Select(word => string.Concat(word.Where(char.IsAsciiLetterOrDigit))).Where(word => word.Length > 0).ToList();
        return words.Count == 0 ? "" : char.ToLowerInvariant(words[0][0]) + words[0][1..] + string.Concat(words.Skip(1).Select(word => PromptReader.Capitalise(word.ToLowerInvariant())));
    }

    private static (FieldRule, string, PromptPattern, string, string) Rule(FieldRule rule, string field, string words, string does, string sample) =>
        (rule, field, new PromptPattern($@"\b(?:{words})\b"), does, sample);
}

/// <summary>What a field can be checked for.</summary>
public enum FieldRule
{
    /// <summary>Being there.</summary>
    Present,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>An address that begins with http.</summary>
    Url,

    /// <summary>An IBAN with right check digits.</summary>
    Iban,

    /// <summary>A phone number.</summary>
    Phone,

    /// <summary>A card number with a right check digit.</summary>
    Card,

    /// <summary>A date as YYYY-MM-DD.</summary>
    Date,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A UUID.</summary>
    Uuid,

    /// <summary>An IPv4 address.</summary>
    IpAddress,

    /// <summary>A colour in hexadecimal.</summary>
    Hex,

    /// <summary>A password that is not too simple.</summary>
    Password,
}
