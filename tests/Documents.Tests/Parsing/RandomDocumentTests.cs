using Jobs.Documents.Parsing;

namespace Jobs.Documents.Tests.Parsing;

/// <summary>Whatever the bytes, reading ends in a document or in a <see cref="DocumentException"/>, within bounded processor time.</summary>
public sealed class RandomDocumentTests
{
    private const int Variants = 40;

    /// <summary>What one small document may take, on a machine ten times slower than most.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Names => [.. Fixture.Names, "locked.pdf"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Damaged_document_is_read_or_refused(string name)
    {
        var whole = Fixture.Read(name);
        var random = new Random(20261130);
        for (var i = 0; i < Variants; i++)
        {
            var damaged = whole.ToArray();
            for (var flips = 1 << random.Next(6); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            ReadOrRefuse(i % 3 == 0 ? damaged[..random.Next(1, damaged.Length)] : damaged, name);
        }
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.md")]
    [InlineData("a.html")]
    [InlineData("a.csv")]
    [InlineData("a.json")]
    [InlineData("a.pdf")]
    public void Random_bytes_are_read_or_refused(string name)
    {
        var random = new Random(20261130);
        for (var i = 0; i < Variants; i++)
        {
            var content = new byte[random.Next(1, 2000)];
            random.NextBytes(content);
            if (name == "a.pdf")
            {
                "%PDF-1.4\n"u8[..Math.Min(9, content.Length)].CopyTo(content);
            }

            ReadOrRefuse(content, name);
        }
    }

    [Theory]
    [InlineData("a.md", "#*_`[]()|-<>!&\n 1.:~\\ab")]
    [InlineData("a.html", "<>/=\"'abdivptrhul!-& \n")]
    [InlineData("a.csv", "a,;\t|\"\n\r")]
    [InlineData("a.json", "{}[]\":,0 \\u")]
    public void Random_marks_are_read_or_refused(string name, string alphabet)
    {
        var random = new Random(20261130);
        for (var i = 0; i < Variants; i++)
        {
            ReadOrRefuse([.. random.GetItems<char>(alphabet, 1000).Select(c => (byte)c)], name);
        }
    }

    private static void ReadOrRefuse(byte[] content, string name)
    {
        var start = ThreadTime.Now;
        try
        {
            Assert.NotEmpty(DocumentParser.Parse(content, name, null, CancellationToken.None).Text);
        }
        catch (DocumentException e)
        {
            Assert.NotEmpty(e.Message);
        }

        Assert.InRange(ThreadTime.Now - start, TimeSpan.Zero, MostTime);
    }
}
