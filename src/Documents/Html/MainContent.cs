using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Jobs.Documents.Html;

/// <summary>Finds what a reader would look for on a page, by the rules of Mozilla's Readability (SmartReader).</summary>
internal static class MainContent
{
    private const string NoAddress = "http://localhost/";

    /// <summary>The element with the main content; null when there is none to be found. The document is taken apart.</summary>
    public static IElement? Find(IHtmlDocument document, Uri? address)
    {
        if (document.Body is null)
        {
            return null;
        }

        IElement? content = null;
        using var reader = new SmartReader.Reader(address?.AbsoluteUri ?? NoAddress, document) { DisableJSONLD = true };
        reader.AddCustomOperationEnd(element => content = element);
        return reader.GetArticle().IsReadable ? content : null;
    }
}
