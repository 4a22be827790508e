using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jobs.Domain.Sandbox;
using Jobs.Domain.Secrets;
using Jobs.Execution.Sandbox;

namespace Jobs.Execution.Tests.Sandbox;

public sealed class SecretRedactorTests
{
    private const string Value = "p\"a/s s+wörd?<>'";

    private static readonly SecretRedactor Redactor = new(new Dictionary<string, string> { ["KEY"] = Value });

    public static TheoryData<string> Forms => new(
        Value,
        JsonSerializer.Serialize(Value)[1..^1],
        "p\\\"a/s s+wörd?<>'",
        "p\\\"a\\/s s+wörd?<>'",
        Uri.EscapeDataString(Value),
        Uri.EscapeDataString(Value).ToLowerInvariant(),
        "p%22a%2Fs%20s%2Bw%C3%B6rd%3F%3C%3E'",
        "p%22a%2Fs+s%2Bw%C3%B6rd%3F%3C%3E%27",
        Convert.ToHexString(Encoding.UTF8.GetBytes(Value)),
        Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Value)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)));

    [Theory]
    [MemberData(nameof(Forms))]
    public void Secret_is_replaced_in_every_form(string form) => Assert.Equal("<[secret KEY]> [secret KEY]", Redactor.Redact($"<{form}> {form}"));

    [Theory]
    [InlineData("")]
    [InlineData("u")]
    [InlineData("us")]
    [InlineData("use")]
    [InlineData("user:")]
    public void Secret_is_replaced_within_base64_wherever_it_stands(string before)
    {
        foreach (var after in new[] { "", "x", "xy", "xyz" })
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + Value + after));
            var known = Convert.ToBase64String(Encoding.UTF8.GetBytes(Value))[4..12];
            foreach (var text in new[] { encoded, encoded.Replace('+', '-').Replace('/', '_').TrimEnd('=') })
            {
                var redacted = Redactor.Redact(text);
                Assert.Contains("[secret KEY]", redacted);
                Assert.DoesNotContain(known, redacted);
                // What is left are the characters that hold bits of its neighbours.
                Assert.InRange(redacted.Replace("[secret KEY]", "").Length, 0, (before.Length + after.Length) * 4 / 3 + 6);
            }
        }
    }

    [Fact]
    public void Of_two_secrets_that_overlap_nothing_is_left_and_the_longer_gives_the_name()
    {
        var redactor = new SecretRedactor(new Dictionary<string, string> { ["SHORT"] = "abcdefgh", ["LONG"] = "efghijklmnop", ["PART"] = "cdefghij" });
        Assert.Equal("1[secret LONG]2", redactor.Redact("1abcdefghijklmnop2"));
        Assert.Equal("[secret SHORT]", redactor.Redact("abcdefgh"));
        Assert.Equal("[secret SHORT] [secret LONG]", redactor.Redact("abcdefgh efghijklmnop"));
        var repeated = new SecretRedactor(new Dictionary<string, string> { ["A"] = "aaaaaaaa" });
        Assert.Equal("[secret A]", repeated.Redact("aaaaaaaaaaaaa"));
    }

    [Fact]
    public void Name_in_a_replacement_is_no_secret_itself()
    {
        var redactor = new SecretRedactor(new Dictionary<string, string> { ["KEY"] = "12345678", ["OTHER"] = "[secret KEY]" });
        Assert.Equal("[secret KEY]", redactor.Redact("12345678"));
        Assert.Equal("\"[secret KEY]\"", redactor.RedactJson("\"12345678\""u8));
    }

    [Fact]
    public void End_of_a_text_that_was_cut_is_no_beginning_of_a_secret()
    {
        Assert.Equal("x[secret KEY]", Redactor.Redact("x" + Value[..^1], isCut: true));
        Assert.Equal("x" + Value[..^1], Redactor.Redact("x" + Value[..^1]));
        Assert.Equal("xy", Redactor.Redact("xy", isCut: true));
    }

    [Theory]
    [InlineData("""{"a":["12345678",12345678,-12345678.5,null,true],"12345678":{"b":"x12345678y"}}""", """{"a":["[secret N]","[secret N]","-[secret N].5",null,true],"[secret N]":{"b":"x[secret N]y"}}""")]
    [InlineData("""{"a":"\u0031\u003234567\u0038"}""", """{"a":"[secret N]"}""")]
    [InlineData("""[1.0, 1e3 , "ä\n" ]""", """[1.0, 1e3 , "ä\n" ]""")]
    [InlineData("12345678", "\"[secret N]\"")]
    public void Output_stays_JSON(string json, string expected)
    {
        var redactor = new SecretRedactor(new Dictionary<string, string> { ["N"] = "12345678" });
        var redacted = redactor.RedactJson(Encoding.UTF8.GetBytes(json));
        Assert.Equal(expected, redacted);
        JsonDocument.Parse(redacted).Dispose();
    }

    [Fact]
    public void Secret_that_is_JSON_and_stands_in_the_output_as_such_takes_its_place()
    {
        var redactor = new SecretRedactor(new Dictionary<string, string> { ["ACCOUNT"] = """{"id":1,"key":"abc"}""" });
        Assert.Equal("\"[secret ACCOUNT]\"", redactor.RedactJson("""{"account":{"id":1,"key":"abc"}}"""u8));
        Assert.Equal("""{"account":"[secret ACCOUNT]"}""", redactor.RedactJson("""{"account":"{\"id\":1,\"key\":\"abc\"}"}"""u8));
    }

    [Fact]
    public void What_is_no_secret_stays_as_it_is()
    {
        Assert.Equal("a p%22 text", Redactor.Redact("a p%22 text"));
        Assert.Equal("x", new SecretRedactor(new Dictionary<string, string> { ["EMPTY"] = "" }).Redact("x"));
        Assert.ThrowsAny<JsonException>(() => Redactor.RedactJson("{"u8));
    }

    [Theory]
    [InlineData("""["\ud800","\uDBFFx","\udc00\ud83d\ude00","\ud83d\uD83D\uDE00"]""", """["\ufffd","\ufffdx","\ufffd\ud83d\ude00","\ufffd\uD83D\uDE00"]""")]
    [InlineData("""["\\ud800","\\\ud800","\u005cud800"]""", """["\\ud800","\\\ufffd","\u005cud800"]""")]
    [InlineData("""{"\ud800":"x\ud800y"}""", """{"\ufffd":"x\ufffdy"}""")]
    public void Half_of_a_surrogate_pair_is_replaced_and_nothing_else(string json, string expected) =>
        Assert.Equal(expected, Redactor.RedactJson(Encoding.UTF8.GetBytes(json)));

    /// <summary>Texts and secrets of few characters, so that everything overlaps; against looking at every place.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_overlaps_is_found_as_by_looking_at_every_place(bool isCut)
    {
        var random = new Random(5);
        for (var round = 0; round < 3_000; round++)
        {
            var secrets = Enumerable.Range(0, 1 + random.Next(3)).ToDictionary(i => $"{(char)('X' + i)}", _ => Text(1 + random.Next(9)));
            var text = Text(random.Next(40));

            Assert.Equal(Uncovered(text, secrets.Values, isCut), Regex.Replace(new SecretRedactor(secrets).Redact(text, isCut), @"\[secret \w\]", "."));
        }

        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "ßé"[random.Next(2)]));
    }

    [Fact]
    public void Periodic_secrets_in_a_periodic_text_cost_no_more_than_reading_it_a_few_times()
    {
        var secrets = Enumerable.Range(0, SecretLimits.MaxSecrets).ToDictionary(i => $"KEY{i}", i => new string('a', 2_000 + i) + "b" + new string('a', 2_000 - i));
        var redactor = new SecretRedactor(secrets);
        var texts = new[] { new string('a', 1_000_000), string.Concat(Enumerable.Repeat(new string('a', 1_999) + "b", 500)), string.Concat(Enumerable.Repeat("ab", 100_000)) };

        var started = ThreadTime.Now;
        Assert.All(texts, text => redactor.RedactJson(JsonSerializer.SerializeToUtf8Bytes(text)));
        Assert.All(texts, text => redactor.Redact(text, isCut: true));

        Assert.InRange(ThreadTime.Now - started, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Places_that_overlap_a_million_times_cost_no_more_memory_than_the_text()
    {
        var redactor = new SecretRedactor(Enumerable.Range(8, SecretLimits.MaxSecrets).ToDictionary(length => $"S{length}", length => new string('a', length)));
        var json = Encoding.UTF8.GetBytes($"\"{new string('a', SandboxLimits.OutputBytes - 2)}\"");

        var before = GC.GetAllocatedBytesForCurrentThread();
        var redacted = redactor.RedactJson(json);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 * SandboxLimits.OutputBytes);
        Assert.Equal("\"[secret S57]\"", redacted);
    }

    /// <summary>The text with a dot in the place of each stretch that is covered by a secret, or by the beginning of one at the end of a text that was cut.</summary>
    private static string Uncovered(string text, IEnumerable<string> secrets, bool isCut)
    {
        var places = new List<(int Start, int End)>();
        foreach (var secret in secrets)
        {
            places.AddRange(Enumerable.Range(0, Math.Max(0, text.Length - secret.Length + 1)).Where(at => text.AsSpan(at).StartsWith(secret)).Select(at => (at, at + secret.Length)));
            var begun = Enumerable.Range(1, secret.Length - 1).LastOrDefault(length => isCut && text.EndsWith(secret[..length], StringComparison.Ordinal));
            if (begun > 0)
            {
                places.Add((text.Length - begun, text.Length));
            }
        }

        var result = new StringBuilder();
        var position = 0;
        foreach (var stretch in places.Order().Aggregate(new List<(int Start, int End)>(), (joined, place) =>
        {
            if (joined.Count > 0 && place.Start < joined[^1].End)
            {
                joined[^1] = (joined[^1].Start, Math.Max(joined[^1].End, place.End));
            }
            else
            {
                joined.Add(place);
            }

            return joined;
        }))
        {
            result.Append(text, position, stretch.Start - position).Append('.');
            position = stretch.End;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }
}
