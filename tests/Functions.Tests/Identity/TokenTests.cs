using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jobs.Domain.Identity;
using Jobs.Functions.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Identity;

/// <summary>Which tokens are honoured, through the app and against a real issuer.</summary>
public sealed class TokenTests
{
    private const string Invalid = "Bearer error=\"invalid_token\"";

    [Fact]
    public async Task Good_tokens_are_honoured()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var (rsa, ec) = (TestKey.Rsa("rsa-1"), issuer.Keys[0]);
        issuer.Keys = [ec, rsa];
        await using var app = await TestApp.StartAsync(arguments: issuer.Settings);
        var good = new Dictionary<string, string>
        {
            ["ES256"] = issuer.Token(),
            ["RS256"] = issuer.Token(key: rsa),
            ["one audience of several"] = issuer.Token(claims => claims["aud"] = new JsonArray("x", TestIssuer.Audience)),
            ["the other audience of ours"] = issuer.Token(claims => claims["aud"] = "another-app"),
            ["Cognito's access token"] = issuer.Token(claims =>
            {
                claims.Remove("aud");
                claims["client_id"] = TestIssuer.ClientId;
                claims["token_use"] = "access";
            }),
            ["no nbf and no iat"] = issuer.Token(claims => _ = claims.Remove("nbf") && claims.Remove("iat")),
            ["a fraction of a second"] = issuer.Token(claims => claims["exp"] = claims["exp"]!.GetValue<long>() + 0.5),
            ["the type of RFC 9068"] = issuer.Token(header: header => header["typ"] = "at+jwt"),
            ["no type"] = issuer.Token(header: header => header.Remove("typ")),
            ["the longest subject"] = issuer.Token(claims => claims["sub"] = new string('s', TokenValidator.MaxSubjectLength)),
            ["a key of its own that nobody believes"] = issuer.Token(header: header => header["jwk"] = TestKey.Ec("own").ToJson()),
            ["the longest token"] = Sized(issuer, TokenValidator.MaxTokenLength),
        };

        foreach (var (what, token) in good)
        {
            using var response = await SendAsync(app, $"Bearer {token}");
            Assert.True((int)response.StatusCode == 200, $"{what}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }

        using var lower = await SendAsync(app, $"bearer {issuer.Token()}");
        Assert.Equal(200, (int)lower.StatusCode);
        Assert.Equal(1, issuer.Reads);
    }

    [Fact]
    public async Task Any_other_token_is_401_and_says_that_it_is_invalid()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var stranger = await TestIssuer.StartAsync();
        var (rsa, ec) = (TestKey.Rsa("rsa-1"), issuer.Keys[0]);
        issuer.Keys = [ec, rsa];
        await using var app = await TestApp.StartAsync(arguments: issuer.Settings);
        var good = issuer.Token();
        var parts = good.Split('.');
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var bad = new Dictionary<string, string>
        {
            ["nothing"] = "",
            ["no token"] = "x",
            ["an API key"] = TestApp.Key,
            ["two parts"] = $"{parts[0]}.{parts[1]}",
            ["no signature"] = $"{parts[0]}.{parts[1]}.",
            ["five parts"] = $"{good}.x.y",
            ["a part that is no base64"] = $"{parts[0]}.{parts[1]}.{parts[2]}*",
            ["padding"] = $"{parts[0]}.{parts[1]}.{parts[2]}==",
            ["two tokens"] = $"{good},{good}",
            ["two tokens with a blank"] = $"{good} {good}",
            ["a header that is no JSON"] = TestIssuer.Sign("x", "{}", ec),
            ["a header that is a list"] = TestIssuer.Sign("[]", "{}", ec),
            ["a payload that is no JSON"] = TestIssuer.Sign(HeaderOf(ec), "x", ec),
            ["a payload that is a list"] = TestIssuer.Sign(HeaderOf(ec), "[]", ec),
            ["a payload of deep lists"] = issuer.Token(claims => claims["x"] = JsonNode.Parse(new string('[', 40) + new string(']', 40))),
            ["a claim that stands twice"] = TestIssuer.Sign(HeaderOf(ec), PayloadOf(good)[..^1] + ",\"sub\":\"bob\"}", ec),
            ["half of a surrogate pair"] = TestIssuer.Sign(HeaderOf(ec), PayloadOf(good).Replace("\"ann\"", "\"\\ud800\""), ec),
            ["another payload"] = $"{parts[0]}.{TestIssuer.Encode(Encoding.UTF8.GetBytes(PayloadOf(good).Replace("ann", "bob")))}.{parts[2]}",
            ["another header"] = $"{TestIssuer.Encode(Encoding.UTF8.GetBytes(HeaderOf(ec).Replace("JWT", "jwt")))}.{parts[1]}.{parts[2]}",
            ["half a signature"] = $"{parts[0]}.{parts[1]}.{parts[2][..40]}",
            ["a signature in another form"] = TestIssuer.Sign(HeaderOf(ec), PayloadOf(good), ec with { Sign = bytes => Der(ec.Sign(bytes)) }),
            ["a signature of nothing"] = TestIssuer.Sign(HeaderOf(ec), PayloadOf(good), ec with { Sign = _ => new byte[64] }),
            ["no algorithm"] = TestIssuer.Sign(HeaderOf(ec).Replace("ES256", "none"), PayloadOf(good), ec),
            ["no algorithm and no signature"] = $"{TestIssuer.Encode(Encoding.UTF8.GetBytes(HeaderOf(ec).Replace("ES256", "none")))}.{parts[1]}.",
            ["no algorithm in other letters"] = TestIssuer.Sign(HeaderOf(ec).Replace("ES256", "nOnE"), PayloadOf(good), ec),
            ["an algorithm in other letters"] = TestIssuer.Sign(HeaderOf(ec).Replace("ES256", "es256"), PayloadOf(good), ec),
            ["an algorithm that is not allowed"] = TestIssuer.Sign(HeaderOf(rsa).Replace("RS256", "PS256"), PayloadOf(good), rsa with { Sign = rsa.Other!(HashAlgorithmName.SHA256, RSASignaturePadding.Pss) }),
            ["another that is not allowed"] = TestIssuer.Sign(HeaderOf(rsa).Replace("RS256", "RS512"), PayloadOf(good), rsa with { Sign = rsa.Other!(HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1) }),
            ["the other key's algorithm"] = TestIssuer.Sign(HeaderOf(ec).Replace("ES256", "RS256"), PayloadOf(good), ec),
            ["an RSA key for ES256"] = TestIssuer.Sign(HeaderOf(rsa).Replace("RS256", "ES256"), PayloadOf(good), rsa),
            ["another key under a known id"] = issuer.Token(key: TestKey.Ec(ec.Id)),
            ["a key that it brings itself"] = Brought(issuer),
            ["a key at an address of its own"] = issuer.Token(header: header => header["jku"] = $"{stranger.Issuer}/keys", key: stranger.Keys[0] with { Id = "elsewhere" }),
            ["no key's id"] = issuer.Token(header: header => header.Remove("kid")),
            ["an empty key's id"] = issuer.Token(header: header => header["kid"] = ""),
            ["a key's id that is a number"] = issuer.Token(header: header => header["kid"] = 1),
            ["an extension that must be understood"] = issuer.Token(header: header => header["crit"] = new JsonArray("x")),
            ["another issuer's"] = stranger.Token(),
            ["another issuer's name"] = issuer.Token(claims => claims["iss"] = stranger.Issuer),
            ["an issuer in other letters"] = issuer.Token(claims => claims["iss"] = issuer.Issuer.ToUpperInvariant()),
            ["an issuer with a slash more"] = issuer.Token(claims => claims["iss"] = issuer.Issuer + "/"),
            ["no issuer"] = issuer.Token(claims => claims.Remove("iss")),
            ["no subject"] = issuer.Token(claims => claims.Remove("sub")),
            ["an empty subject"] = issuer.Token(claims => claims["sub"] = ""),
            ["a subject that is a number"] = issuer.Token(claims => claims["sub"] = 1),
            ["a subject that is too long"] = issuer.Token(claims => claims["sub"] = new string('s', TokenValidator.MaxSubjectLength + 1)),
            ["another audience"] = issuer.Token(claims => claims["aud"] = "other"),
            ["an audience in other letters"] = issuer.Token(claims => claims["aud"] = TestIssuer.Audience.ToUpperInvariant()),
            ["two audiences in one text"] = issuer.Token(claims => claims["aud"] = $"{TestIssuer.Audience}, another-app"),
            ["no audience"] = issuer.Token(claims => claims.Remove("aud")),
            ["an empty list of audiences"] = issuer.Token(claims => claims["aud"] = new JsonArray()),
            ["an audience that is a number"] = issuer.Token(claims => claims["aud"] = 1),
            ["a client's id instead of an audience"] = issuer.Token(claims => claims["aud"] = TestIssuer.ClientId),
            ["our client, but another audience"] = issuer.Token(claims =>
            {
                claims["aud"] = "other";
                claims["client_id"] = TestIssuer.ClientId;
                claims["token_use"] = "access";
            }),
            ["another client"] = Cognito(issuer, "other", "access"),
            ["Cognito's token of another use"] = Cognito(issuer, TestIssuer.ClientId, "id"),
            ["Cognito's token without a use"] = Cognito(issuer, TestIssuer.ClientId, null),
            ["the audience as client"] = Cognito(issuer, TestIssuer.Audience, "access"),
            ["an end that has passed"] = issuer.Token(claims => claims["exp"] = now - 61),
            ["an end in milliseconds"] = issuer.Token(claims => claims["exp"] = (now + 3_600) * 1_000),
            ["an end that is a text"] = issuer.Token(claims => claims["exp"] = $"{now + 3_600}"),
            ["an end that is negative"] = issuer.Token(claims => claims["exp"] = -1),
            ["an end without measure"] = TestIssuer.Sign(HeaderOf(ec), System.Text.RegularExpressions.Regex.Replace(PayloadOf(good), "\"exp\":[0-9]+", "\"exp\":1e999"), ec),
            ["no end"] = issuer.Token(claims => claims.Remove("exp")),
            ["an end that is null"] = issuer.Token(claims => claims["exp"] = null),
            ["a beginning to come"] = issuer.Token(claims => claims["nbf"] = now + 120),
            ["a beginning that is a text"] = issuer.Token(claims => claims["nbf"] = "now"),
            ["a token that is too long"] = Sized(issuer, TokenValidator.MaxTokenLength + 1),
        };
        foreach (var (i, secret) in rsa.PublicBytes.Index())
        {
            bad[$"an HMAC with the public key, {i}"] = TestIssuer.Sign(HeaderOf(rsa).Replace("RS256", "HS256"), PayloadOf(good), rsa with { Sign = bytes => HMACSHA256.HashData(secret, bytes) });
        }

        var wrong = new List<string>();
        foreach (var (what, token) in bad)
        {
            using var response = await SendAsync(app, $"Bearer {token}");
            var body = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode != 401
                || response.Headers.WwwAuthenticate.ToString() != Invalid
                || response.Content.Headers.ContentType?.MediaType != "application/problem+json"
                || JsonElement.Parse(body).GetProperty("code").GetString() != "invalid_token")
            {
                wrong.Add($"{what}: {(int)response.StatusCode} {response.Headers.WwwAuthenticate} {body}");
            }
        }

        Assert.Empty(wrong);
        // The first token that could be one, and one for all the keys that nobody knows.
        Assert.InRange(issuer.Reads, 1, 2);
        Assert.Equal(0, stranger.Reads);
    }

    [Fact]
    public async Task Request_without_a_token_is_challenged_and_no_other_credential_helps()
    {
        await using var app = await TestApp.StartAsync();
        using var none = await app.Anonymous.GetAsync("api/jobs");
        using var basic = await SendAsync(app, "Basic YTpi");
        using var word = await SendAsync(app, "Bearertoken");
        using var parameter = await app.Anonymous.GetAsync($"api/jobs?access_token={await app.TokenAsync("ann")}");
        // The address of lists is contract 002's for an organisation.
        using var cookie = new HttpRequestMessage(HttpMethod.Get, $"api/jobs/{Guid.CreateVersion7()}") { Headers = { { "Cookie", $"jobs_session={TestApp.Key}" } } };
        using var session = await app.Anonymous.SendAsync(cookie);

        foreach (var response in new[] { none, basic, word, parameter, session })
        {
            Assert.Equal(401, (int)response.StatusCode);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            Assert.Equal("unauthorized", (await response.ReadJsonAsync()).GetProperty("code").GetString());
        }

        // The header of one good token, and once more.
        using var twice = new HttpRequestMessage(HttpMethod.Get, "api/jobs");
        twice.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {await app.TokenAsync("ann")}", $"Bearer {await app.TokenAsync("ann")}"]);
        using var repeated = await app.Anonymous.SendAsync(twice);
        Assert.Equal((401, Invalid), ((int)repeated.StatusCode, repeated.Headers.WwwAuthenticate.ToString()));
    }

    [Fact]
    public async Task Token_is_honoured_for_a_minute_after_its_end_and_the_next_of_the_same_user_goes_on()
    {
        var time = new ManualTimeProvider();
        await using var issuer = await TestIssuer.StartAsync();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time), arguments: issuer.Settings);
        var token = issuer.Token(now: time.GetUtcNow());
        using var created = await SendAsync(app, $"Bearer {token}", HttpMethod.Post, JsonContent.Create(new { type = "AI_PREVIEW", input = new { prompt = "Hello" } }));
        var address = created.Headers.Location!.OriginalString;

        time.Advance(TimeSpan.FromHours(1) + TokenValidator.ClockSkew - TimeSpan.FromSeconds(1));
        using var before = await SendAsync(app, $"Bearer {token}", path: address);
        time.Advance(TimeSpan.FromSeconds(1));
        using var after = await SendAsync(app, $"Bearer {token}", path: address);
        using var next = await SendAsync(app, $"Bearer {issuer.Token(now: time.GetUtcNow())}", path: address);

        Assert.Equal((200, 401, 200), ((int)before.StatusCode, (int)after.StatusCode, (int)next.StatusCode));
        Assert.Equal(Invalid, after.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData(60, 200)]
    [InlineData(61, 401)]
    public async Task Token_may_begin_a_minute_from_now(int seconds, int expected)
    {
        var time = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000));
        await using var issuer = await TestIssuer.StartAsync();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time), arguments: issuer.Settings);

        using var response = await SendAsync(app, $"Bearer {issuer.Token(claims => claims["nbf"] = 1_900_000_000 + seconds, now: time.GetUtcNow())}");

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 401)]
    public async Task Token_may_live_for_31_days(int more, int expected)
    {
        var time = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000));
        await using var issuer = await TestIssuer.StartAsync();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time), arguments: issuer.Settings);
        var end = 1_900_000_000 + (long)TokenValidator.MaxLifetime.TotalSeconds + more;

        using var response = await SendAsync(app, $"Bearer {issuer.Token(claims => claims["exp"] = end, now: time.GetUtcNow())}");

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("roles", """["admin"]""", null, null, true)]
    [InlineData("roles", "\"admin\"", null, null, true)]
    [InlineData("cognito:groups", """["users","admin"]""", null, null, true)]
    [InlineData("roles", """["Admin","administrator"]""", null, null, false)]
    [InlineData("roles", "\"user admin\"", null, null, false)]
    [InlineData("roles", "true", null, null, false)]
    [InlineData("roles", """{"admin":true}""", null, null, false)]
    [InlineData("roles", """["admin",1]""", null, null, false)]
    [InlineData("custom:roles", """["admin"]""", null, null, false)]
    [InlineData("groups", """["editors"]""", "groups", "editors", true)]
    [InlineData("roles", """["editors"]""", "groups", "editors", false)]
    [InlineData("groups", """["admin"]""", "groups", "editors", false)]
    public async Task Admin_is_who_has_the_role_in_the_claim(string claim, string value, string? setting, string? role, bool expected)
    {
        await using var issuer = await TestIssuer.StartAsync();
        string[] settings = [.. issuer.Settings, .. setting is null ? [] : new[] { "--Identity:RoleClaim", setting }, .. role is null ? [] : new[] { "--Identity:AdminRole", role }];
        await using var app = await TestApp.StartAsync(arguments: settings);
        var token = issuer.Token(claims => claims[claim] = JsonNode.Parse(value));

        using var response = await SendAsync(app, $"Bearer {token}", HttpMethod.Post, JsonContent.Create(new { prompt = "Hello" }), "api/admin/prompts/preview");

        Assert.Equal(expected ? 202 : 403, (int)response.StatusCode);
        if (!expected)
        {
            Assert.Equal("Bearer error=\"insufficient_scope\"", response.Headers.WwwAuthenticate.ToString());
            Assert.Equal("admin_required", (await response.ReadJsonAsync()).GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task App_that_honours_nobodys_tokens_answers_401()
    {
        await using var app = await TestApp.StartAsync(services => services.PostConfigure<IdentityOptions>(options => options.Authority = options.Audiences = null));
        using var none = await app.Anonymous.GetAsync("api/jobs");
        using var some = await SendAsync(app, $"Bearer {await app.TokenAsync("ann")}");

        Assert.Equal((401, "Bearer"), ((int)none.StatusCode, none.Headers.WwwAuthenticate.ToString()));
        Assert.Equal((401, Invalid), ((int)some.StatusCode, some.Headers.WwwAuthenticate.ToString()));
        Assert.DoesNotContain("configured", await some.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Users_tenant_is_the_same_for_good_and_anothers_is_another()
    {
        Assert.Equal("user_25c600553c5291cab3986a390f4e8c8e796b68ff6881e01737c82b17cf3d5b9d", UserTenant.Of("https://issuer.example", "ann"));
        Assert.NotEqual(UserTenant.Of("https://a", "bc"), UserTenant.Of("https://ab", "c"));
    }

    private static async Task<HttpResponseMessage> SendAsync(TestApp app, string authorization, HttpMethod? method = null, HttpContent? content = null, string path = "api/jobs")
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await app.Anonymous.SendAsync(request);
    }

    private static string HeaderOf(TestKey key) => $$"""{"alg":"{{key.Algorithm}}","kid":"{{key.Id}}","typ":"JWT"}""";

    private static string PayloadOf(string token) => Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));

    private static string Cognito(TestIssuer issuer, string client, string? use) => issuer.Token(claims =>
    {
        claims.Remove("aud");
        claims["client_id"] = client;
        claims["token_use"] = use;
    });

    /// <summary>A token whose header names the key that it is signed with.</summary>
    private static string Brought(TestIssuer issuer)
    {
        var own = TestKey.Ec("own");
        return issuer.Token(header: header => header["jwk"] = own.ToJson(), key: own);
    }

    /// <summary>A token of exactly so many characters: not every length can be had by its payload alone.</summary>
    internal static string Sized(TestIssuer issuer, int length)
    {
        var padding = ((length - issuer.Token().Length) / 4 * 3) - 60;
        var tokens = from inPayload in Enumerable.Range(padding, 60)
                     from inHeader in Enumerable.Range(0, 3)
                     select issuer.Token(claims => claims["x"] = new string('x', inPayload), header => header["x"] = new string('x', inHeader));
        return tokens.First(token => token.Length == length);
    }

    private static byte[] Der(byte[] signature)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(signature.AsSpan(0, 32).TrimStart((byte)0));
            writer.WriteIntegerUnsigned(signature.AsSpan(32).TrimStart((byte)0));
        }

        return writer.Encode();
    }
}
