using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Tests.Runs;

namespace Jobs.Functions.Tests.Triggers;

/// <summary>Webhooks as those call them who send webhooks: forms, packed bodies, deliveries that come again, and questions before the first.</summary>
public sealed class WebhookSenderTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private string _agentId = null!;
    private string _address = null!;

    public async Task InitializeAsync()
    {
        _app = await RunApp.StartAsync();
        _agentId = await _app.LayAgentAsync();
        using var response = await _app.Client.PostAsync($"v1/agents/{_agentId}/webhook", null);
        _address = (await response.ReadJsonAsync()).GetProperty("url").GetString()!;
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("Idempotency-Key", """{"a":1}""")]
    [InlineData("webhook-id", """{"a":2}""")]
    [InlineData("svix-id", """{"a":2}""")]
    [InlineData("X-GitHub-Delivery", """{"a":2}""")]
    [InlineData("X-Gitlab-Event-UUID", """{"a":2}""")]
    [InlineData("X-Shopify-Webhook-Id", """{"a":2}""")]
    public async Task Delivery_that_comes_twice_runs_once_and_gets_the_first_answer(string header, string again)
    {
        var first = await SendAsync(Json("""{"a":1}"""), (header, "msg_1"));
        var second = await SendAsync(Json(again), (header, "msg_1"));
        var other = await SendAsync(Json(again), (header, "msg_2"));

        Assert.Equal((202, 202, 202), (first.Status, second.Status, other.Status));
        Assert.Equal(first.Body, second.Body);
        Assert.NotEqual(first.Body, other.Body);
        Assert.Equal(2, (await _app.ListRunsAsync(_agentId)).Length);
    }

    [Fact]
    public async Task Idempotency_key_comes_before_the_senders_own_mark_and_other_headers_are_other_deliveries()
    {
        var first = await SendAsync(Json("{}"), ("Idempotency-Key", "a"), ("webhook-id", "msg_1"));
        var second = await SendAsync(Json("{}"), ("Idempotency-Key", "b"), ("webhook-id", "msg_1"));
        var third = await SendAsync(Json("{}"), ("webhook-id", "msg_1"));
        var fourth = await SendAsync(Json("{}"), ("svix-id", "msg_1"));
        // What cannot be a mark marks nothing.
        var fifth = await SendAsync(Json("{}"), ("webhook-id", new string('x', IdempotentCreation.MaxKeyLength + 1)));
        var sixth = await SendAsync(Json("{}"), ("webhook-id", new string('x', IdempotentCreation.MaxKeyLength + 1)));

        (int Status, string Body)[] all = [first, second, third, fourth, fifth, sixth];
        Assert.All(all, answer => Assert.Equal(202, answer.Status));
        Assert.Equal(6, all.Select(answer => answer.Body).Distinct().Count());
    }

    [Theory]
    [InlineData("payload=%7B%22action%22%3A%22opened%22%7D", """{"action":"opened"}""")]
    [InlineData("payload=text", """{"payload":"text"}""")]
    [InlineData("payload=%7B%7D&x=1", """{"payload":"{}","x":"1"}""")]
    [InlineData("token=a&text=94070+Oslo&user=%C3%A5se", """{"token":"a","text":"94070 Oslo","user":"\u00E5se"}""")]
    [InlineData("to=a&to=b", """{"to":["a","b"]}""")]
    [InlineData("", "{}")]
    public async Task Form_is_the_object_of_its_fields_and_a_payload_alone_is_what_it_holds(string form, string input)
    {
        var content = Content(Encoding.UTF8.GetBytes(form), "application/x-www-form-urlencoded");

        Assert.Equal(input, await InputOfAsync(content));
    }

    [Theory]
    [InlineData(WebhookBody.MaxFields, 202)]
    [InlineData(WebhookBody.MaxFields + 1, 400)]
    public async Task Form_has_so_many_fields_at_most(int fields, int expected)
    {
        var form = string.Join('&', Enumerable.Range(0, fields).Select(number => $"f{number}=1"));

        Assert.Equal(expected, (await SendAsync(Content(Encoding.UTF8.GetBytes(form), "application/x-www-form-urlencoded"))).Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Packed_body_is_unpacked(string encoding)
    {
        var content = Content(Pack(encoding, """{"a":"ä"}"""u8), "application/json");
        content.Headers.ContentEncoding.Add(encoding);

        Assert.Equal("""{"a":"ä"}""", await InputOfAsync(content));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Packed_body_has_the_limit_of_one_that_is_not_and_a_bomb_is_413(string encoding)
    {
        Assert.Equal(202, (await SendAsync(Packed(RequestBody.MaxBytes))).Status);
        Assert.Equal(413, (await SendAsync(Packed(RequestBody.MaxBytes + 1))).Status);
        Assert.Equal(413, (await SendAsync(Packed(100 * 1024 * 1024))).Status);

        HttpContent Packed(int bytes)
        {
            var json = Encoding.ASCII.GetBytes($$"""{"a":"{{new string('x', bytes - 8)}}"}""");
            Assert.Equal(bytes, json.Length);
            var content = Content(Pack(encoding, json), "application/json");
            content.Headers.ContentEncoding.Add(encoding);
            return content;
        }
    }

    [Fact]
    public async Task Body_that_is_not_what_its_headers_say_is_400_and_one_that_is_not_taken_415_with_what_is()
    {
        var damaged = Content("{}"u8.ToArray(), "application/json");
        damaged.Headers.ContentEncoding.Add("gzip");
        var unknown = Content("{}"u8.ToArray(), "application/json");
        unknown.Headers.ContentEncoding.Add("zstd");
        var charset = Content("{}"u8.ToArray(), "application/json; charset=koi8-r");
        var half = Content([0x7B, 0x00, 0x22, 0x00, 0x00, 0xD8, 0x22, 0x00, 0x7D, 0x00], "application/json; charset=utf-16le");

        var answers = new List<(int, string)>();
        foreach (var content in new[] { damaged, unknown, charset, half, Content("x"u8.ToArray(), "image/png") })
        {
            var (status, body) = await SendAsync(content);
            answers.Add((status, JsonElement.Parse(body).GetProperty("code").GetString()!));
        }

        Assert.Equal(
            [(400, "invalid_body"), (415, "unsupported_content_encoding"), (415, "unsupported_charset"), (400, "invalid_body"), (415, "unsupported_media_type")],
            answers);
        Assert.Empty(await _app.ListRunsAsync(_agentId));
    }

    [Theory]
    [InlineData("utf-8", true, "")]
    [InlineData("utf-16", true, "")]
    [InlineData("utf-16BE", true, "")]
    [InlineData("utf-16", false, "; charset=utf-16")]
    [InlineData("utf-16BE", false, "; charset=UTF-16")]
    [InlineData("utf-16BE", false, "; charset=\"utf-16be\"")]
    [InlineData("iso-8859-1", false, "; charset=ISO-8859-1")]
    public async Task Body_in_another_charset_or_behind_a_byte_order_mark_is_read(string charset, bool hasMark, string parameter)
    {
        var encoding = Encoding.GetEncoding(charset);
        byte[] bytes = [.. hasMark ? encoding.GetPreamble() : [], .. encoding.GetBytes("""{"a":"ä"}""")];

        Assert.Equal("""{"a":"ä"}""", await InputOfAsync(Content(bytes, $"application/json{parameter}")));
    }

    [Fact]
    public async Task Byte_order_mark_before_JSON_is_taken_by_every_POST()
    {
        byte[] body = [.. Encoding.UTF8.Preamble, .. """{"name":"W"}"""u8];

        using var response = await _app.Client.PostAsync("v1/widgets", Content(body, "application/json"));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task Empty_body_is_an_empty_input() => Assert.Equal("{}", await InputOfAsync(new ByteArrayContent([])));

    [Fact]
    public async Task What_senders_ask_before_they_send_is_answered_and_starts_nothing()
    {
        var slack = await SendAsync(Json("""{"token":"t","challenge":"3eZbrw1a","type":"url_verification"}"""));
        using var webSub = await _app.Anonymous.GetAsync($"{_address}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=x");
        using var dropbox = await _app.Anonymous.GetAsync($"{_address}?challenge=abc");
        using var graph = await _app.Anonymous.PostAsync($"{_address}?validationToken=Validation%3A+Testing", new StringContent("", Encoding.UTF8, "text/plain"));
        var grid = await SendAsync(Json("""[{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6"}}]"""), ("aeg-event-type", "SubscriptionValidation"));
        using var request = new HttpRequestMessage(HttpMethod.Options, _address) { Headers = { { "WebHook-Request-Origin", "events.example" }, { "WebHook-Request-Rate", "60" } } };
        using var cloudEvents = await _app.Anonymous.SendAsync(request);

        Assert.Equal((200, "3eZbrw1a"), slack);
        Assert.Equal("1158201444", await webSub.Content.ReadAsStringAsync());
        Assert.Equal("abc", await dropbox.Content.ReadAsStringAsync());
        Assert.Equal("Validation: Testing", await graph.Content.ReadAsStringAsync());
        Assert.All([webSub, dropbox, graph], response => Assert.Equal((200, "text/plain", "nosniff"), ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType, response.Headers.GetValues("X-Content-Type-Options").Single())));
        Assert.Equal((200, """{"validationResponse":"512d38b6"}"""), grid);
        Assert.Equal(("events.example", "60"), (cloudEvents.Headers.GetValues("WebHook-Allowed-Origin").Single(), cloudEvents.Headers.GetValues("WebHook-Allowed-Rate").Single()));
        Assert.Empty(await _app.ListRunsAsync(_agentId));
        Assert.Equal(0, (await _app.ReadTokensAsync()).Spent);
    }

    [Theory]
    [InlineData(WebhookHandshake.MaxChallengeLength, 200)]
    [InlineData(WebhookHandshake.MaxChallengeLength + 1, 405)]
    public async Task Challenge_has_a_longest_length(int length, int expected)
    {
        using var response = await _app.Anonymous.GetAsync($"{_address}?hub.challenge={new string('x', length)}");

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Fact]
    public async Task Address_that_is_none_answers_no_question_and_one_that_is_no_question_is_405()
    {
        var never = $"{_address[..^1]}{(_address[^1] == 'x' ? 'y' : 'x')}";

        using var unknown = await _app.Anonymous.GetAsync($"{never}?hub.challenge=1");
        using var unknownPost = await _app.Anonymous.PostAsJsonAsync(never, new { type = "url_verification", challenge = "x" });
        using var plain = await _app.Anonymous.GetAsync(_address);
        using var preflight = await _app.Anonymous.SendAsync(new HttpRequestMessage(HttpMethod.Options, _address));

        Assert.Equal((404, 404, 405, 405), ((int)unknown.StatusCode, (int)unknownPost.StatusCode, (int)plain.StatusCode, (int)preflight.StatusCode));
        Assert.Equal(["POST"], plain.Content.Headers.Allow);
    }

    [Fact]
    public async Task Delivery_that_only_mentions_a_question_is_a_delivery() =>
        Assert.Equal("""{"type":"message","text":"url_verification"}""", await InputOfAsync(Json("""{"type":"message","text":"url_verification"}""")));

    private static ByteArrayContent Json(string json) => Content(Encoding.UTF8.GetBytes(json), "application/json");

    private static ByteArrayContent Content(byte[] bytes, string type) => new(bytes) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    private static byte[] Pack(string encoding, ReadOnlySpan<byte> bytes)
    {
        var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest),
            _ => new ZLibStream(packed, CompressionLevel.Fastest),
        })
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private async Task<(int Status, string Body)> SendAsync(HttpContent content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _app.Anonymous.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>What the run is given that a delivery starts: the agent answers with its input.</summary>
    private async Task<string> InputOfAsync(HttpContent content)
    {
        var (status, body) = await SendAsync(content);
        Assert.True(status == 202, body);
        var run = await _app.WaitForRunAsync(_agentId, JsonElement.Parse(body).GetProperty("runId").GetString()!);
        return run.GetProperty("output").GetRawText();
    }
}
