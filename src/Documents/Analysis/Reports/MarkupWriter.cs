using System.Globalization;
using System.Text;
using System.Xml;

namespace Jobs.Documents.Analysis.Reports;

/// <summary>Writes elements, and escapes whatever is written into them: what others wrote can be no markup. What XML cannot have at all is left out.</summary>
internal sealed class MarkupWriter
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element. Attributes whose value is null are left out; numbers are written as everywhere.</summary>
    public MarkupWriter Open(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        _open.Push(name);
        Tag(name, attributes);
        _text.Append('>');
        return this;
    }

    /// <summary>Closes what was opened last.</summary>
    public MarkupWriter Close()
    {
        _text.Append("</").Append(_open.Pop()).Append('>');
        return this;
    }

    /// <summary>Writes an element with a text.</summary>
    public MarkupWriter Element(string name, string text, params ReadOnlySpan<(string Name, object? Value)> attributes) => Open(name, attributes).Text(text).Close();

    /// <summary>Writes an element with nothing in it.</summary>
    public MarkupWriter Empty(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Tag(name, attributes);
        _text.Append("/>");
        return this;
    }

    /// <summary>Writes a text.</summary>
    public MarkupWriter Text(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                _text.Append(text[i]).Append(text[++i]);
                continue;
            }

            _ = text[i] switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                var character => XmlConvert.IsXmlChar(character) ? _text.Append(character) : _text,
            };
        }

        return this;
    }

    /// <summary>Writes what is markup already: only of the program's own.</summary>
    public MarkupWriter Own(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _open.Count == 0 ? _text.ToString() : throw new InvalidOperationException($"<{_open.Peek()}> is still open.");

    private void Tag(string name, ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        _text.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is not null)
            {
                _text.Append(' ').Append(attribute).Append("=\"");
                Text(Convert.ToString(value, CultureInfo.InvariantCulture)!).Own("\"");
            }
        }
    }
}
