using System.Globalization;
using System.Net;
using Jobs.Local.Storage.Protocol;
using Jobs.Local.Storage.Tables;

namespace Jobs.Local.Storage.Listening;

/// <summary>
/// Verifies a shared access signature that the emulator's key made: of the account, of a container or a blob, or of a table. Stored access policies do not
/// exist here, keys of users neither, and ranges of keys are not looked at, so that signatures with one of them are refused.
/// </summary>
internal static class SharedAccessSignature
{
    /// <summary>From this version on a signature names an encryption scope, if only an empty one.</summary>
    private const string WithEncryptionScope = "2020-12-06";

    /// <summary>From this version on a blob's signature names its resource and snapshot.</summary>
    private const string WithResource = "2018-11-09";

    private static readonly string[] Unsupported = ["si", "skoid", "spk", "srk", "epk", "erk"];

    /// <summary>The query parameter that holds the signature.</summary>
    public const string SignatureParameter = "sig";

    /// <summary>Refuses a request whose signature does not hold, has expired, or does not allow what is asked.</summary>
    public static void Verify(StorageServiceKind service, StorageRequest request, DateTimeOffset now)
    {
        var query = request.Query;
        if (Unsupported.FirstOrDefault(name => query[name] is not null) is { } unsupported)
            throw Refused("AuthenticationFailed", $"The embedded storage does not know signatures with {unsupported}.");
        var isOfAccount = query["ss"] is not null;
        var text = isOfAccount ? AccountText(query) : service == StorageServiceKind.Blob ? BlobText(request) : TableText(request);
        if (!SharedKeySignature.IsSignatureOf(text, query[SignatureParameter]!))
            throw SharedKeySignature.Failed();
        if (!Time(query["se"], out var expiry) || expiry <= now || (query["st"] is not null && (!Time(query["st"], out var start) || start > now)))
            throw SharedKeySignature.Failed();
        if (query["spr"] is { } protocol && !protocol.Split(',').Contains("http"))
            throw Refused("AuthorizationProtocolMismatch", "This request is not authorized to perform this operation using this protocol.");
        if (query["sip"] is { Length: > 0 } addresses && !IncludesLoopback(addresses))
            throw Refused("AuthorizationSourceIPMismatch", "This request is not authorized to perform this operation using this source IP.");
        var needed = NeededPermission.Of(service, request);
        if (isOfAccount)
        {
            if (!query["ss"]!.Contains(service == StorageServiceKind.Blob ? 'b' : 't'))
                throw Refused("AuthorizationServiceMismatch", "This request is not authorized to perform this operation using this service.");
            if (query["srt"]?.Contains(needed.ResourceType) != true)
                throw Refused("AuthorizationResourceTypeMismatch", "This request is not authorized to perform this operation using this resource type.");
        }
        else if (needed.IsAccountOnly)
        {
            throw Refused("AuthorizationPermissionMismatch", "Only a signature of the account allows this.");
        }

        if (!needed.IsAllowedBy(query["sp"] ?? ""))
            throw Refused("AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.");
    }

    private static string AccountText(QueryParameters query)
    {
        var text = $"{EmulatorAccount.Name}\n{query["sp"]}\n{query["ss"]}\n{query["srt"]}\n{query["st"]}\n{query["se"]}\n{query["sip"]}\n{query["spr"]}\n{query["sv"]}\n";
        return IsFrom(query, WithEncryptionScope) ? $"{text}{query["ses"]}\n" : text;
    }

    private static string BlobText(StorageRequest request)
    {
        var query = request.Query;
        var resource = Uri.UnescapeDataString(request.Resource());
        if (query["sr"] == "c")
            resource = resource.Split('/')[0];
        else if (query["sr"] != "b")
            throw SharedKeySignature.Failed();
        var text = $"{query["sp"]}\n{query["st"]}\n{query["se"]}\n/blob/{EmulatorAccount.Name}/{resource}\n{query["si"]}\n{query["sip"]}\n{query["spr"]}\n{query["sv"]}\n";
        if (IsFrom(query, WithResource))
            text += $"{query["sr"]}\n{query["snapshot"]}\n";
        if (IsFrom(query, WithEncryptionScope))
            text += $"{query["ses"]}\n";
        return $"{text}{query["rscc"]}\n{query["rscd"]}\n{query["rsce"]}\n{query["rscl"]}\n{query["rsct"]}";
    }

    private static string TableText(StorageRequest request)
    {
        var query = request.Query;
        var table = query["tn"] ?? throw SharedKeySignature.Failed();
        var addressed = NeededPermission.TableOf(request);
        if (addressed != TableAddress.Batch && !addressed.Equals(table, StringComparison.OrdinalIgnoreCase))
            throw SharedKeySignature.Failed();
        return $"{query["sp"]}\n{query["st"]}\n{query["se"]}\n/table/{EmulatorAccount.Name}/{table.ToLowerInvariant()}\n{query["si"]}\n{query["sip"]}\n{query["spr"]}\n{query["sv"]}\n\n\n\n";
    }

    private static bool IsFrom(QueryParameters query, string version) => string.CompareOrdinal(query["sv"], version) >= 0;

    private static bool Time(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static bool IncludesLoopback(string addresses)
    {
        var ends = addresses.Split('-');
        return IPAddress.TryParse(ends[0], out var first) && IPAddress.TryParse(ends[^1], out var last) && Number(first) <= Number(IPAddress.Loopback) && Number(IPAddress.Loopback) <= Number(last);

        static uint Number(IPAddress address) => address.GetAddressBytes() is [var a, var b, var c, var d] ? ((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8) | d : 0;
    }

    private static StorageError Refused(string code, string message) => new(403, code, message);
}
