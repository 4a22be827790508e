using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Functions.Tests.Identity;

/// <summary>An issuer of tokens on a free port of 127.0.0.1, which counts what it is asked, changes its keys, fails and lies when a test says so, and signs whatever it is given.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Audience = "test-app";
    public const string ClientId = "test-client";

    private readonly WebApplication _web;
    private int _reads;

    private TestIssuer(WebApplication web) => _web = web;

    /// <summary>How its tokens name it.</summary>
    public string Issuer { get; private set; } = null!;

    /// <summary>How often its keys were asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>What it publishes.</summary>
    public IReadOnlyList<TestKey> Keys { get; set; } = [TestKey.Ec("ec-1")];

    /// <summary>Answers in place of it; null for its own answer.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>The settings of an app that honours its tokens.</summary>
    public string[] Settings => ["--Identity:Authority", Issuer, "--Identity:Audiences", $"{Audience}, another-app", "--Identity:ClientIds", ClientId];

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var issuer = new TestIssuer(builder.Build());
        ((IApplicationBuilder)issuer._web).Run(issuer.AnswerAsync);
        await issuer._web.StartAsync();
        issuer.Issuer = issuer._web.Urls.First();
        return issuer;
    }

    /// <summary>A good token of <c>ann</c>, valid for an hour, after what a test does to its header and claims; signed with the first key, or another.</summary>
    public string Token(Action<JsonObject>? claims = null, Action<JsonObject>? header = null, TestKey? key = null, DateTimeOffset? now = null)
    {
        key ??= Keys[0];
        var at = (now ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();
        var head = new JsonObject { ["alg"] = key.Algorithm, ["kid"] = key.Id, ["typ"] = "JWT" };
        var body = new JsonObject { ["iss"] = Issuer, ["sub"] = "ann", ["aud"] = Audience, ["iat"] = at, ["nbf"] = at, ["exp"] = at + 3_600 };
        header?.Invoke(head);
        claims?.Invoke(body);
        return Sign(head.ToJsonString(), body.ToJsonString(), key);
    }

    /// <summary>A token of these very texts.</summary>
    public static string Sign(string header, string payload, TestKey key)
    {
        var text = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        return $"{text}.{Encode(key.Sign(Encoding.ASCII.GetBytes(text)))}";
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static Task SendAsync(HttpContext http, JsonNode body)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }

    public async ValueTask DisposeAsync() => await _web.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        var isKeys = http.Request.Path == "/keys";
        if (isKeys)
        {
            Interlocked.Increment(ref _reads);
        }

        return Instead?.Invoke(http) ?? (isKeys
            ? SendAsync(http, new JsonObject { ["keys"] = new JsonArray([.. Keys.Select(key => key.ToJson())]) })
            : SendAsync(http, new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = $"{Issuer}/keys" }));
    }
}

/// <summary>A key that signs, and how it is published.</summary>
internal sealed record TestKey(string Id, string Algorithm, JsonObject Published, Func<byte[], byte[]> Sign)
{
    public static TestKey Ec(string id)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return new TestKey(
            id,
            "ES256",
            new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = TestIssuer.Encode(q.X!), ["y"] = TestIssuer.Encode(q.Y!) },
            bytes => key.SignData(bytes, HashAlgorithmName.SHA256));
    }

    public static TestKey Rsa(string id, int bits = 2_048)
    {
        var key = RSA.Create(bits);
        var parts = key.ExportParameters(includePrivateParameters: false);
        return new TestKey(
            id,
            "RS256",
            new JsonObject { ["kty"] = "RSA", ["n"] = TestIssuer.Encode(parts.Modulus!), ["e"] = TestIssuer.Encode(parts.Exponent!) },
            bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        { Other = (hash, padding) => bytes => key.SignData(bytes, hash, padding), PublicBytes = [key.ExportRSAPublicKey(), key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()), parts.Modulus!] };
    }

    /// <summary>Signs with the same key in another way.</summary>
    public Func<HashAlgorithmName, RSASignaturePadding, Func<byte[], byte[]>>? Other { get; init; }

    /// <summary>What of the public key an attacker may take for the key of an HMAC.</summary>
    public IReadOnlyList<byte[]> PublicBytes { get; init; } = [];

    public JsonObject ToJson()
    {
        var json = (JsonObject)Published.DeepClone();
        json["kid"] = Id;
        json["use"] = "sig";
        return json;
    }
}
