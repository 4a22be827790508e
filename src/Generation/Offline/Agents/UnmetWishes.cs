using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Finds in a prompt what an agent will not do though it was asked for, so that the answer can say so.</summary>
internal static class UnmetWishes
{
    private const string Article = "(?:an? |the |my |our |any |some |all |this |that |these )*";
    private const string Handling = "(?:read|extract|summari|analy|translat|generat|creat|convert|transcrib|describ|resiz|draw|mak|export|count|scor)\\w* (?:\\w+ )?(?:from |in |of |out of |to |as |into )?" + Article;

    /// <summary>What somebody is to be reminded of is text, up to the word that says when or by what.</summary>
    private static readonly PromptPattern Reminder = new(@"\bremind\w*(?: \w+){0,3}? (?:to|that|about|of|for) [^.;\n]*?(?: (?:via|by|on|with|using|every|each) |$|[.;\n])");
    private static readonly PromptPattern Declined = new(@"\b(?:no|not|without|never|don'?t) (?:any |an? |the |need |use |send |want )*\w+(?: me\b)?");

    /// <summary>The words of a wish, what it is, and the kinds that do not meet it.</summary>
    private static readonly (PromptPattern Words, string Wish, Func<AgentKind, bool> Unmet)[] Known =
    [
        Wish(@"attach(?:ments?|e[sd]|ing)?", "attach files", _ => true),
        Wish(@"b?cc|carbon cop(?:y|ies)", "send copies (cc, bcc)", kind => kind == AgentKind.Email),
        Wish(@"html e-?mails?|e-?mails? (?:in|as|with) html", "format an e-mail in HTML", kind => kind == AgentKind.Email),
        Wish(@"inbox(?:es)?|mailbox(?:es)?", "read a mailbox", _ => true),
        Wish(@"e-?mails? (?:me|us|it|them|the (?:result|output|answer))|send\w* (?:me |us |it |them |the (?:result|output|answer) )?(?:an |by |as |via |in an )*e-?mails?", "send e-mail", kind => kind != AgentKind.Email),
        Wish(@"(?:on|to|in|via|by|into|using) (?:an? |the |our |my )*(?:slack|discord|telegram|whatsapp|(?:microsoft |ms )teams|mattermost|twitter|facebook|linkedin|instagram)|slack|discord|telegram|whatsapp", "post to chats or social networks", kind => kind != AgentKind.Http),
        Wish(@"sms|text messages?|phone calls?|push notifications?", "send text messages, calls or notifications", kind => kind != AgentKind.Http),
        Wish(@"pdfs?", "handle PDF files", _ => true),
        Wish(@"docx?|xlsx?|word (?:documents?|files?)|excel files?|power ?points?|pptx?", "handle Office files", _ => true),
        Wish($"{Handling}(?:images?|photos?|pictures?|screenshots?|scans?)|ocr", "handle images", _ => true),
        Wish($"{Handling}(?:audio|videos?|podcasts?|speech|recordings?|voice)|text to speech|transcrib\\w+", "handle sound or video", _ => true),
        Wish(@"(?:stor|sav|writ|insert|log|add|put|keep|read|query|fetch|load|from|in|into|to)\w*\b[^.\n]{0,40}\b(?:databases?|db|postgres\w*|mysql|mongodb|sqlite|notion|airtable|google sheets?)", "read or write a database or an online sheet", _ => true),
        Wish(@"remember\w*|since the last (?:run|time)|only (?:the )?new ones|(?:when|whenever|if) (?:it|something|the \w+) (?:has )?chang(?:es|ed)", "remember anything from one run to the next", _ => true),
        Wish(@"chat ?gpt|gpt-?\d\w*|openai|claude|gemini|llms?|language models?|machine learning|(?:with|by|using|use|via|through) (?:an? |the )?(?:ai|artificial intelligence|model)", "use an AI model", kind => kind != AgentKind.Http),
        Wish(@"(?:bank |public )?holidays", "know holidays", kind => kind == AgentKind.Date),
        Wish(@"time ?zones?", "calculate with time zones", kind => kind == AgentKind.Date),
        Wish(@"translat(?:e[sd]?|ing|ions?)", "translate", kind => kind != AgentKind.Translation),
        Wish(@"summari[sz]\w*|(?:add|with|send|give|writ|mak|creat|e-?mail)\w* (?:me |us )?(?:an? )?(?:\w+ )?summar(?:y|ies)", "summarise", kind => kind != AgentKind.Summary),
        Wish(@"(?:fetch|read|call|get|download|scrape|summari|translat|from|of|at)\w* (?:the )?(?:\w+ )?(?:at |of |from )?https?://[^\s]+", "call an HTTP address", kind => kind != AgentKind.Http),
    ];

    /// <summary>What the prompt asks for and an agent of this kind will not do, each as the rest of "it does not …".</summary>
    public static IReadOnlyList<string> In(PromptReader prompt, AgentKind kind)
    {
        var text = Declined.Replace(Reminder.Replace(prompt.Unquoted, " "), " ");
        return [.. Known.Where(known => known.Unmet(kind) && known.Words.IsMatch(text)).Select(known => known.Wish)];
    }

    private static (PromptPattern, string, Func<AgentKind, bool>) Wish(string words, string wish, Func<AgentKind, bool> unmet) => (new PromptPattern($@"\b(?:{words})\b"), wish, unmet);
}
