using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Listening;

/// <summary>Verifies the header <c>Authorization: SharedKey account:signature</c>, or <c>SharedKeyLite</c>, as each of the two services defines it.</summary>
internal static class SharedKeySignature
{
    private const string Full = "SharedKey", Lite = "SharedKeyLite";

    /// <summary>How far a request's time may be from ours, as in the service: an old request cannot be sent again.</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    /// <summary>Refuses a request whose signature the emulator's key did not make.</summary>
    public static void Verify(StorageServiceKind service, StorageRequest request, string authorization, DateTimeOffset now)
    {
        var space = authorization.IndexOf(' ');
        var scheme = space < 0 ? authorization : authorization[..space];
        if (scheme is not (Full or Lite))
            throw new StorageError(401, "InvalidAuthenticationInfo", "Authentication information is not given in the correct format. Check the value of Authorization header.");
        var credential = authorization[(space + 1)..].Trim();
        var colon = credential.IndexOf(':');
        if (space < 0 || colon < 0 || credential[..colon] != EmulatorAccount.Name)
            throw Failed();
        var date = request.Header("x-ms-date") ?? request.Header("Date");
        if (!DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var sent) || (sent - now).Duration() > MaxSkew)
            throw Failed();
        var text = (service, scheme) switch
        {
            (StorageServiceKind.Blob, Full) => BlobText(request),
            (StorageServiceKind.Blob, _) => BlobLiteText(request),
            (StorageServiceKind.Table, Full) => $"{request.Method}\n{request.Header("Content-MD5")}\n{request.Header("Content-Type")}\n{date}\n{ShortResource(request)}",
            (StorageServiceKind.Table, _) => $"{date}\n{ShortResource(request)}",
        };
        if (!IsSignatureOf(text, credential[(colon + 1)..]))
            throw Failed();
    }

    /// <summary>Whether the emulator's key made a signature.</summary>
    public static bool IsSignatureOf(string text, string signature)
    {
        var expected = HMACSHA256.HashData(Convert.FromBase64String(EmulatorAccount.Key), Encoding.UTF8.GetBytes(text));
        var given = new byte[signature.Length];
        return Convert.TryFromBase64String(signature, given, out var length) && CryptographicOperations.FixedTimeEquals(expected, given.AsSpan(0, length));
    }

    /// <summary>The service's one answer to every signature that does not hold.</summary>
    public static StorageError Failed() => new(403, "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.");

    private static string BlobText(StorageRequest request)
    {
        // A length of 0 is signed as none, and so is the Date when x-ms-date stands for it.
        var length = request.Header("Content-Length") is { } sent && sent != "0" ? sent : "";
        var date = request.Header("x-ms-date") is null ? request.Header("Date") : "";
        return string.Join('\n',
            request.Method, request.Header("Content-Encoding"), request.Header("Content-Language"), length, request.Header("Content-MD5"), request.Header("Content-Type"),
            date, request.Header("If-Modified-Since"), request.Header("If-Match"), request.Header("If-None-Match"), request.Header("If-Unmodified-Since"), request.Header("Range"),
            $"{ServiceHeaders(request)}{LongResource(request)}");
    }

    private static string BlobLiteText(StorageRequest request)
    {
        var date = request.Header("x-ms-date") is null ? request.Header("Date") : "";
        return string.Join('\n',
            request.Method, request.Header("Content-MD5"), request.Header("Content-Type"), date, $"{ServiceHeaders(request)}{ShortResource(request)}");
    }

    /// <summary>The service's own headers, sorted by name.</summary>
    private static string ServiceHeaders(StorageRequest request)
    {
        var text = new StringBuilder();
        var headers = request.Headers
            .Select(header => (Name: header.Key.ToLowerInvariant(), header.Value))
            .Where(header => header.Name.StartsWith("x-ms-", StringComparison.Ordinal))
            .OrderBy(header => header.Name, StringComparer.Ordinal);
        foreach (var (name, value) in headers)
            text.Append(name).Append(':').Append(value.Trim()).Append('\n');
        return text.ToString();
    }

    /// <summary>The path behind the account, and of the query only <c>comp</c>.</summary>
    private static string ShortResource(StorageRequest request) =>
        $"/{EmulatorAccount.Name}{request.Path}{(request.Query["comp"] is { } component ? $"?comp={component}" : "")}";

    /// <summary>The path behind the account, and every parameter of the query, sorted by name.</summary>
    private static string LongResource(StorageRequest request)
    {
        var text = new StringBuilder($"/{EmulatorAccount.Name}{request.Path}");
        var parameters = request.Query.All().GroupBy(parameter => parameter.Key.ToLowerInvariant(), parameter => parameter.Value).OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var values in parameters)
            text.Append('\n').Append(values.Key).Append(':').AppendJoin(',', values.Order(StringComparer.Ordinal));
        return text.ToString();
    }
}
