using System.Text.RegularExpressions;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Jobs.Generation.Offline.Prompts;
using Jobs.Generation.Offline.Widgets;

namespace Jobs.Generation.Tests;

public partial class HostilePromptTests
{
    [Fact]
    public void Prompt_text_reaches_only_the_literals_of_the_settings_and_the_plan()
    {
        foreach (var prompt in Hostile.Prompts)
        {
            var files = GeneratedWidget.From(prompt).Files.Files;
            foreach (var (path, content) in files)
            {
                if (path is "src/config.ts")
                {
                    Assert.DoesNotContain(Hostile.Marker, StringLiteral().Replace(content, "\"\""), StringComparison.Ordinal);
                    Assert.DoesNotContain('<', StringLiteral().Replace(content, match => match.Value.Contains('<') ? "<" : "\"\""));
                    Assert.DoesNotContain(content, c => c != '\n' && (char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202e' or '\u2066' or '\ufeff'));
                }
                else if (path != WidgetPlan.FileName)
                {
                    Assert.DoesNotContain(Hostile.Marker, path + content, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("</script>", "\"\\u003c/script\\u003e\"")]
    [InlineData("`${x}` */", "\"`${x}` */\"")]
    [InlineData("\0\r\n\t\u2028\u2029\u202e", "\"\\u0000\\u000d\\n\\u0009\\u2028\\u2029\\u202e\"")]
    [InlineData("😀é°", "\"😀é°\"")]
    public void Literal_is_escaped(string value, string literal) => Assert.Equal(literal, TypeScriptLiteral.Of(value));

    [Fact]
    public void Lone_surrogates_are_escaped()
    {
        // Not InlineData: xunit would replace them on the way.
        Assert.Equal("\"\\ud83dx\\udc00\"", TypeScriptLiteral.Of("\ud83dx\udc00"));
        Assert.Equal("\"\\ud800\"", TypeScriptLiteral.Of("\ud800"));
    }

    [Fact]
    public void Name_and_description_are_escaped_too()
    {
        var widget = GeneratedWidget.Build(new("\"; pwned(); \"\u2028", "</script>\0`${pwned}`", "a calculator", [], [], SourceFiles.Empty) { Workbench = new NoWorkbench() });
        Assert.Contains("title: \"\\\"; pwned(); \\\"\"", widget.Files.Files["src/config.ts"], StringComparison.Ordinal);
        Assert.Contains("text: \"\\u003c/script\\u003e `${pwned}`\"", widget.Files.Files["src/config.ts"], StringComparison.Ordinal);
    }

    [Fact]
    public void Long_prompts_take_time_in_proportion_to_their_length()
    {
        // A generous bound that a pattern which backtracks misses by orders of magnitude.
        var started = ThreadTime.Now;
        var longest = Hostile.Prompts.Where(prompt => prompt.Length == Hostile.MaxPromptLength).ToList();
        Assert.NotEmpty(longest);
        longest.ForEach(prompt => GeneratedWidget.From(prompt));
        Assert.InRange(ThreadTime.Now - started, TimeSpan.Zero, TimeSpan.FromSeconds(10 * longest.Count));
    }

    [Fact]
    public async Task Cancellation_stops_the_work()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var request = new GenerationRequest("W", null, "a counter", [], [], SourceFiles.Empty) { Workbench = new NoWorkbench() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new OfflineWidgetGenerator(TimeProvider.System).GenerateAsync(request, new Progress<string>(), cancelled.Token));
    }

    [GeneratedRegex("\"(?:[^\"\\\\\\n]|\\\\.)*\"")]
    private static partial Regex StringLiteral();
}
