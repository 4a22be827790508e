using System.Net;
using System.Reflection;
using System.Text.Json;
using Azure.Data.Tables;
using Jobs.Domain.Identity;
using Jobs.Functions.Api.Authentication;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

public sealed class AuthenticationTests
{
    /// <summary>The routes that the public may call, and what this test's request gets there. Whoever adds one decides here that it needs no key.</summary>
    private static readonly Dictionary<string, HttpStatusCode> PublicFunctions = new()
    {
        // Published widgets are for everybody.
        ["ServeWidgetBuild"] = HttpStatusCode.NotFound,
        ["ServeWidgetEmbed"] = HttpStatusCode.NotFound,
        ["ServeWidgetPage"] = HttpStatusCode.NotFound,
        // Its signature is, and no webhook was set up.
        ["ReceiveGitHubWebhook"] = HttpStatusCode.NotFound,
        // Its address is the credential.
        ["ReceiveWebhook"] = HttpStatusCode.NotFound,
        ["VerifyWebhook"] = HttpStatusCode.NotFound,
        // Without a session they show the same form at every address.
        ["ServeAgentWorkspace"] = HttpStatusCode.OK,
        ["ServeJobsWorkspace"] = HttpStatusCode.OK,
        ["ServeUserJobsWorkspace"] = HttpStatusCode.OK,
        ["ServeUserJobPage"] = HttpStatusCode.OK,
        ["ServePullRequestWorkspace"] = HttpStatusCode.OK,
        ["ServeWidgetWorkspace"] = HttpStatusCode.OK,
        // The form needs its script and style.
        ["ServeWorkspaceAsset"] = HttpStatusCode.NotFound,
        // How a session begins, which takes a key or a token in the body; how it ends; and whether there is one.
        ["StartSession"] = HttpStatusCode.BadRequest,
        ["EndSession"] = HttpStatusCode.OK,
        ["GetSession"] = HttpStatusCode.OK,
        // What platforms ask; they say ok or failing, and nothing else.
        ["GetLiveness"] = HttpStatusCode.OK,
        ["GetReadiness"] = HttpStatusCode.OK,
    };

    public static TheoryData<string, string, string> HttpFunctions()
    {
        var functions = new TheoryData<string, string, string>();
        foreach (var method in typeof(Program).Assembly.GetTypes().SelectMany(type => type.GetMethods()))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is { } function
                && method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).SingleOrDefault(t => t is not null) is { } trigger)
            {
                foreach (var verb in trigger.Methods!)
                {
                    functions.Add(function.Name, verb, trigger.Route!);
                }
            }
        }

        return functions;
    }

    [Theory]
    [MemberData(nameof(HttpFunctions))]
    public async Task Every_HTTP_function_without_a_key_is_401_unless_it_is_public(string name, string verb, string route)
    {
        await using var app = await TestApp.StartAsync();
        var path = System.Text.RegularExpressions.Regex.Replace(route, "{[^}]*}", "Wbk5MPTfzx");

        using var response = await app.Anonymous.SendAsync(new HttpRequestMessage(new HttpMethod(verb.ToUpperInvariant()), path));

        if (PublicFunctions.TryGetValue(name, out var expected))
        {
            Assert.Equal(expected, response.StatusCode);
        }
        else
        {
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            if (IsRepository(route))
            {
                Assert.Equal("ApiKey", response.Headers.WwwAuthenticate.Single().Scheme);
                Payload.AssertMatches("002-unauthorized.json", await response.ReadJsonAsync());
                return;
            }

            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
            Assert.Equal("unauthorized", CodeOf(route, await response.ReadJsonAsync()));
        }
    }

    /// <summary>True for the addresses that contract 002 has for itself. Of those that it shares with contract 003 a caller who shows nothing is answered by that one.</summary>
    public static bool IsRepository(string route) =>
        route is "api/create-job" or "api/jobs/{jobId}/messages" or "api/jobs/{jobId}/merge" or "api/jobs/{jobId}/changed-files" or "api/jobs/{jobId}/log" or "api/jobs/{jobId}/pull-request"
        || route.StartsWith("api/repositories", StringComparison.Ordinal);

    /// <summary>The code of an error in the shape of the route's contract.</summary>
    private static string? CodeOf(string route, JsonElement error) =>
        (route.StartsWith("v1/api/", StringComparison.Ordinal) ? error.GetProperty("error") : error).GetProperty("code").GetString();

    [Fact]
    public void Function_table_of_this_test_is_not_empty() => Assert.True(HttpFunctions().Count() >= 11);

    [Theory]
    [InlineData("Bearer {0}", 200)]
    [InlineData("bearer {0}", 200)]
    [InlineData("Bearer  {0}", 200)]
    [InlineData("{0}", 401)]
    [InlineData("Basic {0}", 401)]
    [InlineData("Bearer {0}x", 401)]
    [InlineData("Bearer {0} {0}", 401)]
    [InlineData("Bearer {0},{0}", 401)]
    [InlineData("Bearer", 401)]
    [InlineData("Bearer ", 401)]
    public async Task Authorization_header_of_any_other_form_is_401(string header, int expected)
    {
        await using var app = await TestApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/widgets");
        request.Headers.TryAddWithoutValidation("Authorization", string.Format(null, header, TestApp.Key));

        using var response = await app.Anonymous.SendAsync(request);

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Fact]
    public async Task Wellformed_key_that_nobody_issued_is_401()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.NewClient(ApiKey.Create());

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("v1/widgets")).StatusCode);
    }

    [Fact]
    public async Task Revoked_key_is_honoured_no_longer_than_the_cache_lives()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("v1/widgets")).StatusCode);

        await app.Services.GetRequiredService<ApiKeyStore>().RemoveAsync(ApiKey.Hash(TestApp.Key), CancellationToken.None);
        time.Advance(ApiKeyAuthenticator.CacheLifetime - TimeSpan.FromMilliseconds(1));
        var within = (await app.Client.GetAsync("v1/widgets")).StatusCode;
        time.Advance(TimeSpan.FromMilliseconds(1));
        var after = (await app.Client.GetAsync("v1/widgets")).StatusCode;

        Assert.Equal(HttpStatusCode.OK, within);
        Assert.Equal(HttpStatusCode.Unauthorized, after);
    }

    [Fact]
    public async Task Caller_is_an_admin_only_with_a_key_that_was_stored_as_one()
    {
        await using var app = await TestApp.StartAsync();

        Assert.Equal(new Caller("acme", "ada", IsAdmin: true), await AuthenticateAsync(app, TestApp.AdminKey));
        Assert.Equal(new Caller("acme", "ann", IsAdmin: false), await AuthenticateAsync(app, TestApp.Key));
    }

    [Fact]
    public async Task Key_that_was_stored_before_there_were_roles_is_no_admins()
    {
        await using var app = await TestApp.StartAsync();
        var table = app.Services.GetRequiredService<StorageAccount>().ApiKeys;
        var id = Convert.ToHexStringLower(ApiKey.Hash(TestApp.AdminKey))[..32];
        var row = (await table.GetEntityIfExistsAsync<TableEntity>(id, id)).Value!;
        Assert.True(row.Remove(nameof(ApiKeyOwner.IsAdmin)));
        await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace);

        Assert.Equal(new Caller("acme", "ada", IsAdmin: false), await AuthenticateAsync(app, TestApp.AdminKey));
    }

    [Fact]
    public async Task Initial_key_is_an_admins()
    {
        var key = ApiKey.Create();
        await using var app = await TestApp.StartAsync(arguments: ["--Jobs:InitialApiKey", key, "--Jobs:InitialTenant", "first"]);

        Assert.Equal(new Caller("first", "initial-key", IsAdmin: true), await AuthenticateAsync(app, key));
    }

    [Fact]
    public async Task Key_is_stored_only_as_a_hash()
    {
        var folder = Directory.CreateTempSubdirectory("jobs-test-");
        await using (var app = await TestApp.StartAsync(data: folder.FullName))
        {
            Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("v1/widgets")).StatusCode);
        }

        var secret = System.Text.Encoding.UTF8.GetBytes(TestApp.Key[ApiKey.Prefix.Length..]);
        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            Assert.True((await File.ReadAllBytesAsync(file.FullName)).AsSpan().IndexOf(secret) < 0, $"{file.Name} holds the key");
        }

        folder.Delete(recursive: true);
    }

    private static Task<Caller?> AuthenticateAsync(TestApp app, string key)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = $"Bearer {key}";
        return app.Services.GetRequiredService<ApiKeyAuthenticator>().AuthenticateAsync(context.Request, CancellationToken.None);
    }
}
