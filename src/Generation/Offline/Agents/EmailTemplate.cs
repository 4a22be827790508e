using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of an e-mail.</summary>
/// <param name="Service">What sends it.</param>
/// <param name="UnknownService">The service that was asked for and that no template knows; empty when there is none.</param>
/// <param name="Content">What it says.</param>
/// <param name="To">Whom it goes to when a run does not say; empty for nobody.</param>
/// <param name="From">Whom it comes from; empty for the service's own default.</param>
/// <param name="Subject">Its subject; empty for the one that goes with the content.</param>
/// <param name="Text">Its text where the prompt gave one; empty for the one that goes with the content.</param>
public sealed record EmailSettings(EmailService Service, string UnknownService, EmailContent Content, string To, string From, string Subject, string Text)
    : AgentSettings(AgentKind.Email)
{
    /// <inheritdoc/>
    public override bool IsValid() => Enum.IsDefined(Service) && Enum.IsDefined(Content) && Fit(UnknownService, To, From, Subject, Text);
}

/// <summary>Writes an e-mail, and sends it by a service's HTTP interface when one was chosen.</summary>
public sealed class EmailTemplate : AgentTemplate<EmailSettings>
{
    private const string ServiceQuestion = "Which email service?";
    private const string AddressQuestion = "Which address should it write to?";
    private const string EachRun = "Each run names it";
    private const string ResendSender = "onboarding@resend.dev";
    private const string AddressPattern = @"[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}";

    private static readonly PromptPattern ResendWords = new(@"\bresend\b(?:\.com| api| service|$|[\s.,;!)])");
    private static readonly PromptPattern ResendVerb = new(@"\b(?:to|can|should|must|will|not|never|and) resend\b|\bresend (?:it|them|the|an?|this|that)\b");
    private static readonly PromptPattern SendGridWords = new(@"\b(?:send ?grid|twilio)\b");
    private static readonly PromptPattern DraftWords = new(@"\b(?:drafts?|drafting|draft[ -]only|no service|nothing|none|no|(?:do not|don'?t|without) send\w*)\b");
    private static readonly PromptPattern DraftRequest = new(@"\b(?:drafts?|drafting|writes?|writing|composes?|composing|(?:do not|don'?t|without) send\w*)\b");
    private static readonly PromptPattern SendRequest = new(@"\b(?:sends?|sending|e-?mails? (?:me|us|him|her|them|my|our|the|every|each|a|an|[a-z0-9._%+-]+@)|mails? me|deliver\w*)\b");
    private static readonly PromptPattern OtherServices = new(@"\b(mailgun|postmark|amazon ses|aws ses|ses|gmail|outlook|smtp|mailchimp|mandrill|brevo|sendinblue|sparkpost|mailjet|mailersend|zoho|office 365|loops)\b");
    private static readonly PromptPattern Address = new($@"\b({AddressPattern})\b");
    private static readonly PromptPattern FromAddress = new($@"\b(?:from|sender(?: is)?:?|as) ({AddressPattern})\b");
    private static readonly PromptPattern SubjectWords = new("""\bsubject(?: line)?(?: (?:is|to|of|saying|should be))?:?\s+(?:"([^"\n]+)"|“([^”\n]+)”|'([^'\n]+)')""");
    private static readonly PromptPattern TextWords = new("""\b(?:saying|says?|that reads|with the (?:text|message|body)|(?:text|body|message)(?: (?:is|to|should be))?|remind(?:er|ing|s)? (?:me |us |them )?(?:to|that|about|of)?)\s*:?\s+(?:"([^"\n]+)"|“([^”\n]+)”|'([^'\n]+)')""");
    private static readonly PromptPattern ReminderText = new(@"\bremind(?:er|ers|ing|s)?(?: e-?mails?)?(?: me| us| them| everyone| the team)?,? (?:to|that|about|of|for) ([^.;\n""]+)");
    private static readonly PromptPattern ReminderEnd = new(@",? (?:every|each|by e-?mail|via|using|with (?:resend|send ?grid)|daily|weekly|monthly|at \d|on (?:mon|tues|wednes|thurs|fri|satur|sun)|from \S+@|to \S+@)\b?.*$");

    private static readonly (EmailContent Content, PromptPattern Words, string Subject, string Text, string Does)[] Contents =
    [
        Content(EmailContent.Joke, BuiltInTexts.JokeWords, "Your joke of the day", "", "with a joke"),
        Content(EmailContent.Quote, BuiltInTexts.QuoteWords, "Your quote of the day", "", "with a quote"),
        Content(EmailContent.Fact, BuiltInTexts.FactWords, "Your fact of the day", "", "with a fact"),
        Content(EmailContent.Reminder, @"\bremind\w*\b", "Reminder", "This is your reminder: {topic}", "with a reminder"),
        Content(EmailContent.Welcome, @"\bwelcom\w+\b|\bonboarding\b", "Welcome, {name}!", "Hello {name},\n\nwelcome! We are glad that you are here. {topic}\n\nIf you have a question, just answer this e-mail.", "that welcomes somebody"),
        Content(EmailContent.ThankYou, @"\bthank(?:s|ing|[ -]you)?\b", "Thank you, {name}", "Hello {name},\n\nthank you very much for {topic}. It means a lot to us.", "that says thank you"),
        Content(EmailContent.FollowUp, @"\bfollow(?:ing|s)?[ -]?up\b", "Following up: {topic}", "Hello {name},\n\nI would like to follow up on {topic}. Is there anything that you need from me to go on?", "that follows something up"),
        Content(EmailContent.Decline, @"\bdeclin\w+|\breject\w*|\bturn(?:ing)? down\b|\bsay(?:ing|s)? no\b", "About {topic}", "Hello {name},\n\nthank you for {topic}. Unfortunately I have to decline this time; I hope that you understand.", "that declines politely"),
        Content(EmailContent.Invitation, @"\binvit\w+\b", "Invitation: {topic}", "Hello {name},\n\nyou are invited: {topic}. Please let me know whether you can come.", "that invites somebody"),
        Content(EmailContent.Apology, @"\bapolog\w+|\bsorry\b", "Our apologies", "Hello {name},\n\nwe are sorry about {topic}. We are looking into it and will do better.", "that apologises"),
        Content(EmailContent.Introduction, @"\bintroduc\w+|\bcold (?:e-?mail|outreach)|\boutreach\b", "{topic}", "Hello {name},\n\nlet me introduce myself briefly: I am writing about {topic}. Would you have fifteen minutes for a call next week?", "that introduces you"),
        Content(EmailContent.Message, @"\bmessage\b", "{topic}", "Hello {name},\n\n{topic}", "from what a run is given"),
    ];

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Email;

    /// <inheritdoc/>
    public override string Noun => "an e-mail agent";

    /// <inheritdoc/>
    public override string Does => "Write or send an e-mail";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"e-?mails?|e-?mailing|e-?mailer|mails? me|newsletters?", 5),
        (@"send ?grid|resend|draft only|subject", 3),
        (@"reminders?|remind (?:me|us)", 4));

    /// <inheritdoc/>
    public override IEnumerable<PromptPattern> OwnWords => Contents.Select(content => content.Words);

    /// <inheritdoc/>
    protected override EmailSettings Read(AgentPrompt prompt, EmailSettings? current)
    {
        var reader = prompt.Reader;
        var (service, unknown) = ServiceIn(prompt, current);
        var from = FromAddress.Match(reader.Text) is { Success: true } sender ? sender.Groups[1].Value : null;
        var to = Address.Matches(reader.Text).Select(match => match.Groups[1].Value).FirstOrDefault(address => address != from) ?? current?.To ?? "";
        // A scheduled run has no input that could say where the e-mail goes.
        if (to.Length == 0 && service != EmailService.Draft && current is null && ScheduleReader.Find(reader) is not null)
        {
            to = Address.Match(prompt.Ask(AddressQuestion, [EachRun], EachRun) ?? "") is { Success: true } given ? given.Groups[1].Value : "";
        }

        var text = Quoted(TextWords, reader);
        // "A quote instead of a joke": what is named first is meant.
        var content = Contents.Where(known => known.Content != EmailContent.Message && reader.Mentions(known.Words))
            .OrderBy(known => known.Words.Match(reader.Unquoted).Index).Select(known => (EmailContent?)known.Content).FirstOrDefault();
        if (text is null && content == EmailContent.Reminder && ReminderText.Match(reader.Text) is { Success: true } what)
        {
            text = PromptReader.Clean(PromptReader.Capitalise(ReminderEnd.Replace(what.Groups[1].Value, "").Trim().TrimEnd(',', '.')), PromptReader.MaxTextLength);
        }

        // What a new content brings with it goes with it.
        var isOther = content is not null && content != current?.Content;
        return new(
            service,
            unknown,
            content ?? current?.Content ?? EmailContent.Message,
            to,
            from ?? current?.From ?? "",
            Quoted(SubjectWords, reader) ?? (isOther ? "" : current?.Subject) ?? "",
            text ?? (isOther ? "" : current?.Text) ?? "");
    }

    /// <inheritdoc/>
    protected override AgentParts Write(EmailSettings settings)
    {
        var content = Contents.First(known => known.Content == settings.Content);
        var list = settings.Content switch
        {
            EmailContent.Joke => BuiltInTexts.Jokes,
            EmailContent.Quote => BuiltInTexts.Quotes,
            EmailContent.Fact => BuiltInTexts.Facts,
            _ => null,
        };
        list = settings.Text.Length > 0 ? null : list;
        var isFixed = settings.Text.Length > 0 || list is not null;
        var subject = settings.Subject.Length > 0 ? settings.Subject
            : settings.Text.Length > 0 && settings.Content == EmailContent.Message ? "A message for you"
            : content.Subject;
        // A prompt's own text is taken as it is; only our own texts have places to fill.
        var text = settings.Text.Length > 0 ? settings.Text : content.Text;
        var sender = settings.From.Length > 0 ? settings.From : settings.Service == EmailService.Resend ? ResendSender : "";
        var config = new JsonObject
        {
            ["service"] = Name(settings.Service),
            ["to"] = settings.To,
            ["from"] = sender,
            ["subject"] = subject,
            ["fillsSubject"] = settings.Subject.Length == 0 && subject.Contains('{'),
            ["texts"] = new JsonArray([.. (list ?? [text]).Select(one => (JsonNode)one)]),
            ["fillsTexts"] = !isFixed,
        };

        var inputs = new List<(string, JsonObject)>
        {
            ("to?", Schema.Text(settings.To.Length > 0 ? $"Whom it goes to; {settings.To} when missing." : "Whom it goes to.")),
            ("subject?", Schema.Text("The subject; the agent has one when it is missing.")),
        };
        var example = new JsonObject { ["to"] = "ada@example.com" };
        if (!isFixed)
        {
            inputs.Add(("name?", Schema.Text("Whom the e-mail addresses.")));
            inputs.Add(("topic?", Schema.Text("What the e-mail is about.")));
            example["name"] = "Ada";
            example["topic"] = "the workshop on Friday";
        }

        var notes = new List<string>();
        if (settings.UnknownService.Length > 0)
        {
            notes.Add($"The offline generator does not know the service \"{settings.UnknownService}\" (it knows Resend and SendGrid), so the agent only drafts.");
        }
        else if (settings.Service == EmailService.Draft)
        {
            notes.Add("It sends nothing: say \"use Resend\" or \"use SendGrid\" to change that.");
        }

        return new(
            $"{(settings.Service == EmailService.Draft ? "drafts" : "writes and sends")} an e-mail {(settings.Text.Length > 0 && settings.Content == EmailContent.Message ? "with your text" : content.Does)}"
            + settings.Service switch { EmailService.Draft => "", EmailService.Resend => " by Resend", EmailService.SendGrid => " by SendGrid" },
            config,
            Schema.Object([.. inputs]),
            Constant("output"),
            example)
        {
            Hosts = settings.Service switch { EmailService.Draft => [], EmailService.Resend => ["api.resend.com"], EmailService.SendGrid => ["api.sendgrid.com"] },
            Secrets = settings.Service switch { EmailService.Draft => [], EmailService.Resend => ["RESEND_API_KEY"], EmailService.SendGrid => ["SENDGRID_API_KEY"] },
            Notes = notes,
            Details = settings.Service switch
            {
                EmailService.Draft => [],
                EmailService.Resend when settings.From.Length == 0 => [$"It sends from {ResendSender}, which reaches only your own address. Say \"from you@your-domain\" once you have verified a domain."],
                EmailService.SendGrid when settings.From.Length == 0 => ["It sends from the recipient's own address, which SendGrid must have verified. Say \"from you@your-domain\" to change that."],
                EmailService.Resend or EmailService.SendGrid => ["The service must have verified the sender's domain."],
            },
        };
    }

    private static (EmailService Service, string Unknown) ServiceIn(AgentPrompt prompt, EmailSettings? current)
    {
        var text = prompt.Reader.Unquoted;
        if (Known(text) is { } named)
        {
            return (named, "");
        }

        if (OtherServices.Match(Address.Replace(text, " ")) is { Success: true } other && !(current is not null && other.Groups[1].Length < 4))
        {
            return (EmailService.Draft, PromptReader.Clean(PromptReader.Capitalise(other.Groups[1].Value), 40));
        }

        if (current is not null)
        {
            return prompt.Mentions(DraftRequest) && !prompt.Mentions(SendRequest) && !AsksForText(text) ? (EmailService.Draft, "") : (current.Service, current.UnknownService);
        }

        if (prompt.Mentions(DraftRequest) && !prompt.Mentions(SendRequest))
        {
            return (EmailService.Draft, "");
        }

        return prompt.Ask(ServiceQuestion, ["Resend", "SendGrid", "Draft only"], "Draft only") switch
        {
            null or "" => (EmailService.Draft, ""),
            { } answer when Known(answer) is { } service => (service, ""),
            { } answer when DraftWords.IsMatch(answer) => (EmailService.Draft, ""),
            { } answer => (EmailService.Draft, PromptReader.Clean(answer.Replace('\n', ' '), 40)),
        };
    }

    /// <summary>"Write it more formally" is about the text, "only draft it" about the sending.</summary>
    private static bool AsksForText(string text) => !DraftWords.IsMatch(text);

    private static EmailService? Known(string text) =>
        SendGridWords.IsMatch(text) ? EmailService.SendGrid : ResendWords.IsMatch(text) && !ResendVerb.IsMatch(text) ? EmailService.Resend : null;

    private static string? Quoted(PromptPattern pattern, PromptReader prompt) =>
        pattern.Match(prompt.Text) is { Success: true } match
            ? PromptReader.Clean(match.Groups.Values.Skip(1).First(group => group.Success).Value, PromptReader.MaxTextLength) is { Length: > 0 } text ? text : null
            : null;

    private static (EmailContent, PromptPattern, string, string, string) Content(EmailContent content, PromptPattern words, string subject, string text, string does) => (content, words, subject, text, does);

    private static (EmailContent, PromptPattern, string, string, string) Content(EmailContent content, string words, string subject, string text, string does) =>
        Content(content, new PromptPattern(words), subject, text, does);
}

/// <summary>What sends an e-mail.</summary>
public enum EmailService
{
    /// <summary>Nothing: it is returned.</summary>
    Draft,

    /// <summary>resend.com.</summary>
    Resend,

    /// <summary>sendgrid.com.</summary>
    SendGrid,
}

/// <summary>What an e-mail says.</summary>
public enum EmailContent
{
    /// <summary>What a run is given.</summary>
    Message,

    /// <summary>A joke for each day.</summary>
    Joke,

    /// <summary>A quote for each day.</summary>
    Quote,

    /// <summary>A fact for each day.</summary>
    Fact,

    /// <summary>A reminder.</summary>
    Reminder,

    /// <summary>A welcome.</summary>
    Welcome,

    /// <summary>Thanks.</summary>
    ThankYou,

    /// <summary>A question about something begun.</summary>
    FollowUp,

    /// <summary>A polite no.</summary>
    Decline,

    /// <summary>An invitation.</summary>
    Invitation,

    /// <summary>An apology.</summary>
    Apology,

    /// <summary>An introduction.</summary>
    Introduction,
}
