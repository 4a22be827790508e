using System.Text;
using System.Text.Json;
using Jobs.Domain.Schemas;

namespace Jobs.Domain.Tests.Schemas;

public sealed class InputSchemaTests
{
    [Theory]
    [InlineData("true", """[null, 1, {}]""", "[]")]
    [InlineData("{}", """[null, 1, {}]""", "[]")]
    [InlineData("false", "[]", """[null, 1, {}]""")]
    [InlineData("""{"type":"null"}""", "[null]", """[0, false, "", [], {}]""")]
    [InlineData("""{"type":"boolean"}""", "[true, false]", """[0, 1, "true", null]""")]
    [InlineData("""{"type":"integer"}""", "[0, -1, 1.0, 1e2, 12345678901234567890, 1e300]", """[1.5, 1e-1, "1", null, true]""")]
    [InlineData("""{"type":"number"}""", "[0, 1.5, 1e300]", """["1", null]""")]
    [InlineData("""{"type":"string"}""", """["", "x"]""", "[1, null, []]")]
    [InlineData("""{"type":"array"}""", """[[], [1]]""", """[{}, "x"]""")]
    [InlineData("""{"type":"object"}""", """[{}, {"a":1}]""", "[[], null]")]
    [InlineData("""{"type":["string","null"]}""", """["x", null]""", "[1, {}]")]
    [InlineData("""{"enum":[1,"a",null,{"b":[1,2]}]}""", """[1, 1.0, "a", null, {"b":[1.0,2]}]""", """[2, "b", false, {"b":[2,1]}, {"b":[1]}]""")]
    [InlineData("""{"const":{"a":1,"b":2}}""", """[{"b":2,"a":1}]""", """[{"a":1}, 1, null]""")]
    [InlineData("""{"const":false}""", "[false]", """[0, "", null, [], true]""")]
    [InlineData("""{"const":9007199254740993}""", "[9007199254740993]", "[9007199254740992]")]
    [InlineData("""{"minimum":1.5}""", """[1.5, 2, "x"]""", "[1.4999999999999999999, -2]")]
    [InlineData("""{"maximum":3}""", "[3, 3.0, -1e300]", "[3.0000000000000000001, 1e300]")]
    [InlineData("""{"exclusiveMinimum":0}""", "[0.0000001, 1e-300]", "[0, 0.0, -1]")]
    [InlineData("""{"exclusiveMaximum":10}""", "[9.99]", "[10, 11]")]
    [InlineData("""{"multipleOf":0.01}""", "[0.07, 19.99, 0, 1e300]", "[0.075, 19.999]")]
    [InlineData("""{"multipleOf":3}""", "[9, -3, 9.0]", "[10, 9.5]")]
    [InlineData("""{"multipleOf":0.00000000000000000000000001}""", "[9999999999999999999999999999]", "[0.000000000000000000000000001]")]
    [InlineData("""{"minLength":2,"maxLength":3}""", """["ab", "abc", "😀😀", "😀😀😀", 1]""", """["a", "abcd", "😀", "😀😀😀😀"]""")]
    [InlineData("""{"pattern":"^a+$"}""", """["a", "aaa", 1]""", """["", "b", "ab", "a\n"]""")]
    [InlineData("""{"prefixItems":[{"type":"string"},{"type":"integer"}],"items":{"type":"boolean"}}""", """[[], ["a"], ["a",1], ["a",1,true]]""", """[[1], ["a","b"], ["a",1,2]]""")]
    [InlineData("""{"items":false}""", "[[], {}]", "[[1]]")]
    [InlineData("""{"contains":{"const":1}}""", "[[1], [2,1], {}]", "[[], [2]]")]
    [InlineData("""{"contains":{"const":1},"minContains":2,"maxContains":3}""", "[[1,1], [1,2,1,1]]", "[[1], [1,1,1,1]]")]
    [InlineData("""{"contains":{"const":1},"minContains":0}""", "[[], [2]]", "[]")]
    [InlineData("""{"minItems":1,"maxItems":2}""", "[[1], [1,2]]", "[[], [1,2,3]]")]
    [InlineData("""{"uniqueItems":true}""", """[[], [1,true,"1"], [{"a":1},{"a":2}], [[1],[2]], ["a","A"]]""", """[[1,1.0], [{"a":1,"b":2},{"b":2,"a":1}], [[1],[1]], ["a","a"], [null,null]]""")]
    [InlineData("""{"uniqueItems":false}""", "[[1,1]]", "[]")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """[{}, {"a":"x"}, {"b":1}, []]""", """[{"a":1}]""")]
    [InlineData("""{"required":["a","b"]}""", """[{"a":1,"b":null}, []]""", """[{}, {"a":1}]""")]
    [InlineData("""{"properties":{"a":true},"additionalProperties":false}""", """[{}, {"a":1}]""", """[{"b":1}]""")]
    [InlineData("""{"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":{"type":"integer"}}""", """[{"x-a":"1","b":1}]""", """[{"x-a":1}, {"b":"1"}]""")]
    [InlineData("""{"propertyNames":{"maxLength":2}}""", """[{"ab":1}]""", """[{"abc":1}]""")]
    [InlineData("""{"minProperties":1,"maxProperties":2}""", """[{"a":1}, {"a":1,"b":2}]""", """[{}, {"a":1,"b":2,"c":3}]""")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """[{}, {"b":1}, {"a":1,"b":1}]""", """[{"a":1}]""")]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":2}]}""", "[1, 2]", "[0, 3]")]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":5}]}""", """["x", 5]""", "[4]")]
    [InlineData("""{"oneOf":[{"minimum":1},{"maximum":2}]}""", "[0, 3]", "[1, 2]")]
    [InlineData("""{"not":{"type":"string"}}""", "[1]", """["x"]""")]
    [InlineData("""{"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}}""", """["ab", 2]""", """["a", 1]""")]
    [InlineData("""{"if":{"type":"string"}}""", """["a", 1]""", "[]")]
    [InlineData("""{"then":{"minLength":2},"else":false}""", """["a", 1]""", "[]")]
    [InlineData("""{"$defs":{"word":{"type":"string"}},"$ref":"#/$defs/word","minLength":2}""", """["ab"]""", """["a", 1]""")]
    [InlineData("""{"$defs":{"a/b":{"$defs":{"c~d e":{"type":"null"}}}},"$ref":"#/$defs/a~1b/$defs/c~0d%20e"}""", "[null]", "[1]")]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """[{}, {"next":{"next":{}}}]""", """[{"next":{"next":1}}, {"next":{"x":1}}]""")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"t","description":"d","default":1,"examples":[1],"deprecated":true,"readOnly":true,"writeOnly":true,"$comment":"c","format":"email"}""", """["no email", 1]""", "[]")]
    public void Input_is_valid_or_not_as_the_draft_says(string schema, string valid, string invalid)
    {
        var read = Read(schema);

        Assert.All(Parse(valid).EnumerateArray(), input => Assert.Empty(read.Validate(input)));
        Assert.All(Parse(invalid).EnumerateArray(), input => Assert.NotEmpty(read.Validate(input)));
    }

    [Fact]
    public void Every_violation_has_its_path_and_says_what_is_asked_for()
    {
        var schema = Read("""
            {
              "type": "object",
              "required": ["name", "missing"],
              "additionalProperties": false,
              "properties": {
                "name": {"type": "string"},
                "a/b~c": {"items": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
                "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}, "maxItems": 1}
              },
              "$defs": {"tag": {"type": ["string", "number"], "minLength": 3}}
            }
            """);

        var violations = schema.Validate(Parse("""{"name":1,"a/b~c":[1,"x",null],"tags":["ab",true,"abc"],"more":0}"""));

        Assert.Equal(
            [
                ("", "must have the property \"missing\""),
                ("/name", "must be a string"),
                ("/a~1b~0c/1", "must match at least one of the alternatives"),
                ("/tags", "must have at most 1 items"),
                ("/tags/0", "must have at least 3 characters"),
                ("/tags/1", "must be a number or a string"),
                ("/more", "is not allowed"),
            ],
            violations.Select(violation => (violation.Path, violation.Message)));
    }

    [Fact]
    public void Violations_do_not_repeat_the_input() =>
        Assert.All(
            Read("""{"type":"integer","enum":[1],"pattern":"x","maxLength":1,"not":{"type":"string"}}""").Validate(Parse("\"s3cr3t\"")),
            violation => Assert.DoesNotContain("s3cr3t", violation.Message));

    [Theory]
    [InlineData(SchemaLimits.MaxViolations, SchemaLimits.MaxViolations)]
    [InlineData(SchemaLimits.MaxViolations + 1, SchemaLimits.MaxViolations)]
    [InlineData(10_000, SchemaLimits.MaxViolations)]
    public void Violations_are_told_up_to_the_limit(int wrong, int told)
    {
        var input = Parse($"[{string.Join(',', Enumerable.Repeat("1", wrong))}]");

        Assert.Equal(told, Read("""{"items":{"type":"string"}}""").Validate(input).Count);
        Assert.Equal(told, Read("""{"allOf":[{"items":{"type":"string"}},{"items":{"maximum":0}}]}""").Validate(input).Count);
    }

    [Theory]
    [InlineData("1", "must be an object or a boolean")]
    [InlineData("[]", "must be an object or a boolean")]
    [InlineData("""{"type":"text"}""", "/type must be")]
    [InlineData("""{"type":[]}""", "/type must name")]
    [InlineData("""{"type":1}""", "/type must be a string")]
    [InlineData("""{"properties":{"a":{"types":"string"}}}""", "/properties/a/types is a keyword that is not supported")]
    [InlineData("""{"unevaluatedProperties":false}""", "not supported")]
    [InlineData("""{"unevaluatedItems":false}""", "not supported")]
    [InlineData("""{"dependentSchemas":{}}""", "not supported")]
    [InlineData("""{"additionalItems":false}""", "not supported")]
    [InlineData("""{"definitions":{}}""", "not supported")]
    [InlineData("""{"$id":"https://example.com/x"}""", "not supported")]
    [InlineData("""{"$anchor":"x"}""", "not supported")]
    [InlineData("""{"$dynamicRef":"#x"}""", "not supported")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "/$schema must be")]
    [InlineData("""{"items":[{"type":"string"}]}""", "/items must be an object or a boolean")]
    [InlineData("""{"exclusiveMinimum":true}""", "/exclusiveMinimum must be a number")]
    [InlineData("""{"minimum":"1"}""", "/minimum must be a number")]
    [InlineData("""{"multipleOf":0}""", "greater than 0")]
    [InlineData("""{"multipleOf":-1}""", "greater than 0")]
    [InlineData("""{"minLength":-1}""", "whole number")]
    [InlineData("""{"minLength":1.5}""", "whole number")]
    [InlineData("""{"maxItems":99999999999}""", "whole number")]
    [InlineData("""{"maximum":1e999}""", "out of the range")]
    [InlineData("""{"required":"a"}""", "/required must be an array")]
    [InlineData("""{"required":[1]}""", "/required/0 must be a string")]
    [InlineData("""{"enum":1}""", "/enum must be an array")]
    [InlineData("""{"anyOf":[]}""", "at least one schema")]
    [InlineData("""{"uniqueItems":1}""", "/uniqueItems must be a boolean")]
    [InlineData("""{"properties":[]}""", "/properties must be an object")]
    [InlineData("""{"a":1,"a":2}""", "/a stands twice")]
    [InlineData("{\"title\":\"\\ud800\"}", "/title must be valid Unicode")]
    [InlineData("{\"\\ud800\":1}", "not valid Unicode")]
    public void Schema_with_anything_that_is_not_checked_is_refused_with_its_place(string schema, string error) => AssertRefused(schema, error);

    [Theory]
    [InlineData("https://example.com/schema.json")]
    [InlineData("https://json-schema.org/draft/2020-12/schema")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("other.json#/a")]
    [InlineData("#anchor")]
    [InlineData("")]
    [InlineData("#/$defs/nothing")]
    [InlineData("#/$defs")]
    [InlineData("#/$defs/a/enum/0")]
    [InlineData("#/$defs/../$defs/a")]
    public void Reference_to_anything_but_a_schema_within_is_refused(string reference) =>
        AssertRefused($$"""{"$defs":{"a":{"enum":[0]} },"$ref":{{JsonSerializer.Serialize(reference)}} }""", "$ref");

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""")]
    [InlineData("""{"not":{"$ref":"#"}}""")]
    [InlineData("""{"if":{"$ref":"#"}}""")]
    [InlineData("""{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"anyOf":[{"type":"string"},{"$ref":"#/$defs/a"}]}},"properties":{"x":{"$ref":"#/$defs/a"}}}""")]
    public void Reference_that_would_go_on_for_ever_is_refused(string schema) => AssertRefused(schema, "refers to itself");

    [Theory]
    [InlineData("^\\d+$", "123", "١٢٣")] // other digits
    [InlineData("^[\\d-]+$", "1-2", "1x")]
    [InlineData("^\\w+$", "a_1", "é")]
    [InlineData("^\\D\\W$", "a!", "1!")]
    [InlineData("^a.b$", "axb", "a\rb")]
    [InlineData("^\\s$", "\ufeff", "\u0085")]
    [InlineData("^\\S$", "\u0085", "\ufeff")]
    [InlineData("^[a-z-[aeiou]]$", "e]", "e")] // no subtraction of classes
    [InlineData("^[.$]$", "$", "x")]
    [InlineData("^\\$\\.\\/\\-$", "$./-", "x")]
    [InlineData("^(?:ab|(?<name>c))$", "c", "d")]
    [InlineData("^\\u0041\\x42$", "AB", "ab")]
    [InlineData("^\\p{Lu}$", "É", "é")]
    [InlineData("b", "abc", "ac")]
    public void Pattern_means_what_it_means_in_ECMAScript(string pattern, string match, string other)
    {
        var schema = Read($$"""{"pattern":{{JsonSerializer.Serialize(pattern)}}}""");

        Assert.Empty(schema.Validate(JsonSerializer.SerializeToElement(match)));
        Assert.NotEmpty(schema.Validate(JsonSerializer.SerializeToElement(other)));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[^]")]
    [InlineData("a\\")]
    [InlineData("(?=a)")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)b")]
    [InlineData("(?>a)")]
    [InlineData("(?i)a")]
    [InlineData("(?#x)")]
    [InlineData("(a)\\1")]
    [InlineData("\\Aa\\Z")]
    [InlineData("\\u12")]
    [InlineData("\\xg0")]
    [InlineData("[\\D]")]
    [InlineData("a**")]
    [InlineData("((a{1000}){1000}){1000}")]
    public void Pattern_that_cannot_be_matched_safely_and_exactly_is_refused(string pattern)
    {
        AssertRefused($$"""{"pattern":{{JsonSerializer.Serialize(pattern)}}}""", "/pattern cannot be used as a pattern");
        AssertRefused($$$"""{"patternProperties": { {{{JsonSerializer.Serialize(pattern)}}}: true } }""", "cannot be used as a pattern");
    }

    [Fact]
    public void Pattern_may_be_as_long_as_the_limit_says_and_not_longer()
    {
        Read($$"""{"pattern":"{{new string('a', SchemaLimits.MaxPatternLength)}}"}""");
        AssertRefused($$"""{"pattern":"{{new string('a', SchemaLimits.MaxPatternLength + 1)}}"}""", "500 characters");
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|a)*$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("^(?:a?){50}a{50}$")]
    [InlineData("(.*a){20}")]
    [InlineData("(x+x+)+y")]
    public void Pattern_that_makes_others_slow_is_checked_in_time(string pattern)
    {
        var schema = Read($$"""{"pattern":{{JsonSerializer.Serialize(pattern)}}}""");
        var started = ThreadTime.Now;

        Assert.NotEmpty(schema.Validate(JsonSerializer.SerializeToElement(new string('x', 50_000) + new string('a', 19) + "!")));

        Assert.InRange(ThreadTime.Now - started, TimeSpan.Zero, 3 * SchemaLimits.MaxTime);
    }

    [Fact]
    public void Alternatives_that_double_at_each_step_end()
    {
        var schema = new StringBuilder("""{"$ref":"#/$defs/s0","$defs":{""");
        for (var i = 0; i < 60; i++)
        {
            schema.Append(null, $$"""
                "s{{i}}":{"anyOf":[{"allOf":[{"$ref":"#/$defs/s{{i + 1}}"},false]},{"allOf":[{"$ref":"#/$defs/s{{i + 1}}"},false]}]},
                """);
        }

        schema.Append("\"s60\":true}}");
        AssertTooLong(Read(schema.ToString()), Parse("1"));
    }

    [Fact]
    public void Input_that_would_be_compared_with_itself_a_million_times_ends()
    {
        var items = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $$"""{"a":{{i}}}"""));

        AssertTooLong(Read("""{"uniqueItems":true}"""), Parse($"[{items}]"));
    }

    [Fact]
    public void Reference_chain_may_be_as_deep_as_the_limit_says_and_not_deeper()
    {
        Assert.Empty(Chain(SchemaLimits.MaxEvaluationDepth).Validate(Parse("1")));
        AssertTooLong(Chain(SchemaLimits.MaxEvaluationDepth + 1), Parse("1"));

        static InputSchema Chain(int length)
        {
            var links = Enumerable.Range(0, length).Select(i => $$"""
                "s{{i}}":{{(i == length - 1 ? "true" : $$"""{"$ref":"#/$defs/s{{i + 1}}"}""")}}
                """);
            return Read($$"""{"$ref":"#/$defs/s0","$defs": { {{string.Join(',', links)}} } }""");
        }
    }

    [Theory]
    [InlineData(1_000_000 - 1, true)]
    [InlineData(1_000_000, false)]
    public void Steps_may_be_as_many_as_the_limit_says_and_not_more(int items, bool isChecked)
    {
        // One for the array, one for each item.
        Assert.Equal(1_000_000, SchemaLimits.MaxSteps);
        var violations = Read("""{"items":true}""").Validate(Parse($"[{string.Join(',', Enumerable.Repeat("1", items))}]"), new SecondLookClock(TimeSpan.Zero));

        Assert.Equal(isChecked ? 0 : 1, violations.Count);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Check_may_take_as_long_as_the_limit_says_and_not_longer(int ticksPastIt, bool isChecked)
    {
        var clock = new SecondLookClock(SchemaLimits.MaxTime + TimeSpan.FromTicks(ticksPastIt));

        Assert.Equal(isChecked ? 0 : 1, Read("true").Validate(Parse("1"), clock).Count);
    }

    [Fact]
    public void Input_may_be_nested_as_deeply_as_the_limit_says_and_not_deeper()
    {
        Assert.Empty(Read("true").Validate(Nested(SchemaLimits.MaxInputDepth)));
        Assert.Equal("is nested too deeply", Assert.Single(Read("true").Validate(Nested(SchemaLimits.MaxInputDepth + 1))).Message);

        static JsonElement Nested(int depth) => Parse(new string('[', depth) + new string(']', depth));
    }

    [Theory]
    [InlineData("[\"\\ud800\"]", "/0", "must be valid Unicode text")]
    [InlineData("{\"\\udc00\":1}", "", "has a property whose name is not valid Unicode text")]
    [InlineData("{\"a\":1e999}", "/a", "is out of the range of numbers")]
    [InlineData("{\"a\":1,\"a\":2}", "/a", "stands twice")]
    public void Input_that_programs_read_differently_is_refused(string input, string path, string message) =>
        Assert.Equal(new SchemaViolation(path, message), Assert.Single(Read("true").Validate(Parse(input))));

    [Fact]
    public void Schema_may_be_as_large_as_the_limits_say_and_not_larger()
    {
        const string Empty = """{"title":""}""";
        Read($$"""{"title":"{{new string('x', SchemaLimits.MaxSchemaBytes - Empty.Length)}}"}""");
        AssertRefused($$"""{"title":"{{new string('x', SchemaLimits.MaxSchemaBytes - Empty.Length + 1)}}"}""", "65536 bytes");

        Read(Many(SchemaLimits.MaxSubschemas - 1));
        AssertRefused(Many(SchemaLimits.MaxSubschemas), "1000 schemas");

        Read($$"""{"const":{{Nested(SchemaLimits.MaxSchemaDepth - 1)}}}""");
        AssertRefused($$"""{"const":{{Nested(SchemaLimits.MaxSchemaDepth)}}}""", "nested too deeply");

        static string Many(int count) => $$"""{"anyOf":[{{string.Join(',', Enumerable.Repeat("true", count))}}]}""";
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    private static void AssertTooLong(InputSchema schema, JsonElement input)
    {
        var started = ThreadTime.Now;

        Assert.Equal(new SchemaViolation("", "takes too long to be checked against the schema"), Assert.Single(schema.Validate(input)));

        Assert.InRange(ThreadTime.Now - started, TimeSpan.Zero, 3 * SchemaLimits.MaxTime);
    }

    private static void AssertRefused(string schema, string why)
    {
        Assert.False(InputSchema.TryRead(Parse(schema), out var read, out var error));
        Assert.Null(read);
        Assert.Contains(why, error);
    }

    private static InputSchema Read(string schema)
    {
        Assert.True(InputSchema.TryRead(Parse(schema), out var read, out var error), error);
        return read;
    }

    private static JsonElement Parse(string json) => JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 1_000 });

    /// <summary>Stands still, but for the first time that it is looked at.</summary>
    private sealed class SecondLookClock(TimeSpan passes) : TimeProvider
    {
        private bool _isLater;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Exchange(ref _isLater, true) ? passes.Ticks : 0;
    }
}
