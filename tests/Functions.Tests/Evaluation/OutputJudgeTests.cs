using System.Text.Json;
using System.Text.Json.Nodes;
using Jobs.Eval.Cases;
using Jobs.Eval.Judging;

namespace Jobs.Functions.Tests.Evaluation;

public sealed class OutputJudgeTests
{
    private static readonly JsonElement Output = JsonSerializer.Deserialize<JsonElement>(
        """{"value":6.2137,"said":"It is 1,250.5 m","list":[2,3,5],"isValid":true,"nested":{"mean":4.5}}""");

    public static TheoryData<string, bool> Expectations => new()
    {
        { """{"number":6.21,"tolerance":0.01}""", true },
        { """{"number":6.21}""", false },
        { """{"number":1250.5}""", true },
        { """{"number":4.5,"field":"mean"}""", true },
        { """{"number":4.5,"field":"median"}""", false },
        { """{"between":[6,7]}""", true },
        { """{"between":[7,8]}""", false },
        { """{"numbers":[2,3,5]}""", true },
        { """{"numbers":[2,3]}""", false },
        { """{"text":"^It is"}""", true },
        { """{"text":"^is"}""", false },
        { """{"not":"nothing"}""", true },
        { """{"not":"IT IS"}""", false },
        { """{"boolean":true}""", true },
        { """{"boolean":false}""", false },
        { """{"differs":true}""", false },
    };

    [Theory]
    [MemberData(nameof(Expectations))]
    public void Output_is_compared_with_what_is_expected(string expectation, bool isMet) =>
        Assert.Equal(isMet, OutputJudge.FaultOf(JsonSerializer.Deserialize<Expectation>(expectation, JsonSerializerOptions.Web)!, Output, before: Output) is null);

    [Fact]
    public void Expectation_of_nothing_is_refused() => Assert.Throws<ArgumentException>(() => OutputJudge.FaultOf(new Expectation(), Output, before: null));

    [Theory]
    [InlineData("""{"a|b":1}""", """{"properties":{"b":{"type":"number"},"c":{"type":"number"}}}""", """{"b":1}""")]
    [InlineData("""{"start_date":"x"}""", """{"properties":{"startDate":{"type":"string"}}}""", """{"startDate":"x"}""")]
    [InlineData("""{"unheard":1}""", """{"properties":{"text":{"type":"string"},"optional":{"type":"integer"},"n":{"type":"number"}},"required":["n"]}""", """{"n":1}""")]
    [InlineData("""{"a":1}""", """{"properties":{"a":{"type":"string"}}}""", """{"a":"1"}""")]
    [InlineData("""{"a|b":[1]}""", "{}", """{"a":[1]}""")]
    [InlineData("""{"a":1}""", """{"properties":{"a":{},"unit":{"enum":["km","mi"]},"digits":{"default":2}},"required":["a","unit","digits"]}""", """{"a":1,"unit":"km","digits":2}""")]
    public void Value_goes_to_the_property_that_the_schema_has_for_it(string values, string schema, string input) =>
        Assert.Equal(input, InputMapper.Map(JsonNode.Parse(values)!.AsObject(), JsonSerializer.Deserialize<JsonElement>(schema)).ToJsonString());
}
