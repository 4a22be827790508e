using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Jobs.Documents.Html;

/// <summary>Finds what a reader would look for on a page, by the rules of Mozilla's Readability (SmartReader).</summary>
internal static class MainContent
{
    private const string NoAddress = "http://localhost/";

    /// <summary>The most characters of a name, a class and the like. The regular expressions that look for words in them take the square of their length, at worst.</summary>
    private const int MaxNameCharacters = 200;

    /// <summary>What <paramref name="use"/> makes of the element with the main content; null when there is none to be found. The document is taken apart.</summary>
    public static T? Use<T>(IHtmlDocument document, Uri? address, Func<IElement, T> use)
        where T : class
    {
        if (document.Body is null)
        {
            return null;
        }

        Shorten(document);
        IElement? content = null;
        using var reader = new SmartReader.Reader(address?.AbsoluteUri ?? NoAddress, document) { DisableJSONLD = true };
        reader.AddCustomOperationEnd(element => content = element);
        return reader.GetArticle().IsReadable && content is not null ? use(content) : null;
    }

    private static void Shorten(IHtmlDocument document)
    {
        if (document.Title is { Length: > 0 } title)
        {
            document.Title = OneLine.Of(title, HtmlLimits.MaxTitleCharacters);
        }

        foreach (var element in HtmlTree.Elements(document))
        {
            foreach (var attribute in element.Attributes.Where(attribute => attribute.Value.Length > MaxNameCharacters && attribute.Name is not ("alt" or "href" or "src")).ToList())
            {
                attribute.Value = attribute.Value[..MaxNameCharacters];
            }
        }
    }
}
