using System.Text;
using System.Xml;

namespace Jobs.Local.Storage.Blobs;

/// <summary>The XML of the Blob service's answers.</summary>
internal static class BlobXml
{
    private static readonly XmlWriterSettings Settings = new() { Encoding = new UTF8Encoding(false) };

    /// <summary>A document with one element.</summary>
    public static byte[] Write(string root, Action<XmlWriter> content)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, Settings))
        {
            xml.WriteStartElement(root);
            content(xml);
            xml.WriteEndElement();
        }

        return buffer.ToArray();
    }

    /// <summary>An element with a blob's name; one that XML cannot hold is percent-encoded and says so.</summary>
    public static void WriteName(XmlWriter xml, string name)
    {
        xml.WriteStartElement("Name");
        if (name.All(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)))
        {
            xml.WriteString(name);
        }
        else
        {
            xml.WriteAttributeString("Encoded", "true");
            xml.WriteString(Uri.EscapeDataString(name));
        }

        xml.WriteEndElement();
    }

    /// <summary>An element, unless there is no value.</summary>
    public static void WriteOptional(XmlWriter xml, string element, string? value)
    {
        if (value is not null)
            xml.WriteElementString(element, value);
    }
}
