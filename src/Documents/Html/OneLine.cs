using System.Text;

namespace Jobs.Documents.Html;

/// <summary>Collects text on one line: white space of any kind and length becomes one space, none stands at either end, and the line is cut at a length.</summary>
internal sealed class OneLine(int maxCharacters)
{
    private readonly StringBuilder _line = new();
    private bool _space;

    /// <summary>True when no more is taken.</summary>
    public bool IsFull => _line.Length >= maxCharacters;

    /// <summary>The text on one line, cut.</summary>
    public static string Of(string? text, int maxCharacters)
    {
        var line = new OneLine(maxCharacters);
        line.Add(text ?? "");
        return line.ToString();
    }

    /// <summary>Adds text.</summary>
    public void Add(string text)
    {
        foreach (var c in text)
        {
            if (IsFull)
            {
                return;
            }

            if (char.IsWhiteSpace(c))
            {
                _space = true;
                continue;
            }

            if (_space && _line.Length > 0)
            {
                _line.Append(' ');
            }

            _space = false;
            _line.Append(c);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => CleanText.Clean(_line.ToString());
}
