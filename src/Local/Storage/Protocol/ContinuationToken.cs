using System.Text;

namespace Jobs.Local.Storage.Protocol;

/// <summary>A key or a name from which a listing goes on. Like the service's it is ASCII and says nothing to a client: <c>1!4!cA--</c>.</summary>
internal static class ContinuationToken
{
    private const string Prefix = "1!";

    /// <summary>Writes a key.</summary>
    public static string Write(string key)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(key)).Replace('=', '-').Replace('/', '_').Replace('+', '.');
        return $"{Prefix}{encoded.Length}!{encoded}";
    }

    /// <summary>Reads what <see cref="Write"/> made; anything else is 400.</summary>
    public static string Read(string token)
    {
        var encoded = token.StartsWith(Prefix, StringComparison.Ordinal) ? token[(token.IndexOf('!', Prefix.Length) + 1)..] : "";
        try
        {
            return $"{Prefix}{encoded.Length}!{encoded}" == token
                ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded.Replace('-', '=').Replace('_', '/').Replace('.', '+')))
                : throw new FormatException();
        }
        catch (FormatException e)
        {
            throw new StorageError(400, "InvalidInput", "The continuation token is not one that this service gave.", e);
        }
    }
}
