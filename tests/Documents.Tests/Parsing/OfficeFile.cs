using System.IO.Compression;
using System.Text;

namespace Jobs.Documents.Tests.Parsing;

/// <summary>Office documents part by part.</summary>
internal sealed class OfficeFile
{
    private const string Types = "http://schemas.openxmlformats.org/package/2006/content-types";
    private const string PackageRelationships = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string OfficeRelationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private readonly List<(string Name, byte[] Content, CompressionLevel Level)> _parts = [];

    /// <summary>A Word document with this body.</summary>
    public static OfficeFile Word(string body, string prolog = "") => new OfficeFile()
        .Add("[Content_Types].xml", $"""<Types xmlns="{Types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>""")
        .Add("_rels/.rels", $"""<Relationships xmlns="{PackageRelationships}"><Relationship Id="r1" Type="{OfficeRelationships}/officeDocument" Target="word/document.xml"/></Relationships>""")
        .Add("word/document.xml", $"""{prolog}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{OfficeRelationships}"><w:body>{body}</w:body></w:document>""");

    /// <summary>A workbook with one sheet of these rows, or so many sheets without a part.</summary>
    public static OfficeFile Workbook(string rows, int sheets = 1) => new OfficeFile()
        .Add("[Content_Types].xml", $"""<Types xmlns="{Types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>""")
        .Add("_rels/.rels", $"""<Relationships xmlns="{PackageRelationships}"><Relationship Id="r1" Type="{OfficeRelationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>""")
        .Add("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{PackageRelationships}"><Relationship Id="s1" Type="{OfficeRelationships}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""")
        .Add("xl/workbook.xml", $"""<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OfficeRelationships}"><sheets>{string.Concat(Enumerable.Range(1, sheets).Select(i => $"""<sheet name="S{i}" sheetId="{i}" r:id="s{i}"/>"""))}</sheets></workbook>""")
        .Add("xl/worksheets/sheet1.xml", $"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>""");

    public static string Paragraph(string text) => $"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>";

    public OfficeFile Add(string name, string content) => Add(name, Encoding.UTF8.GetBytes(content), CompressionLevel.Optimal);

    public OfficeFile Add(string name, byte[] content, CompressionLevel level)
    {
        _parts.Add((name, content, level));
        return this;
    }

    public byte[] ToBytes()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content, level) in _parts)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return file.ToArray();
    }
}
