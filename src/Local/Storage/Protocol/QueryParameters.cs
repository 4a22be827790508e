namespace Jobs.Local.Storage.Protocol;

/// <summary>The query of an address. Values are decoded when they are asked for, because most requests ask for one.</summary>
internal readonly struct QueryParameters
{
    private readonly string _text;

    /// <summary>Takes a query with or without its question mark.</summary>
    public QueryParameters(string? query) => _text = query is null ? "" : query.StartsWith('?') ? query[1..] : query;

    /// <summary>The decoded value of the first parameter of that name; null when there is none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var part in _text.AsSpan().Split('&'))
            {
                var parameter = _text.AsSpan(part);
                var equals = parameter.IndexOf('=');
                var found = equals < 0 ? parameter : parameter[..equals];
                if (found.SequenceEqual(name) || (found.Contains('%') && Decode(found) == name))
                    return equals < 0 ? "" : Decode(parameter[(equals + 1)..]);
            }

            return null;
        }
    }

    /// <summary>Every parameter, decoded, in the order of the address.</summary>
    public List<KeyValuePair<string, string>> All()
    {
        var all = new List<KeyValuePair<string, string>>();
        foreach (var part in _text.AsSpan().Split('&'))
        {
            var parameter = _text.AsSpan(part);
            var equals = parameter.IndexOf('=');
            if (parameter.Length > 0)
                all.Add(equals < 0 ? new(Decode(parameter), "") : new(Decode(parameter[..equals]), Decode(parameter[(equals + 1)..])));
        }

        return all;
    }

    private static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '+') < 0)
            return text.ToString();
        return Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
    }
}
