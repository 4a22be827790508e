using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of a call.</summary>
/// <param name="Address">The address; empty when each run names one.</param>
/// <param name="Posts">True when the input is sent as JSON by POST.</param>
/// <param name="Fields">What is returned of the answer; empty for all of it.</param>
/// <param name="UsesKey">True when the request carries the secret <c>API_KEY</c>.</param>
public sealed record HttpSettings(string Address, bool Posts, IReadOnlyList<string> Fields, bool UsesKey) : AgentSettings(AgentKind.Http)
{
    /// <inheritdoc/>
    public override bool IsValid() =>
        (Address.Length == 0 || HttpTemplate.Parse(Address) == Address) && Fit(Fields) && Fields.All(HttpTemplate.IsField) && Fields.Distinct().Count() == Fields.Count;
}

/// <summary>Calls an HTTP address and returns what was asked for of its answer.</summary>
public sealed class HttpTemplate : AgentTemplate<HttpSettings>
{
    private const int MaxAddressLength = 1_000;

    private static readonly PromptPattern Address = new(@"\bhttps?://[^\s<>""'“”«»`]+");
    private static readonly PromptPattern BareHost = new(@"\b(?:fetch|call|get|request|from|ping|check|download|read|query)\w* (?:the )?((?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|io|dev|app|co|ch|de|uk|eu|gov|edu)(?:/[^\s<>""'“”«»`]*)?)");
    private static readonly PromptPattern Posting = new(@"\b(?:post(?:s|ing|ed)?|send(?:s|ing)?|submit\w*|forward\w*|push(?:es|ing)?)\b[^.\n]{0,80}\b(?:to|at)\b|\bhttp post\b|\bby post\b|\bpost request\b|\buse post\b");
    private static readonly PromptPattern Getting = new(@"\b(?:use get|by get|http get|get request|get instead)\b");
    private static readonly PromptPattern KeyWords = new(@"\b(?:api[ -]keys?|bearer|token|authori[sz]\w+|authenticat\w+)\b");
    private static readonly PromptPattern FieldLead = new(@"\b(?:return(?:s|ing)?|give(?:s)?(?: me| back)?|extract(?:s|ing)?|show(?:s)?(?: me)?|tell(?:s)?(?: me)?|output|report|pick|read|get(?: me)?)(?: only| just| also)?(?: its| the| their| me the| all| just)* (?:fields? )?((?:[^.:;\n]|\.[a-z0-9_])+)");
    private static readonly PromptPattern FieldOf = new(@"\b(?:the|its) ((?:[a-z_][a-z0-9_.]*)(?:(?:,| and|, and) (?:the )?[a-z_][a-z0-9_.]*)*) (?:from|of|in|at) (?:https?://|the (?:answer|response|json|page|result))");
    private static readonly PromptPattern FieldEnd = new(@"\s(?:of|from|in|as|at|with|when|if|by|using|via|every|each|to)\b.*$|\s(?:fields?|propert(?:y|ies)|values?)$|https?:.*$");
    private static readonly PromptPattern Separator = new(@",\s*(?:and\s)?|\s(?:and|&)\s|/");
    private static readonly PromptPattern Article = new(@"^(?:the|its|also|only|just|a|an|fields?|and|called|named)\s+");
    private static readonly PromptPattern NoField = new(@"^(?:it|all|everything|result|results|answer|response|json|body|data|content|text|page|html|whole|me|this|that|url|something|request|address|website|site|api|value|values|weather|information|info)$");
    private static readonly PromptPattern Field = new(@"^[a-z_][a-z0-9_]{0,39}(?:\.[a-z0-9_]{1,40}){0,5}$");
    private static readonly PromptPattern More = new(@"\b(?:also|too|as well|add|plus|additionally)\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Http;

    /// <inheritdoc/>
    public override string Noun => "an HTTP agent";

    /// <inheritdoc/>
    public override string Does => "Call an HTTP address";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } =
    [
        (new PromptPattern(@"\b(?:fetch|call|request|get|post|query|ping|poll|download|read|monitor|check|scrape|send|forward|submit)\w*\b[^\n]{0,120}https?://"), 9),
        (Address, 5), (BareHost, 6),
        .. Phrases((@"(?:call|fetch|query|request)\w* (?:an?|the|some|my|our|a public|a rest) (?:\w+ )?(?:api|endpoint|url|web ?site|web ?page|address|web service)|http (?:request|call|get|post)|webhook call|api call|web request|health check", 6), (@"fetch|api key|bearer", 3)),
    ];

    /// <summary>The address in its normal form; null when it is none that can be called.</summary>
    internal static string? Parse(string text) =>
        text.Length <= MaxAddressLength
        && Uri.TryCreate(text.TrimEnd('.', ',', ';', ':', '!', ')', ']'), UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https"
        && address.UserInfo.Length == 0
        && address.Host.Length > 0
            ? address.AbsoluteUri
            : null;

    /// <summary>Whether a text can name a field of an answer: names with dots between them.</summary>
    internal static bool IsField(string text) => Field.IsMatch(text) && !text.Contains("__", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override HttpSettings Read(AgentPrompt prompt, HttpSettings? current)
    {
        var text = prompt.Reader.Text;
        var address = AddressIn(text);
        if (address is null && current is null)
        {
            address = AddressIn(prompt.Ask("Which address should it call?", [], null) ?? "");
        }

        var fields = FieldsIn(Address.Replace(prompt.Reader.Unquoted, match => "https://"));
        if (current is not null && (fields.Count == 0 || prompt.Mentions(More)))
        {
            fields = [.. current.Fields.Union(fields).Take(PromptReader.MaxItems)];
        }

        return new(
            address ?? current?.Address ?? "",
            prompt.Mentions(Posting) || (current is { Posts: true } && !prompt.Mentions(Getting)),
            fields,
            prompt.Mentions(KeyWords) || current is { UsesKey: true });
    }

    /// <inheritdoc/>
    protected override AgentParts Write(HttpSettings settings)
    {
        var host = settings.Address.Length > 0 ? new Uri(settings.Address).IdnHost : null;
        var names = settings.Fields.Select(field => (Field: field, Name: field.Contains('.') ? field.Split('.')[^1] : field)).DistinctBy(field => field.Name).Where(field => field.Name != "status").ToList();
        var inputs = new List<(string, JsonObject)>();
        if (host is null)
        {
            inputs.Add(("url", Schema.Text("The address to call.")));
        }

        if (settings.Posts)
        {
            inputs.Add(("body?", Schema.Any("What to send, as JSON.")));
        }

        inputs.Add(("query?", new JsonObject { ["type"] = "object", ["description"] = "Parameters to add to the address.", ["additionalProperties"] = new JsonObject { ["type"] = "string" } }));

        return new(
            $"{(settings.Posts ? "posts its input to" : "calls")} {(host is null ? "the address that it is given" : host)}"
            + (names.Count > 0 ? $" and returns {Enumerate([.. names.Select(name => name.Field)])}" : " and returns the answer"),
            new JsonObject
            {
                ["address"] = settings.Address,
                ["posts"] = settings.Posts,
                ["fields"] = new JsonArray([.. names.Select(name => new JsonObject { ["name"] = name.Name, ["path"] = name.Field })]),
                ["usesKey"] = settings.UsesKey,
            },
            Schema.Object([.. inputs]),
            Schema.Object([
                ("status", Schema.Integer("The HTTP status.", 100, 599)),
                .. names.Count > 0 ? names.Select(name => (name.Name, Schema.Any($"The field {name.Field} of the answer; null when it has none."))) : [("data", Schema.Any("The answer: JSON where it is JSON, else text."))]]),
            host is null ? new JsonObject { ["url"] = "https://example.com/" } : settings.Posts ? new JsonObject { ["body"] = new JsonObject { ["hello"] = "world" } } : new JsonObject())
        {
            Hosts = host is null ? [] : [host],
            Secrets = settings.UsesKey ? ["API_KEY"] : [],
            Notes = host is null ? ["An admin must grant it every host that runs name."] : [],
            Details = ["An agent reaches no network but the hosts that the organisation's admin grants it; a request elsewhere fails with an error."],
        };
    }

    private static string? AddressIn(string text) =>
        Address.Match(text) is { Success: true } match ? Parse(match.Value)
        : BareHost.Match(text) is { Success: true } bare ? Parse("https://" + bare.Groups[1].Value)
        : BareHost.Match("fetch " + text) is { Success: true } only ? Parse("https://" + only.Groups[1].Value)
        : null;

    private static List<string> FieldsIn(string text)
    {
        var lists = FieldOf.Matches(text).Take(PromptReader.MaxItems).Concat(FieldLead.Matches(text).Take(PromptReader.MaxItems));
        var fields = lists
            .SelectMany(match => Separator.Split(FieldEnd.Replace(" " + match.Groups[1].Value, "")))
            .Select(item => Article.Replace(Article.Replace(item.Trim(), ""), "").Trim('`', '"', '\''))
            .Where(item => IsField(item) && !NoField.IsMatch(item));
        return [.. fields.Distinct().Take(PromptReader.MaxItems)];
    }
}
