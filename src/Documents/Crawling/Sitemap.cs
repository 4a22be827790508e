using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Jobs.Documents.Crawling;

/// <summary>Reads sitemaps: XML of addresses or of further sitemaps, or text with an address a line, either of them possibly compressed by gzip.</summary>
/// <param name="Addresses">The addresses of pages, as they stand, at most <see cref="CrawlLimits.MaxSitemapAddresses"/>.</param>
/// <param name="Sitemaps">The addresses of further sitemaps, as they stand, at most <see cref="CrawlLimits.MaxSitemaps"/>.</param>
internal sealed record Sitemap(IReadOnlyList<string> Addresses, IReadOnlyList<string> Sitemaps)
{
    /// <summary>Reads a sitemap. Of one that is malformed, what stands before the fault.</summary>
    public static Sitemap Read(ReadOnlyMemory<byte> body)
    {
        var bytes = body.Span is [0x1F, 0x8B, ..] ? Decompress(body) : body.ToArray();
        var addresses = new List<string>();
        var sitemaps = new List<string>();
        var start = Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 256))).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (start.StartsWith('<'))
        {
            ReadXml(bytes, addresses, sitemaps);
        }
        else
        {
            foreach (var line in Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').AsSpan().EnumerateLines())
            {
                Add(addresses, line.Trim(), CrawlLimits.MaxSitemapAddresses);
            }
        }

        return new Sitemap(addresses, sitemaps);
    }

    private static void ReadXml(byte[] bytes, List<string> addresses, List<string> sitemaps)
    {
        // Entities are refused with the document type, so that nothing is loaded and nothing multiplies.
        using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true });
        var isInSitemap = false;
        try
        {
            while (reader.Read() && reader.Depth < 16)
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                if (reader.LocalName is "sitemap" or "url")
                {
                    isInSitemap = reader.LocalName == "sitemap";
                }
                else if (reader.LocalName == "loc" && reader.Depth == 2 && !reader.IsEmptyElement && reader.Read() && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
                {
                    Add(isInSitemap ? sitemaps : addresses, reader.Value.AsSpan().Trim(), isInSitemap ? CrawlLimits.MaxSitemaps : CrawlLimits.MaxSitemapAddresses);
                }
            }
        }
        catch (XmlException)
        {
            // What was read up to here stands.
        }
    }

    private static byte[] Decompress(ReadOnlyMemory<byte> body)
    {
        using var stream = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
        var buffer = new MemoryStream();
        var piece = new byte[16 * 1024];
        try
        {
            for (int read; buffer.Length < CrawlLimits.MaxSitemapBytes && (read = stream.Read(piece)) > 0;)
            {
                buffer.Write(piece, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            // What was decompressed up to here stands.
        }

        return buffer.ToArray();
    }

    private static void Add(List<string> list, ReadOnlySpan<char> address, int max)
    {
        if (address.Length is > 0 and <= CrawlLimits.MaxAddressCharacters && list.Count < max)
        {
            list.Add(address.ToString());
        }
    }
}
