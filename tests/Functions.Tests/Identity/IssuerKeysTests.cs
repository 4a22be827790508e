using System.Text.Json.Nodes;
using Jobs.Functions.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Tests.Identity;

/// <summary>How the app keeps the keys of its issuer, through the app and against a real issuer.</summary>
public sealed class IssuerKeysTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private TestIssuer _issuer = null!;
    private TestApp _app = null!;

    public async Task InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync();
        _app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(_time), arguments: _issuer.Settings);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Key_that_the_issuer_has_changed_to_is_known_with_its_first_token_and_the_old_one_ends()
    {
        Assert.Equal(200, await CallAsync());
        var old = _issuer.Keys[0];

        _issuer.Keys = [TestKey.Rsa("rsa-2"), old];
        Assert.Equal(200, await CallAsync());
        Assert.Equal(200, await CallAsync(old));
        _issuer.Keys = [_issuer.Keys[0]];
        Assert.Equal(200, await CallAsync(old));
        _time.Advance(IssuerKeys.RefreshInterval);

        Assert.Equal(401, await CallAsync(old));
        Assert.Equal(200, await CallAsync());
        // The first, the change, and the refreshing; and one more for the key that is known no more.
        Assert.Equal(3, _issuer.Reads);
    }

    [Fact]
    public async Task Storm_of_unknown_keys_asks_the_issuer_once_a_minute()
    {
        Assert.Equal(200, await CallAsync());
        var before = _issuer.Reads;

        for (var minute = 1; minute <= 3; minute++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => CallAsync(TestKey.Ec($"unknown-{minute}-{number}"))));
            Assert.All(answers, answer => Assert.Equal(401, answer));
            Assert.Equal(before + minute, _issuer.Reads);
            _time.Advance(IssuerKeys.UnknownKeyInterval - TimeSpan.FromTicks(1));
            Assert.Equal(401, await CallAsync(TestKey.Ec("unknown")));
            Assert.Equal(before + minute, _issuer.Reads);
            _time.Advance(TimeSpan.FromTicks(1));
        }

        Assert.Equal(200, await CallAsync());
        Assert.Equal(before + 3, _issuer.Reads);
    }

    [Fact]
    public async Task Many_first_calls_at_once_ask_the_issuer_once()
    {
        var gate = new TaskCompletionSource();
        _issuer.Instead = async http =>
        {
            await gate.Task;
            await SendDocumentsAsync(http);
        };
        var calls = Enumerable.Range(0, 30).Select(_ => CallAsync()).ToList();
        await Task.Delay(200);
        gate.SetResult();

        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal(200, answer));
        Assert.Equal(1, _issuer.Reads);
    }

    [Fact]
    public async Task Issuer_that_is_away_is_survived_for_a_day_and_asked_again_now_and_then()
    {
        Assert.Equal(200, await CallAsync());
        _issuer.Instead = http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };

        _time.Advance(IssuerKeys.RefreshInterval);
        Assert.Equal(200, await CallAsync());
        _time.Advance(IssuerKeys.MaxAge - IssuerKeys.RefreshInterval - TimeSpan.FromSeconds(1));
        Assert.Equal(200, await CallAsync());
        Assert.Equal(401, await CallAsync(TestKey.Ec("unknown")));
        _time.Advance(TimeSpan.FromSeconds(1));
        var (status, retryAfter) = await AskAsync(_issuer.Token(now: _time.GetUtcNow()));
        Assert.Equal((503, "5"), (status, retryAfter));

        // What is no token in the first place needs no issuer to be told so.
        Assert.Equal(401, (await AskAsync("x")).Status);
        _issuer.Instead = null;
        _time.Advance(IssuerKeys.RetryInterval);
        Assert.Equal(200, await CallAsync());
    }

    [Fact]
    public async Task Issuer_that_does_not_answer_is_given_up_after_its_time()
    {
        _issuer.Instead = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var call = CallAsync();

        await _time.AdvanceUntilAsync(() => call.IsCompleted);

        Assert.Equal(503, await call);
    }

    [Theory]
    [InlineData("another issuer", 503)]
    [InlineData("no issuer", 503)]
    [InlineData("keys elsewhere", 503)]
    [InlineData("no keys' address", 503)]
    [InlineData("a redirect", 503)]
    [InlineData("no JSON", 503)]
    [InlineData("a list", 503)]
    [InlineData("the longest document", 200)]
    [InlineData("too long", 503)]
    [InlineData("as many keys as may be", 200)]
    [InlineData("too many keys", 503)]
    [InlineData("a bad key beside it", 200)]
    [InlineData("a key for encryption", 401)]
    [InlineData("a key for another algorithm", 401)]
    public async Task Documents_are_checked(string what, int expected)
    {
        _issuer.Instead = http => SendDocumentsAsync(http, what);

        Assert.Equal(expected, await CallAsync());
    }

    [Theory]
    [InlineData(1_024, 401)]
    [InlineData(IssuerKeys.MinRsaBits, 200)]
    public async Task RSA_key_has_so_many_bits(int bits, int expected)
    {
        _issuer.Keys = [TestKey.Rsa("rsa", bits)];

        Assert.Equal(expected, await CallAsync());
    }

    [Theory]
    [InlineData("https://issuer.example/pool", "app", null, null, null)]
    [InlineData("http://localhost:7071", "app", null, null, null)]
    [InlineData("http://[::1]:7071", null, "client", null, null)]
    [InlineData(null, null, null, null, null)]
    [InlineData("http://issuer.example", "app", null, null, "Identity:Authority")]
    [InlineData("issuer.example", "app", null, null, "Identity:Authority")]
    [InlineData("https://user@issuer.example", "app", null, null, "Identity:Authority")]
    [InlineData("https://issuer.example?x=1", "app", null, null, "Identity:Authority")]
    [InlineData("https://issuer.example", null, null, null, "Identity:Audiences or Identity:ClientIds")]
    [InlineData("https://issuer.example", " , ", null, null, "Identity:Audiences or Identity:ClientIds")]
    [InlineData(null, "app", null, null, "Identity:Authority")]
    [InlineData("https://issuer.example", "app", null, "", "Identity:AdminRole")]
    public void Settings_that_cannot_work_are_refused_at_start(string? authority, string? audiences, string? clients, string? role, string? fault)
    {
        var options = new IdentityOptions { Authority = authority, Audiences = audiences, ClientIds = clients, AdminRole = role ?? "admin" };
        var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging();
        var validation = services.AddIdentity().BuildServiceProvider().GetRequiredService<IValidateOptions<IdentityOptions>>();

        var result = validation.Validate(null, options);

        Assert.Equal(fault is null, result.Succeeded);
        Assert.Contains(fault ?? "", result.FailureMessage ?? "");
    }

    [Theory]
    [InlineData(IdentityOptions.MaxListed, IdentityOptions.MaxNameLength, true)]
    [InlineData(IdentityOptions.MaxListed + 1, IdentityOptions.MaxNameLength, false)]
    [InlineData(IdentityOptions.MaxListed, IdentityOptions.MaxNameLength + 1, false)]
    public void Settings_have_a_size(int audiences, int name, bool expected)
    {
        var options = new IdentityOptions
        {
            Authority = "https://issuer.example",
            Audiences = string.Join(',', Enumerable.Range(0, audiences)),
            RoleClaim = new string('r', name),
            AdminRole = new string('a', name),
        };

        var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging();
        Assert.Equal(expected, services.AddIdentity().BuildServiceProvider().GetRequiredService<IValidateOptions<IdentityOptions>>().Validate(null, options).Succeeded);
    }

    private async Task<int> CallAsync(TestKey? key = null) => (await AskAsync(_issuer.Token(key: key, now: _time.GetUtcNow()))).Status;

    private async Task<(int Status, string RetryAfter)> AskAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/jobs") { Headers = { { "Authorization", $"Bearer {token}" } } };
        using var response = await _app.Anonymous.SendAsync(request);
        return ((int)response.StatusCode, response.Headers.RetryAfter?.ToString() ?? "");
    }

    /// <summary>The issuer's documents, with something about them that a test wants.</summary>
    private Task SendDocumentsAsync(HttpContext http, string what = "")
    {
        var key = _issuer.Keys[0].ToJson();
        if (http.Request.Path != "/keys")
        {
            if (what == "a redirect")
            {
                http.Response.Redirect("/keys");
                return Task.CompletedTask;
            }

            JsonNode discovery = new JsonObject
            {
                ["issuer"] = what switch { "another issuer" => "https://issuer.example", "no issuer" => null, _ => _issuer.Issuer },
                ["jwks_uri"] = what switch { "keys elsewhere" => "http://issuer.example/keys", "no keys' address" => null, _ => $"{_issuer.Issuer}/keys" },
            };
            if (what is "the longest document" or "too long")
            {
                discovery["x"] = "";
                discovery["x"] = new string('x', IssuerKeys.MaxDocumentBytes - discovery.ToJsonString().Length + (what == "too long" ? 1 : 0));
            }

            return what switch
            {
                "no JSON" => http.Response.WriteAsync("<html>"),
                "a list" => TestIssuer.SendAsync(http, new JsonArray(discovery)),
                _ => TestIssuer.SendAsync(http, discovery),
            };
        }

        key["use"] = what == "a key for encryption" ? "enc" : "sig";
        if (what == "a key for another algorithm")
        {
            key["alg"] = "ES384";
        }

        var others = what switch
        {
            "as many keys as may be" => IssuerKeys.MaxKeys - 1,
            "too many keys" => IssuerKeys.MaxKeys,
            _ => 0,
        };
        var keys = new JsonArray([key, .. Enumerable.Range(0, others).Select(number => new JsonObject { ["kty"] = "oct", ["kid"] = $"{number}", ["k"] = "AA" })]);
        if (what == "a bad key beside it")
        {
            keys.Add(new JsonObject { ["kty"] = "RSA", ["kid"] = "bad", ["n"] = "*", ["e"] = "*" });
        }

        return TestIssuer.SendAsync(http, new JsonObject { ["keys"] = keys });
    }
}
