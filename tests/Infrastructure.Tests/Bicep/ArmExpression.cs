namespace Jobs.Infrastructure.Tests.Bicep;

/// <summary>An expression of a template, <c>[name(…)]</c>, as far as one must read it to find the names of the properties that an object would get.</summary>
internal sealed record ArmExpression(string Name, bool IsText, IReadOnlyList<ArmExpression> Arguments)
{
    /// <summary>Reads an expression; throws <see cref="FormatException"/> for what is none.</summary>
    public static ArmExpression Parse(string text)
    {
        if (text is not ['[', .. var inner, ']'])
        {
            throw new FormatException($"This is no expression: {text}");
        }

        var at = 0;
        var parsed = Parse(inner, ref at);
        return at == inner.Length ? parsed : throw new FormatException($"Something follows at {at}: {inner[at..]}");
    }

    /// <summary>
    /// The names of the properties of the object that it makes: of <c>createObject</c>, of what <c>union</c> and <c>concat</c> put together, and of what <c>toObject</c> makes of a list
    /// or <c>items</c> has made one of. An entry of such a list has its name as <c>setting</c>, or beside a <c>value</c> as <c>key</c> or <c>name</c>.
    /// </summary>
    public IEnumerable<string> Keys() => Name switch
    {
        "createObject" when (Value("setting") ?? (Value("value") is null ? null : Value("key") ?? Value("name"))) is { } entry => [entry],
        "createObject" => Arguments.Where((_, index) => index % 2 == 0).Select(key => key.IsText ? key.Name : throw new FormatException($"The name {key.Name} is not known.")),
        "union" or "toObject" or "filter" or "createArray" or "concat" or "map" or "items" => Arguments.SelectMany(argument => argument.Keys()),
        _ => [],
    };

    /// <summary>The text under a name in <c>createObject</c>.</summary>
    private string? Value(string key) =>
        Arguments.Where((_, index) => index % 2 == 1 && Arguments[index - 1] is { IsText: true } name && name.Name == key).FirstOrDefault()?.Name;

    private static ArmExpression Parse(string text, ref int at)
    {
        if (text[at] == '\'')
        {
            var value = new System.Text.StringBuilder();
            for (at++; text[at] != '\'' || (at + 1 < text.Length && text[at + 1] == '\''); at++)
            {
                at += text[at] == '\'' ? 1 : 0;
                value.Append(text[at]);
            }

            at++;
            return new ArmExpression(value.ToString(), IsText: true, []);
        }

        var start = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '-' or '_'))
        {
            at++;
        }

        var name = text[start..at];
        var arguments = at < text.Length && text[at] == '(' ? ParseList(text, ref at, ')') : [];
        // What follows a value, .property and [index], does not matter here.
        while (at < text.Length && text[at] is '.' or '[')
        {
            if (text[at] == '[')
            {
                ParseList(text, ref at, ']');
                continue;
            }

            for (at++; at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '?'); at++)
            {
            }
        }

        return new ArmExpression(name, IsText: false, arguments);
    }

    private static List<ArmExpression> ParseList(string text, ref int at, char end)
    {
        var items = new List<ArmExpression>();
        at++;
        while (text[at] != end)
        {
            items.Add(Parse(text, ref at));
            while (text[at] is ',' or ' ')
            {
                at++;
            }
        }

        at++;
        return items;
    }
}
