using Jobs.Local.Storage.Protocol;
using Jobs.Local.Storage.Tables;

namespace Jobs.Local.Storage.Listening;

/// <summary>What a shared access signature must allow for a request.</summary>
/// <param name="ResourceType">The level of the resource: the letter s, c or o of an account's signature.</param>
/// <param name="AnyOf">Letters of permissions, of which one is enough.</param>
/// <param name="AllOf">Letters of permissions, of which each is needed.</param>
/// <param name="IsAccountOnly">Whether only a signature of the account can allow it.</param>
internal sealed record NeededPermission(char ResourceType, string AnyOf, string AllOf = "", bool IsAccountOnly = false)
{
    private const char Service = 's', Container = 'c', Object = 'o';

    /// <summary>Whether the permissions of a signature are enough.</summary>
    public bool IsAllowedBy(string permissions) => (AnyOf.Length == 0 || AnyOf.Any(permissions.Contains)) && AllOf.All(permissions.Contains);

    /// <summary>What a request needs.</summary>
    public static NeededPermission Of(StorageServiceKind service, StorageRequest request) => service == StorageServiceKind.Table ? OfTable(request) : OfBlob(request);

    /// <summary>The table that a request addresses.</summary>
    public static string TableOf(StorageRequest request) => TableAddress.Parse(request.Resource()).Name;

    private static NeededPermission OfTable(StorageRequest request)
    {
        var address = TableAddress.Parse(request.Resource());
        switch (address.Name)
        {
            case "":
                return new(Service, "r", IsAccountOnly: true);
            case TableAddress.Tables:
                return new(Container, request.Method switch { "GET" => "lr", "POST" => "cw", _ => "d" }, IsAccountOnly: true);
            case TableAddress.Batch:
                // What is inside may be anything.
                return new(Object, "", AllOf: "aud", IsAccountOnly: true);
        }

        if (request.Query["comp"] is not null)
            return new(Container, request.Method == "GET" ? "r" : "w", IsAccountOnly: true);
        var isConditional = request.Header("If-Match") is { Length: > 0 };
        var method = request.Header("X-HTTP-Method") is { } tunnelled && request.Method == "POST" ? tunnelled.ToUpperInvariant() : request.Method;
        return method switch
        {
            "GET" => new(Object, "r"),
            "POST" => new(Object, "a"),
            "DELETE" => new(Object, "d"),
            _ => isConditional ? new(Object, "u") : new(Object, "", AllOf: "au"),
        };
    }

    private static NeededPermission OfBlob(StorageRequest request)
    {
        var resource = request.Resource();
        var (component, isRead) = (request.Query["comp"], request.Method is "GET" or "HEAD");
        if (resource.Length == 0)
            return new(Service, component == "list" ? "l" : isRead ? "r" : "w", IsAccountOnly: true);
        if (!resource.TrimEnd('/').Contains('/'))
        {
            return component == "list"
                ? new(Container, "l")
                : new(Container, isRead ? "r" : request.Method == "DELETE" ? "d" : component is null ? "cw" : "w", IsAccountOnly: true);
        }

        if (isRead)
            return new(Object, "r");
        // Creating is less than writing: it must not replace what is there.
        return new(Object, request.Method == "DELETE" ? "d" : component == "block" || request.Header("If-None-Match") == "*" ? "cw" : "w");
    }
}
