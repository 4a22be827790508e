using System.Text;
using Jobs.Documents.Parsing;

namespace Jobs.Documents.Tests.Parsing;

/// <summary>Documents in short, and what they are refused for.</summary>
internal static class Refusals
{
    public static ParsedDocument Parse(string text, string name) => Parse(Encoding.UTF8.GetBytes(text), name);

    public static ParsedDocument Parse(byte[] content, string? name) => DocumentParser.Parse(content, name, null, CancellationToken.None);

    public static DocumentException Refuse(string text, string name, DocumentErrorCode code) => Refuse(Encoding.UTF8.GetBytes(text), name, code);

    public static DocumentException Refuse(byte[] content, string? name, DocumentErrorCode code)
    {
        var refusal = Assert.Throws<DocumentException>(() => Parse(content, name));
        Assert.Equal((code, ""), (refusal.Code, refusal.Code == code ? "" : refusal.Message));
        Assert.Matches(@"^[A-Z].*\.$", refusal.Message);
        Assert.DoesNotContain(Path.GetTempPath(), refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", refusal.Message.Replace(" at line", "", StringComparison.Ordinal), StringComparison.Ordinal);
        return refusal;
    }
}
