using System.IO.Compression;
using System.IO.Packaging;
using System.Xml;
using System.Xml.Linq;

namespace Jobs.Documents.Parsing;

/// <summary>
/// Makes of an Office document one that can be opened safely: a package with the document's XML parts only, each inflated within the limits and found to be
/// well-formed, without a DTD and not nested too deeply. Relationships to what is outside, or to what is left out, are gone, so nothing can be followed.
/// Pictures, macros and embedded files are not even inflated.
/// </summary>
internal static class OfficePackage
{
    /// <summary>The relationship to the part with the title. LibreOffice writes another beginning, which the library for packages does not know.</summary>
    private const string CoreProperties = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";

    /// <summary>Cleans a document.</summary>
    /// <param name="content">The document.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <param name="maxBytes">How many bytes its parts may have together when they are inflated.</param>
    /// <exception cref="DocumentException">It is damaged or hostile.</exception>
    public static MemoryStream Open(
        ReadOnlyMemory<byte> content, CancellationToken cancellationToken, int maxBytes = DocumentLimits.MaxInflatedBytes)
    {
        var archive = ZipDirectory.Read(content);
        var kept = archive.Names.Where(IsXml).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var package = new MemoryStream();
        long inflated = 0;
        using (var target = new ZipArchive(package, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in kept)
            {
                var allowed = (int)Math.Min(IsHeldAsTree(name) ? DocumentLimits.MaxTreeBytes : DocumentLimits.MaxPartBytes, maxBytes - inflated);
                using var part = archive.Inflate(name, allowed, cancellationToken);
                inflated += part.Length;
                Check(part, cancellationToken);
                part.Position = 0;
                using var entry = target.CreateEntry(name, CompressionLevel.NoCompression).Open();
                if (name.EndsWith(".rels", StringComparison.OrdinalIgnoreCase))
                {
                    Relationships(part, name, kept).Save(entry);
                }
                else
                {
                    part.CopyTo(entry);
                }
            }
        }

        package.Position = 0;
        return package;
    }

    /// <summary>
    /// A cleaned document as a package. Given the stream itself, the library for Office documents would first copy it to a temporary file, to mend addresses that are gone
    /// from it; and where this runs, there is no place for one.
    /// </summary>
    public static Package Container(Stream package) => Package.Open(package, FileMode.Open, FileAccess.Read);

    /// <summary>Settings under which XML can neither define nor fetch anything.</summary>
    private static XmlReaderSettings Settings() => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CloseInput = false,
    };

    private static bool IsXml(string name) => name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".rels", StringComparison.OrdinalIgnoreCase);

    /// <summary>The text of a document, a sheet and the shared strings are read as a stream; everything else is held.</summary>
    private static bool IsHeldAsTree(string name) =>
        !(name.Equals("word/document.xml", StringComparison.OrdinalIgnoreCase)
            || name.Equals("xl/sharedStrings.xml", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("xl/worksheets/", StringComparison.OrdinalIgnoreCase));

    private static void Check(Stream part, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = XmlReader.Create(part, Settings());
            var nodes = 0;
            while (reader.Read())
            {
                if (reader.Depth > DocumentLimits.MaxDepth)
                {
                    throw new DocumentException(DocumentErrorCode.TooDeep, $"The document is nested deeper than {DocumentLimits.MaxDepth} levels.");
                }

                if ((++nodes & 0xFFF) == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
        catch (XmlException e)
        {
            throw new DocumentException(DocumentErrorCode.Malformed, "The document is damaged: one of its parts is no well-formed XML, or has a DTD.", e);
        }
    }

    /// <summary>A part with relationships, without those that lead out of the package or to a part that is not kept.</summary>
    private static XDocument Relationships(Stream part, string name, HashSet<string> kept)
    {
        using var reader = XmlReader.Create(part, Settings());
        var relationships = XDocument.Load(reader);
        // "word/_rels/document.xml.rels" holds those of word/document.xml, from whose folder they begin.
        var folder = name[..Math.Max(0, name.LastIndexOf("_rels/", StringComparison.OrdinalIgnoreCase))];
        relationships.Root?.Elements().Where(relationship => !LeadsTo(relationship, folder, kept)).Remove();
        foreach (var type in relationships.Root?.Elements().Attributes("Type") ?? [])
        {
            if (type.Value.EndsWith("/metadata/core-properties", StringComparison.Ordinal))
            {
                type.Value = CoreProperties;
            }
        }

        return relationships;
    }

    private static bool LeadsTo(XElement relationship, string folder, HashSet<string> kept)
    {
        if (string.Equals((string?)relationship.Attribute("TargetMode"), "External", StringComparison.OrdinalIgnoreCase)
            || (string?)relationship.Attribute("Target") is not { Length: > 0 } target)
        {
            return false;
        }

        var segments = new List<string>();
        foreach (var segment in (target[0] == '/' ? target : folder + target).Split('/'))
        {
            switch (segment)
            {
                case "" or ".":
                    break;
                case "..":
                    if (segments.Count == 0)
                    {
                        return false;
                    }

                    segments.RemoveAt(segments.Count - 1);
                    break;
                default:
                    segments.Add(segment);
                    break;
            }
        }

        return kept.Contains(Uri.UnescapeDataString(string.Join('/', segments)));
    }
}
