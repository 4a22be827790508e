namespace Jobs.Functions.Api.Shared;

/// <summary>Where callers find the app, below <see cref="Section"/>.</summary>
public sealed class PublicAddressOptions
{
    /// <summary>What the settings' names begin with.</summary>
    public const string Section = "Jobs";

    /// <summary>The address that callers know: http or https, without user, query or fragment. Where it is not set, the address that a request came to.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Whether it is not set, or such an address.</summary>
    internal bool IsValid => string.IsNullOrEmpty(PublicUrl)
        || (Uri.TryCreate(PublicUrl, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0);
}
