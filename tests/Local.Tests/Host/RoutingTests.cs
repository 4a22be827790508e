using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Local.Tests.Host;

public sealed class RoutingTests
{
    [Theory]
    [InlineData("GET", "/order/x", "AFirst")] // a literal that a later function has is not preferred
    [InlineData("GET", "/order/literal", "AFirst")]
    [InlineData("GET", "/ORDER/X", "AFirst")]
    [InlineData("DELETE", "/order/literal", "ZLast")] // the first function's methods do not match, the second one's do
    [InlineData("GET", "/case", "bEarly")] // b before C, whatever their case
    [InlineData("GET", "/number/7", "Number")]
    [InlineData("GET", "/number/seven", "OtherThanNumber")] // the constraint does not match, so the next function may
    [InlineData("GET", "/NoRoute", "NoRoute")] // without a route, the function's name
    [InlineData("PATCH", "/noroute", "NoRoute")] // without methods, any
    [InlineData("GET", "/rest/of/the/path", "Rest:of/the/path")]
    [InlineData("GET", "/optional", "Optional:")]
    [InlineData("GET", "/optional/here", "Optional:here")]
    [InlineData("GET", "/default", "Default:some")]
    [InlineData("GET", "/decoded/a%20%C3%BC%2Bb+c", "Decoded:a ü+b+c")]
    [InlineData("GET", "/decoded/a%2Fb", "Decoded:a%2Fb")] // the encoded slash stays, as in ASP.NET Core
    [InlineData("GET", "/decoded/q?x=1", "Decoded:q")]
    public async Task Request_reaches_the_first_function_by_name_that_matches(string method, string path, string expected)
    {
        await using var host = await TestHost.StartAsync(typeof(Routes));

        var response = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/nowhere")]
    [InlineData("GET", "/")]
    [InlineData("PUT", "/order/x")] // a known route with a method that no function has is 404, not 405
    [InlineData("HEAD", "/order/x")]
    [InlineData("OPTIONS", "/order/x")]
    [InlineData("GET", "/order/x/y")]
    [InlineData("GET", "/guid/7")]
    public async Task Request_that_no_function_matches_is_404_without_a_body(string method, string path)
    {
        await using var host = await TestHost.StartAsync(typeof(Routes));

        var response = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("""{ "version": "2.0" }""", "/api/case")]
    [InlineData("""{ "version": "2.0", "extensions": { "http": { "routePrefix": "/deep/prefix/" } } }""", "/deep/prefix/case")]
    public async Task Route_prefix_stands_before_every_route(string hostJson, string path)
    {
        await using var host = await TestHost.StartAsync(typeof(Routes), hostJson: hostJson);

        Assert.Equal("bEarly", await host.Client.GetStringAsync(path));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/case")).StatusCode);
    }

    [Fact]
    public async Task Same_template_with_other_methods_is_no_conflict()
    {
        await using var host = await TestHost.StartAsync(typeof(Split));

        Assert.Equal("read", await host.Client.GetStringAsync("/thing"));
        Assert.Equal("written", await (await host.Client.PostAsync("/thing", null)).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(typeof(SameRoute))]
    [InlineData(typeof(SameRouteAnyMethod))]
    public void Same_template_with_overlapping_methods_is_refused(Type functions) =>
        Assert.Equal("Function 'Two': its route and methods conflict with those of function 'One'.", TestHost.Refuses(functions).Message);

    [Theory]
    [InlineData(typeof(Admin), "admin/keys")]
    [InlineData(typeof(Administrators), "Administrators")]
    [InlineData(typeof(Runtime), "runtime/x")]
    public void Route_that_begins_with_a_word_of_the_host_is_refused(Type functions, string route) =>
        Assert.StartsWith($"Function 'F': the route '{route}' conflicts with the host's own", TestHost.Refuses(functions).Message);

    [Fact]
    public async Task Reserved_word_further_on_in_a_route_is_allowed()
    {
        await using var host = await TestHost.StartAsync(typeof(AdminWithin));

        Assert.Equal("ok", await host.Client.GetStringAsync("/api/admin/preview"));
    }

    [Theory]
    [InlineData(typeof(BadTemplate), "Function 'F': the route '{id' is not a valid template")]
    [InlineData(typeof(BadConstraint), "Function 'F': the route '{id:nosuch}' has a constraint that cannot be used")]
    public void Route_that_cannot_be_read_is_refused(Type functions, string message) =>
        Assert.StartsWith(message, TestHost.Refuses(functions).Message);

    public static class Routes
    {
        [Function("ZLast")]
        public static IResult Last([HttpTrigger(AuthorizationLevel.Anonymous, "get", "delete", Route = "order/literal")] HttpRequest request) => Results.Text("ZLast");

        [Function("AFirst")]
        public static IResult First([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "order/{id}")] HttpRequest request) => Results.Text("AFirst");

        [Function("CLate")]
        public static IResult Late([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{word:alpha:length(4)}")] HttpRequest request) => Results.Text("CLate");

        [Function("bEarly")]
        public static IResult Early([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "case")] HttpRequest request) => Results.Text("bEarly");

        [Function("Number")]
        public static IResult Number([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "number/{id:int}")] HttpRequest request) => Results.Text("Number");

        [Function("OtherThanNumber")]
        public static IResult Other([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "number/{id}")] HttpRequest request) => Results.Text("OtherThanNumber");

        [Function("Guid")]
        public static IResult Id([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "guid/{id:guid}")] HttpRequest request) => Results.Text("Guid");

        [Function("NoRoute")]
        public static IResult NoRoute([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text("NoRoute");

        [Function("Rest")]
        public static IResult Rest([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "rest/{*path}")] HttpRequest request, string path) => Results.Text($"Rest:{path}");

        [Function("Optional")]
        public static IResult Optional([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "optional/{word?}")] HttpRequest request, string? word) => Results.Text($"Optional:{word}");

        [Function("Default")]
        public static IResult Default([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "default/{word=some}")] HttpRequest request, string word) => Results.Text($"Default:{word}");

        [Function("Decoded")]
        public static IResult Decoded([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "decoded/{word}")] HttpRequest request, string word) => Results.Text($"Decoded:{word}");
    }

    public static class Split
    {
        [Function("Read")]
        public static IResult Read([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "thing")] HttpRequest request) => Results.Text("read");

        [Function("Write")]
        public static IResult Write([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "thing")] HttpRequest request) => Results.Text("written");
    }

    public static class SameRoute
    {
        [Function("One")]
        public static void One([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "thing/{id}")] HttpRequest request) { }

        [Function("Two")]
        public static void Two([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = "/Thing/{id}/")] HttpRequest request) { }
    }

    public static class SameRouteAnyMethod
    {
        [Function("One")]
        public static void One([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "thing")] HttpRequest request) { }

        [Function("Two")]
        public static void Two([HttpTrigger(AuthorizationLevel.Anonymous, Route = "thing")] HttpRequest request) { }
    }

    public static class Admin
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous, Route = "admin/keys")] HttpRequest request) { }
    }

    public static class Administrators
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous, Route = "/Administrators")] HttpRequest request) { }
    }

    public static class Runtime
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous, Route = "runtime/x")] HttpRequest request) { }
    }

    public static class AdminWithin
    {
        [Function("F")]
        public static IResult F([HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/admin/preview")] HttpRequest request) => Results.Text("ok");
    }

    public static class BadTemplate
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{id")] HttpRequest request) { }
    }

    public static class BadConstraint
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{id:nosuch}")] HttpRequest request) { }
    }
}
