using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Jobs.LocalRuntime.Storage;

/// <summary>Signs each try of a request with an account's key.</summary>
internal abstract class SharedKeyPolicy(string account, string key) : HttpPipelineSynchronousPolicy
{
    private readonly byte[] _key = Convert.FromBase64String(key);

    /// <summary>The account.</summary>
    protected string Account => account;

    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message)
    {
        message.Request.Headers.SetValue("x-ms-date", DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture));
        var (scheme, text) = TextToSign(message.Request);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
        message.Request.Headers.SetValue("Authorization", $"{scheme} {account}:{signature}");
    }

    /// <summary>The scheme's name and what is signed under it.</summary>
    protected abstract (string Scheme, string Text) TextToSign(Request request);

    /// <summary>A header's value; empty when it is not there.</summary>
    protected static string Header(Request request, string name) => request.Headers.TryGetValue(name, out var value) ? value : "";
}
