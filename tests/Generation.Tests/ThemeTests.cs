using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Tests;

public partial class ThemeTests
{
    [Fact]
    public void Every_colour_of_every_theme_is_readable()
    {
        string[] colours = [.. Colour.Names, "#808080", "#777", "#fefefe", "#010101"];
        foreach (var colour in colours)
        {
            foreach (var rest in new[] { "", " with a dark theme", " on a black background", " on a white background", " on a tomato background", " on a #808080 background" })
            {
                Check($"a counter with a {colour} button{rest}");
            }
        }
    }

    [Fact]
    public void Style_stays_below_the_widget()
    {
        foreach (var row in KindTests.Prompts)
        {
            var style = GeneratedWidget.From((string)row[1]).Files.Files["src/styles.css"];
            var selectors = style.Split('\n').Select(line => line.Trim()).Where(line => line.EndsWith('{') || (line.EndsWith(',') && line.StartsWith('.'))).ToList();
            Assert.NotEmpty(selectors);
            Assert.All(selectors, selector => Assert.True(selector.StartsWith(".widget", StringComparison.Ordinal) || selector.StartsWith("@media", StringComparison.Ordinal), selector));
            Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
            Assert.DoesNotContain("@import", style, StringComparison.Ordinal);
        }
    }

    private static void Check(string prompt)
    {
        var style = GeneratedWidget.From(prompt).Files.Files["src/styles.css"];
        foreach (var block in style.Split("--scheme:").Skip(1))
        {
            var colours = Variable().Matches(block).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
            void AtLeast(double contrast, string text, string surface)
            {
                Assert.True(Colour.TryParse(colours[text], out var front) & Colour.TryParse(colours[surface], out var back));
                Assert.True(front.ContrastWith(back) >= contrast, $"{prompt}: {text} {colours[text]} on {surface} {colours[surface]}: {front.ContrastWith(back):f2}");
            }

            AtLeast(4.5, "on-accent", "accent");
            AtLeast(3, "accent-edge", "surface");
            AtLeast(3, "edge", "surface");
            foreach (var text in new[] { "ink", "muted", "accent-ink", "danger", "good" })
            {
                AtLeast(4.5, text, "surface");
                AtLeast(4.5, text, "inset");
            }

            AtLeast(4.5, "ink", "accent-soft");
        }
    }

    [GeneratedRegex("--([a-z-]+): (#[0-9a-f]{6});")]
    private static partial Regex Variable();
}
